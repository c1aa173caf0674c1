import type { ExtraFate, ExtraKind } from '../model/extra.ts'
import type { Tally } from './ledger.ts'

export type Stage = 'discover' | 'enumerate' | 'plan' | 'transfer' | 'verify' | 'report'

/** Where a pass is, at most a few times a second. */
export interface Progress {
  readonly foldersDone: number
  readonly foldersTotal: number
  /** Of the items that this pass has to do something about. */
  readonly itemsDone: number
  readonly itemsTotal: number
  readonly bytesDone: number
  readonly bytesTotal: number
  readonly itemsFailed: number
  /** What holds the pass back right now, as the governor says it. */
  readonly binding: string
}

/** What a pass tells whoever watches; texts from mail in it are raw and must be escaped where they are shown. */
export type PassEvent =
  | { readonly type: 'passStarted'; readonly pass: number; readonly atMs: number }
  | { readonly type: 'stage'; readonly stage: Stage }
  | {
      readonly type: 'folderMapped'
      readonly from: readonly string[]
      readonly to: readonly string[]
      /** Why the name changed: `role`, `illegal-character`, `too-long`, `collision`, `reserved`, `prefix`, `too-deep`, `folder-map`, `refused-name`. */
      readonly reasons: readonly string[]
    }
  | { readonly type: 'folderSkipped'; readonly path: readonly string[]; readonly rule: string; readonly items: number }
  | {
      readonly type: 'folderScanned'
      readonly path: readonly string[]
      readonly items: number
      readonly created: number
      readonly changed: number
      readonly gone: number
    }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'waiting'; readonly side: 'source' | 'target'; readonly reason: string; readonly delayMs: number }
  | {
      readonly type: 'itemFailed'
      /** The folder at the source; `targetPath` is the target's, where it is called otherwise there. */
      readonly path: readonly string[]
      readonly targetPath?: readonly string[]
      readonly sourceId: string
      readonly code: string
      readonly message: string
      readonly hint: string
    }
  /** A change at the source that was not carried because the target's user changed the item too. */
  | {
      readonly type: 'conflict'
      readonly path: readonly string[]
      readonly targetPath?: readonly string[]
      readonly sourceId: string
      readonly reason: string
    }
  /** Something beside the items came out, anew or otherwise than before. */
  | {
      readonly type: 'extra'
      readonly kind: ExtraKind
      readonly name: string
      readonly fate: ExtraFate
      /** Why it was kept, or an error code. */
      readonly reason?: string
      /** What a person has to do. */
      readonly sentence?: string
    }
  /** Something a person should know and that fails nothing. */
  | { readonly type: 'notice'; readonly code: string; readonly message: string }
  | { readonly type: 'passEnded'; readonly pass: number; readonly atMs: number; readonly result: string; readonly tally: Tally }

export type Observe = (event: PassEvent) => void
