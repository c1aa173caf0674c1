import { startSandboxProcess } from '../../test/e2e/sandbox-process.ts'
import { type BigTenantResult, measureBigTenant } from './measure-big-tenant.ts'
import { readProcessUsage } from './process-usage.ts'
import { mailboxesPerRound, runWays } from './run-ways.ts'
import type { SandboxScenario } from './scenarios.ts'
import { composeSmallMail } from './small-mail.ts'
import type { WayResult } from './ways.ts'

/** Each mailbox's share stays below every budget of Microsoft's, so the sandbox's clock goes as fast as ours. */
const mailTotal = 8_000

/** Everything that was measured of the sandbox. */
export interface SandboxResults {
  readonly ways: readonly WayResult[]
  /** After all rounds; with everything that they stored in memory. */
  readonly peakRssMB: number
  readonly bigTenant: readonly BigTenantResult[]
}

/** What a run is given. */
export interface SandboxBenchOptions {
  readonly chosen: readonly SandboxScenario[]
  readonly runs: number
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

/** Runs the chosen scenarios against a `mailvan sandbox` of their own. */
export async function runSandboxBench({ chosen, runs, signal, say }: SandboxBenchOptions): Promise<SandboxResults> {
  const isChosen = (id: SandboxScenario['id']) => chosen.some((scenario) => scenario.id === id)
  const measured = isChosen('sandbox') ? await measureWays(runs, signal, say) : { ways: [], peakRssMB: 0 }
  return { ...measured, bigTenant: isChosen('sandbox-big') ? await measureBigTenant(runs, signal, say) : [] }
}

async function measureWays(runs: number, signal: AbortSignal, say: (text: string) => void) {
  const mail = composeSmallMail(mailTotal)
  const users = String(runs * mailboxesPerRound)
  const sandbox = await startSandboxProcess(['--http', '--users', users, '--messages', '0'])
  const ways: WayResult[] = []
  try {
    for (let round = 0; round < runs; round++) {
      signal.throwIfAborted()
      ways.push(...(await runWays(sandbox, mail, round)))
      say(`sandbox: round ${round + 1} of ${runs} is done`)
    }
    return { ways, peakRssMB: readProcessUsage(sandbox.pid).peakRssMB }
  } finally {
    await sandbox.stop()
  }
}
