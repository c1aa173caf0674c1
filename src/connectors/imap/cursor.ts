import type { Cursor } from '../../core/model/ids.ts'

/** What EXAMINE and STATUS say of a folder. */
export interface FolderState {
  readonly uidValidity: number
  readonly uidNext: number
  readonly items: number
  /** HIGHESTMODSEQ; undefined without CONDSTORE, or for a folder that keeps none. */
  readonly modseq: bigint | undefined
}

/** Equal for two states exactly when nothing happened between them, provided that there is a modseq. */
export function formatCursor(state: FolderState): Cursor {
  return `${state.uidValidity}.${state.uidNext}.${state.items}.${state.modseq ?? ''}` as Cursor
}

/** Undefined when the text is no cursor of this connector. */
export function parseCursor(cursor: Cursor): FolderState | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d*)$/.exec(cursor)
  if (match === null) return undefined
  return {
    uidValidity: Number(match[1]),
    uidNext: Number(match[2]),
    items: Number(match[3]),
    modseq: match[4] === '' ? undefined : BigInt(match[4] as string),
  }
}
