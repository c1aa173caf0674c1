import { readFileSync } from 'node:fs'

/** Of proc(5), in which times are counted in ticks of 10 ms. */
const ticksPerS = 100

/** What a running process has used so far. Only where there is a /proc; throws when the process is gone. */
export interface ProcessUsage {
  /** User and system time. */
  readonly cpuS: number
  /** Largest resident set since it started. */
  readonly peakRssMB: number
}

export function readProcessUsage(pid: number): ProcessUsage {
  // The name of a program may hold spaces and parentheses: fields are counted from its last parenthesis.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  const [userTicks, systemTicks] = [11, 12].map((field) => Number(fields[field]))
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { cpuS: (Number(userTicks) + Number(systemTicks)) / ticksPerS, peakRssMB: Number(kilobytes) / 1024 }
}
