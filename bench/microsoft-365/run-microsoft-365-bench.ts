import { type CeilingResult, type MeasureOptions, measureRequests, measureUpload } from './measure-ceiling.ts'
import { type MemoryResult, measureMemory } from './measure-memory.ts'
import { measureScaling, type ScalingResult } from './measure-scaling.ts'
import { type Microsoft365Scenario, realPace, type SandboxPace } from './scenarios.ts'

/** Everything that was measured of mailboxes of Microsoft 365. */
export interface Microsoft365Results {
  readonly ceilings: readonly CeilingResult[]
  readonly scalingPace: SandboxPace
  readonly scaling: readonly (readonly ScalingResult[])[]
  readonly memory: readonly (readonly MemoryResult[])[]
}

/** What a run is given. */
export interface Microsoft365BenchOptions {
  readonly chosen: readonly Microsoft365Scenario[]
  readonly runs: number
  /** Whether ceilings are measured in Microsoft's own windows; a run then takes a quarter or half an hour. */
  readonly isRealPace: boolean
  readonly timeoutS: number
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

/** Windows of 10 s that hold 15 MB: three times as fast as Microsoft. */
const uploadPace: SandboxPace = { timeFactor: 30, limitPercent: 10 }
/** Windows of 20 s that hold 3,300 requests: ten times as fast as Microsoft. */
const requestPace: SandboxPace = { timeFactor: 30, limitPercent: 33 }
/** Windows of 10 s for 100 requests: 16 mailboxes together ask as much as one in the other scenarios. */
const scalingPace: SandboxPace = { timeFactor: 60, limitPercent: 1 }
/** Nothing waits for a limit. */
const unboundPace: SandboxPace = { timeFactor: 100, limitPercent: 100 }

/** Runs the chosen scenarios, each against a `mailvan sandbox` of its own. */
export async function runMicrosoft365Bench({ chosen, runs, isRealPace, timeoutS, signal, say }: Microsoft365BenchOptions): Promise<Microsoft365Results> {
  const repeat = async <Result>(id: Microsoft365Scenario['id'], at: SandboxPace, measureOnce: (options: MeasureOptions) => Promise<Result>): Promise<readonly Result[]> => {
    const results: Result[] = []
    if (!chosen.some((scenario) => scenario.id === id)) return results
    for (let run = 1; run <= runs; run++) {
      signal.throwIfAborted()
      results.push(await measureOnce({ pace: at, timeoutS, signal }))
      say(`${id}: run ${run} of ${runs} is done`)
    }
    return results
  }
  return {
    ceilings: [...(await repeat('m365-upload', isRealPace ? realPace : uploadPace, measureUpload)), ...(await repeat('m365-requests', isRealPace ? realPace : requestPace, measureRequests))],
    scalingPace,
    scaling: await repeat('m365-scaling', scalingPace, measureScaling),
    memory: await repeat('m365-memory', unboundPace, measureMemory),
  }
}
