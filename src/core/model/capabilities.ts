import type { FolderNaming } from './folder.ts'
import type { Form } from './form.ts'

/** Facts that an opened side declares, narrowed by what the live server announced. */
export interface Capabilities {
  /** False: verification compares the canonical form (`verify/canonical-form`). */
  readonly preservesBytes: boolean
  readonly datePrecisionMs: number
  /** False: only `$seen`, `$answered`, `$flagged`, `$draft` and `$deleted` survive. */
  readonly storesKeywords: boolean
  /** In which it was opened; mail when absent. */
  readonly form?: Form
  /** A copy can be written anew in its place (`Delivery.replaces`). */
  readonly replacesItems?: boolean
  /** How many `read` or `write` streams may be open at once. */
  readonly sessionsMax: number
  readonly itemSizeBytesMax?: number
  readonly folderNaming: FolderNaming
  /** What was announced and is used, for `check` and the log. */
  readonly announced: readonly string[]
}
