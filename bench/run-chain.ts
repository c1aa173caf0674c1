import type { ProbedMessage } from '../test/servers/imap-probe.ts'
import { checkCopy, readMessages } from './check-copy.ts'
import { measure } from './measure.ts'
import type { Result } from './result.ts'
import type { Rig } from './rig.ts'
import type { Phase, Scenario } from './scenarios.ts'
import type { Job, Tool } from './tools/tool.ts'

/** Scenarios in one setting, and what runs them. Results are added to `results` as they come. */
export interface Chain {
  readonly rig: Rig
  readonly chain: readonly Scenario[]
  readonly tools: readonly Tool[]
  readonly runs: number
  readonly timeoutS: number
  /** Aborted when the person at the keyboard has seen enough. */
  readonly signal: AbortSignal
  readonly say: (text: string) => void
  readonly results: Result[]
}

interface Attempt {
  readonly tool: Tool
  readonly run: number
  readonly job: Job
  /** Set once a phase went wrong: later ones would start from something else than a copy. */
  fault?: string
}

const phases: readonly Phase[] = ['copy', 'no-op', '+1 %']

/**
 * Runs the phases that these scenarios need, each for all tools in alternation before the next: the source then is the
 * same for everybody. A copy that no scenario asks for is made without delay and not reported.
 */
export async function runChain(chain: Chain): Promise<void> {
  const { rig, say } = chain
  const setting = chain.chain[0]?.setting
  if (!setting) return
  const wanted = new Map(chain.chain.map((scenario) => [scenario.phase, scenario]))
  const last = phases.findLastIndex((phase) => wanted.has(phase))
  say(`\n${chain.chain.map(({ id, title }) => `${id} (${title})`).join(', ')}`)
  await rig.ensureProfile(setting.profile)
  const tools = chain.tools.filter((tool) =>
    chain.chain.some(({ phase, leftOut }) => tool.phases.includes(phase) && leftOut?.[tool.name] === undefined),
  )
  const attempts: Attempt[] = []
  for (let run = 1; run <= chain.runs; run++) {
    for (const tool of rotated(tools, run - 1)) attempts.push({ tool, run, job: await rig.makeJob(setting) })
  }
  const [first] = attempts
  if (!first) return
  for (const phase of phases.slice(0, last + 1)) {
    const scenario = wanted.get(phase)
    if (phase !== 'copy' && !scenario) continue
    if (phase === '+1 %') await rig.addToProfile(setting.profile)
    const source = await readMessages({ port: rig.directPorts(first.job).source, user: setting.profile })
    await rig.setDelayed(setting, scenario !== undefined)
    const isLast = phase === phases[last]
    for (const attempt of attempts) {
      if (attempt.tool.phases.includes(phase)) await runPhase(chain, attempt, phase, scenario, source)
      const isDone = isLast || attempt.tool.phases.every((own) => phases.indexOf(own) <= phases.indexOf(phase))
      if (isDone) await rig.dropJob(attempt.job)
    }
  }
}

async function runPhase(
  chain: Chain,
  attempt: Attempt,
  phase: Phase,
  scenario: Scenario | undefined,
  source: readonly ProbedMessage[],
): Promise<void> {
  const { rig, say } = chain
  const { tool, run, job } = attempt
  if (attempt.fault !== undefined) return
  const command = await tool.prepare(job, phase)
  await rig.settle()
  const measurement = await measure(command, job.stateFolder, chain.timeoutS, chain.signal)
  const refusal = tool.refusal
    ? tool.refusal(measurement, phase)
    : measurement.exitCode === 0
      ? undefined
      : `exit code ${measurement.exitCode}`
  const target = { port: rig.directPorts(job).target, user: job.target.user }
  const check = refusal === undefined ? await checkCopy(source, target, tool) : undefined
  const fault = refusal ?? (check?.isRight ? undefined : check?.text)
  if (fault !== undefined) attempt.fault = fault
  const { wallS, cpuS, rssMB } = measurement
  const figures = `${wallS.toFixed(2)} s, CPU ${cpuS.toFixed(2)} s, ${rssMB.toFixed(0)} MB`
  say(`  ${phase.padEnd(5)} run ${run} ${tool.name.padEnd(9)} ${figures}, ${fault ?? check?.text ?? ''}`)
  if (fault !== undefined) say(indented(measurement.output))
  if (scenario) chain.results.push({ scenario: scenario.id, tool: tool.name, run, measurement, fault, check })
}

function rotated<T>(values: readonly T[], by: number): readonly T[] {
  const start = by % values.length
  return [...values.slice(start), ...values.slice(0, start)]
}

function indented(text: string): string {
  return text.trimEnd().split('\n').slice(-5).map((line) => `      ${line}`).join('\n')
}
