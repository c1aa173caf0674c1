import type { Measurement } from './measure.ts'
import type { CopyCheck } from './check-copy.ts'

/** One run of one tool in one scenario. */
export interface Result {
  readonly scenario: string
  readonly tool: string
  readonly run: number
  readonly measurement: Measurement
  /** Why the run does not count: it failed, or what it left behind is not a copy. */
  readonly fault: string | undefined
  readonly check: CopyCheck | undefined
}

/** The runs of one tool in one scenario, without those that do not count. */
export interface Summary {
  readonly tool: string
  readonly runs: number
  readonly wallS: number
  readonly wallSMin: number
  readonly wallSMax: number
  readonly cpuS: number
  /** The largest of all runs: what a machine has to have. */
  readonly rssMB: number
  readonly checks: readonly string[]
  readonly faults: readonly string[]
}

/** Medians over the runs of one tool; figures are NaN when no run counts. */
export function summarize(tool: string, results: readonly Result[]): Summary {
  const good = results.filter((result) => result.fault === undefined)
  const walls = good.map((result) => result.measurement.wallS)
  return {
    tool,
    runs: good.length,
    wallS: median(walls),
    wallSMin: Math.min(...walls),
    wallSMax: Math.max(...walls),
    cpuS: median(good.map((result) => result.measurement.cpuS)),
    rssMB: good.length === 0 ? Number.NaN : Math.max(...good.map((result) => result.measurement.rssMB)),
    checks: [...new Set(good.flatMap((result) => result.check?.text ?? []))],
    faults: [...new Set(results.flatMap((result) => result.fault ?? []))],
  }
}

/** The middle value, the mean of the two middle ones for an even count, NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  const high = sorted[Math.floor(sorted.length / 2)]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}
