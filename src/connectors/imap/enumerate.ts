import { MigrationError } from '../../core/errors.ts'
import type { Folder } from '../../core/model/folder.ts'
import type { Cursor, FolderId, ItemId } from '../../core/model/ids.ts'
import type { ItemRef } from '../../core/model/item.ts'
import type { Page } from '../../core/ports/connector.ts'
import { Channel } from '../../core/flow/channel.ts'
import { parseFetch } from './protocol/fetch-response.ts'
import type { TaggedAnswer } from './protocol/response.ts'
import { parseVanished } from './protocol/search-response.ts'
import { parseSequenceSet } from './protocol/sequence-set.ts'
import type { Session } from './protocol/session.ts'
import { type FolderState, formatCursor, parseCursor } from './cursor.ts'
import { answerError } from './errors.ts'
import { toKeywords } from './flags.ts'
import { toItemId } from './item-id.ts'
import { examine } from './examine.ts'
import { findUids } from './find-uids.ts'

const pageItems = 500
/** Bare ids are small. */
const unchangedItems = 10_000
/** A folder with more is listed in parts. */
const listingItemsMax = 4_000
/** A set may name more UIDs than ever were; beyond this many the folder is listed anew instead. */
const vanishedMax = 100_000
/** What enumeration asks of every message; answered from the server's index, without opening a body. */
export const refAttributes = '(UID FLAGS INTERNALDATE RFC822.SIZE)'
/** A date that no message has, for those whose date the server does not tell. */
const unknownDate = { epochMs: 0, offsetMinutes: 0 }

/**
 * Lists a folder since a cursor: with CONDSTORE only what changed, and with QRESYNC what is gone (RFC 7162). Where the
 * server cannot tell what is gone and the counts say that something is, asks which UIDs are left. Without CONDSTORE lists
 * everything. EXAMINE and FETCH go out together, so that many folders cost one round trip. The session may be used for
 * other things between two pages.
 */
export async function* enumerateFolder(session: Session, folder: Folder, after: Cursor | undefined): AsyncGenerator<Page> {
  const before = after === undefined ? undefined : parseCursor(after)
  if (before?.modseq !== undefined && session.capabilities.has('CONDSTORE')) {
    const listing = new Listing(session, folder.id, '1:*', before.modseq)
    const pages: Page[] = []
    for await (const page of listing.run()) pages.push(page)
    if (listing.continues(before)) {
      yield* pages
      return
    }
    const isSame = listing.uidValidity === before.uidValidity && before.uidNext > 0
    const uids = isSame ? await findUids(session, folder.id, before.uidValidity) : undefined
    if (uids !== undefined) {
      yield* withUnchanged(pages, uids, before)
      return
    }
  }
  if ((folder.status?.items ?? 0) <= listingItemsMax) yield* new Listing(session, folder.id, '1:*').run()
  else yield* enumerateInParts(session, folder)
}

/** What changed, and of the rest what the cursor knew and is left. */
function* withUnchanged(pages: readonly Page[], uids: readonly number[], before: FolderState): Generator<Page> {
  for (const page of pages) yield { ...page, scope: 'all', gone: [] }
  const { next } = pages.at(-1) as Page
  const changed = new Set(pages.flatMap(({ refs }) => refs.map(({ id }) => id)))
  for (let from = 0; from < uids.length; from += unchangedItems) {
    const known = uids.slice(from, from + unchangedItems).filter((uid) => uid < before.uidNext)
    const unchanged = known.map((uid) => toItemId(before.uidValidity, uid)).filter((id) => !changed.has(id))
    if (unchanged.length > 0) yield { scope: 'all', refs: [], unchanged, gone: [], next }
  }
}

/** A large folder, a part at a time, so that what is not taken yet stays bounded without stopping the session. */
async function* enumerateInParts(session: Session, folder: Folder): AsyncGenerator<Page> {
  const first = await examine(session, folder.id)
  if (first.uidNext <= 1) {
    // Just made anew, or a server that does not say how far its UIDs go.
    yield* new Listing(session, folder.id, '1:*').run()
    return
  }
  const parts = Math.ceil(first.items / (listingItemsMax / 2)) || 1
  const uids = Math.ceil(first.uidNext / parts)
  for (let start = 1; start < first.uidNext; start += uids) {
    const listing = new Listing(session, folder.id, `${start}:${Math.min(start + uids, first.uidNext) - 1}`)
    for await (const page of listing.run()) {
      if (listing.uidValidity !== first.uidValidity) throw renumberedMeanwhile()
      // What came after the first look is found by the next pass.
      yield { ...page, next: formatCursor(first) }
    }
  }
}

const messageData = /^\* (?:\d+ (?:FETCH|EXPUNGE|EXISTS|RECENT)\b|VANISHED )/i

/** Whether a response answers a question about messages, or is news of the folder; see `Receiver.claims`. */
export function isMessageData(text: string): boolean {
  return messageData.test(text)
}

/** One EXAMINE with its FETCH, cut into pages as the answers come in. */
class Listing {
  readonly #session: Session
  readonly #folderId: FolderId
  readonly #uids: string
  readonly #since: bigint | undefined
  readonly #pages = new Channel<Page>(Number.POSITIVE_INFINITY)
  #state: FolderState | undefined
  #refs: ItemRef[] = []
  #gone: ItemId[] = []
  #knowsGone: boolean

  /** `since`: only what changed after this modseq. */
  constructor(session: Session, folderId: FolderId, uids: string, since?: bigint) {
    this.#session = session
    this.#folderId = folderId
    this.#uids = uids
    this.#since = since
    this.#knowsGone = session.capabilities.has('QRESYNC')
  }

  get uidValidity(): number | undefined {
    return this.#state?.uidValidity
  }

  run(): AsyncIterable<Page> {
    const modifiers = this.#since === undefined ? '' : ` (CHANGEDSINCE ${this.#since}${this.#knowsGone ? ' VANISHED' : ''})`
    const examined = examine(this.#session, this.#folderId, (state) => (this.#state = state))
    const fetched = this.#session.execute(`UID FETCH ${this.#uids} ${refAttributes}${modifiers}`, {
      claims: isMessageData,
      onUntagged: (text, literals) => this.#onUntagged(text, literals),
    })
    void this.#finish(examined, fetched)
    return this.#pages
  }

  async #finish(examined: Promise<FolderState>, fetched: Promise<TaggedAnswer>): Promise<void> {
    try {
      const state = await examined
      const answer = await fetched
      // Some servers call "1:*" of an empty folder a mistake.
      if (answer.status !== 'OK' && state.items > 0) throw answerError(answer, { command: 'FETCH' })
      this.#push()
      this.#pages.end()
    } catch (error) {
      this.#pages.fail(error)
    }
  }

  /** Whether the changes listed are all that happened since `before`. */
  continues(before: FolderState): boolean {
    const state = this.#state
    if (state === undefined || state.uidValidity !== before.uidValidity) return false
    return this.#knowsGone || state.items === before.items + (state.uidNext - before.uidNext)
  }

  #onUntagged(text: string, literals: readonly Uint8Array[]): void {
    const data = parseFetch(text, literals)
    if (data === undefined) {
      const vanished = parseVanished(text)
      if (vanished !== undefined) this.#onVanished(vanished.uids)
      return
    }
    const state = this.#state
    // Without UID, flags and size it is an unsolicited update of something else.
    if (state === undefined || data.uid === undefined || data.flags === undefined || data.sizeBytes === undefined) return
    const { keywords, version } = toKeywords(data.flags)
    this.#refs.push({
      id: toItemId(state.uidValidity, data.uid),
      folderId: this.#folderId,
      version,
      sizeBytes: data.sizeBytes,
      receivedAt: data.receivedAt ?? unknownDate,
      keywords,
    })
    if (this.#refs.length >= pageItems) this.#push()
  }

  #onVanished(set: string): void {
    const uids = parseSequenceSet(set, vanishedMax)
    if (uids === undefined) this.#knowsGone = false
    const validity = this.#state?.uidValidity
    if (validity !== undefined) for (const uid of uids ?? []) this.#gone.push(toItemId(validity, uid))
  }

  #push(): void {
    const next = formatCursor(this.#state as FolderState)
    const scope = this.#since === undefined ? 'all' : 'changes'
    void this.#pages.push({ scope, refs: this.#refs, gone: this.#gone, next })
    this.#refs = []
    this.#gone = []
  }
}

function renumberedMeanwhile(): MigrationError {
  return new MigrationError('transient', 'imap.uidvalidity-changed', {
    message: 'The server renumbered a folder while it was being listed (UIDVALIDITY changed).',
    hint: 'The folder is listed anew; if this repeats, have the server looked at.',
  })
}
