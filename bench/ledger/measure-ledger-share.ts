import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkCopy, readMessages } from '../check-copy.ts'
import { measure } from '../measure.ts'
import type { Rig } from '../rig.ts'
import { mailvanTool } from '../tools/mailvan.ts'
import { type CpuProfile, timeWithin } from './profile-share.ts'

/** One profiled copy. */
export interface LedgerShareResult {
  readonly wallS: number
  readonly ledgerS: number
  /** Why the run does not count: it failed, or what it left behind is not a copy. */
  readonly fault: string | undefined
}

const setting = { profile: 'small', delayMs: 0, tls: false, multiAppend: true } as const
/** Looks at the stack, a thousand a second: what it costs slows the pass by a few hundredths. */
const profiling = ['--cpu-prof', '--cpu-prof-interval=1000', '--cpu-prof-name=pass.cpuprofile']
const storeFolder = '/src/store/'

/** Copies 20,000 small messages `runs` times under Node's profiler, as a user would, the ledger on this machine's disk. */
export async function measureLedgerShare(
  rig: Rig,
  { runs, timeoutS, signal, say }: { readonly runs: number; readonly timeoutS: number; readonly signal: AbortSignal; readonly say: (text: string) => void },
): Promise<readonly LedgerShareResult[]> {
  await rig.ensureProfile(setting.profile)
  const tool = mailvanTool()
  const results: LedgerShareResult[] = []
  for (let run = 1; run <= runs; run++) {
    const job = await rig.makeJob(setting)
    const { file, args, env = {} } = await tool.prepare(job, 'copy')
    await rig.settle()
    const command = { file, args: [...profiling, `--cpu-prof-dir=${job.stateFolder}`, ...args], env }
    const measurement = await measure(command, job.stateFolder, timeoutS, signal)
    const ports = rig.directPorts(job)
    const source = await readMessages({ port: ports.source, user: setting.profile })
    const check = await checkCopy(source, { port: ports.target, user: job.target.user }, tool)
    const refusal = tool.refusal?.(measurement, 'copy')
    const { partS } = await readShare(job.stateFolder)
    const result = { wallS: measurement.wallS, ledgerS: partS, fault: refusal ?? (check.isRight ? undefined : check.text) }
    say(`  ledger-share run ${run}: ${partS.toFixed(2)} s of ${measurement.wallS.toFixed(2)} s, ${result.fault ?? check.text}`)
    results.push(result)
    await rig.dropJob(job)
  }
  return results
}

async function readShare(folder: string) {
  const name = (await readdir(folder)).find((one) => one.endsWith('.cpuprofile'))
  if (name === undefined) return { wholeS: Number.NaN, partS: Number.NaN }
  const profile = JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile
  return timeWithin(profile, (url) => url.includes(storeFolder))
}
