import type { GraphVersion } from '../../http/route.ts'

/** What Microsoft publishes no figure for (exchange.md 2.3, "unknown / to be measured"); all of it may be set. */
export interface TransferSettings {
  /** How long an import session's URL works. */
  readonly importSessionMs: number
  /** The longest body that an import URL reads: the largest item that a mailbox can be set to take, in base64. */
  readonly importBodyBytesMax: number
  /** The versions of Graph that serve archives: the text of v1.0 speaks of primary and shared mailboxes only. */
  readonly archiveVersions: readonly GraphVersion[]
}

/** What holds when nothing is set. */
export const transferDefaults: TransferSettings = {
  importSessionMs: 60 * 60 * 1000,
  importBodyBytesMax: 200 * 1024 * 1024 + 64 * 1024,
  archiveVersions: ['beta'],
}
