import type { Measurement } from '../measure.ts'

/** What `mailvan migrate --json` says at its end. */
export interface MigrationSummary {
  readonly migrated: number
  /** Undefined when all went well. */
  readonly fault: string | undefined
}

interface SummaryLine {
  readonly counts: { readonly migrated: number; readonly failed: number }
}

/** Reads the last line of a migration's output. */
export function readSummary({ exitCode, output }: Measurement): MigrationSummary {
  const last = output.trimEnd().split('\n').findLast((line) => /^\{"type":"(?:summary|total)"/.test(line))
  const counts = last === undefined ? undefined : (JSON.parse(last) as SummaryLine).counts
  const fault = exitCode !== 0 ? `exit code ${exitCode}` : counts === undefined ? 'no summary' : counts.failed > 0 ? `${counts.failed} failed` : undefined
  return { migrated: counts?.migrated ?? 0, fault }
}
