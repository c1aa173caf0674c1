import { loadavg } from 'node:os'
import { readProcessUsage } from './process-usage.ts'

/** What carrying some items one way took. */
export interface WorkMeasurement {
  readonly items: number
  readonly wallS: number
  /** Of the sandbox's process. */
  readonly sandboxCpuS: number
  /** Of the bench itself, which shares the machine. */
  readonly clientCpuS: number
  /** The machine's load over a minute when the work began, from other programs too. */
  readonly load: number
}

/** Carries out `work` and measures it, with the CPU time of the sandbox `pid`. Rejects as `work` does. */
export async function measureWork<T>(
  pid: number,
  items: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly measurement: WorkMeasurement }> {
  const [load = 0] = loadavg()
  const sandboxBefore = readProcessUsage(pid).cpuS
  const clientBefore = process.cpuUsage()
  const startMs = performance.now()
  const result = await work()
  const wallS = (performance.now() - startMs) / 1000
  const { user, system } = process.cpuUsage(clientBefore)
  const sandboxCpuS = readProcessUsage(pid).cpuS - sandboxBefore
  return { result, measurement: { items, wallS, sandboxCpuS, clientCpuS: (user + system) / 1e6, load } }
}
