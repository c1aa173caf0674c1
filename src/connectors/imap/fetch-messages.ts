import { MigrationError } from '../../core/errors.ts'
import type { Content, ItemRef } from '../../core/model/item.ts'
import type { FolderState } from './cursor.ts'
import { isMessageData } from './enumerate.ts'
import { answerError } from './errors.ts'
import { type Opening, openFolder } from './examine.ts'
import { uidOf, uidValidityOf } from './item-id.ts'
import { type BodyFetch, fetchBodies } from './protocol/fetch-bodies.ts'
import { parseFetch } from './protocol/fetch-response.ts'
import { chunkSequenceSet } from './protocol/sequence-set.ts'
import type { Session } from './protocol/session.ts'

/** What became of one message asked for. */
export type Fetched =
  | { readonly type: 'body'; readonly ref: ItemRef; readonly sizeBytes: number; readonly content: Content }
  | { readonly type: 'gone'; readonly ref: ItemRef }
  | { readonly type: 'failed'; readonly ref: ItemRef; readonly error: MigrationError }

/** Bodies, or a section of each, that were asked for and are on their way. */
export interface MessageFetch {
  /**
   * To be read once: one result for each ref, in any order; whoever goes on discards what was not read of a streamed
   * content. Throws what is not one message's fault.
   */
  readonly results: AsyncIterable<Fetched>
  /** What was not read and what still comes is dropped. */
  discard(): void
}

/** A fetch may start behind a folder that is open already. */
export interface FetchOptions {
  /** The folder of `refs`, current on this session; without it the folder is opened. */
  readonly opening?: Opening
  /** See `fetchBodies`; the whole message by default. */
  readonly section?: string
}

/**
 * Asks for messages of one folder, now; nothing changes at the server. A message that spoils the answer for its neighbours
 * is found by asking again in halves, and one that does not come is failed only when the server still lists it.
 */
export function fetchMessages(session: Session, refs: readonly ItemRef[], options: FetchOptions = {}): MessageFetch {
  const folderId = (refs[0] as ItemRef).folderId
  const opening = options.opening ?? openFolder(session, folderId)
  const uids = refs.map((ref) => uidOf(ref.id)).sort((a, b) => a - b)
  const fetches = chunkSequenceSet(uids).map(({ numbers }) => fetchBodies(session, numbers, options.section))
  const fetching = new Fetching(session, options.section)
  return {
    results: fetching.results(refs, opening, fetches),
    discard: () => fetching.discard(fetches),
  }
}

class Fetching {
  readonly #session: Session
  readonly #section: string | undefined

  constructor(session: Session, section: string | undefined) {
    this.#session = session
    this.#section = section
  }

  async *results(refs: readonly ItemRef[], opening: Opening, fetches: readonly BodyFetch[]): AsyncGenerator<Fetched> {
    const state = await this.#stateOf(opening)
    const current = refs.filter((ref) => uidValidityOf(ref.id) === state?.uidValidity)
    if (current.length < refs.length) {
      this.discard(fetches)
      // The folder is no more, and so is all that was in it.
      if (state === undefined) for (const ref of refs) yield { type: 'gone', ref }
      else for (const ref of refs) yield { type: 'failed', ref, error: renumbered() }
      return
    }
    const left = new Map(refs.map((ref) => [uidOf(ref.id), ref]))
    let refusal: MigrationError | undefined
    for (const { bodies, answer } of fetches) {
      for await (const { uid, sizeBytes, content } of bodies) {
        const ref = left.get(uid)
        if (ref === undefined) continue
        left.delete(uid)
        yield content === null ? { type: 'failed', ref, error: nilBody() } : { type: 'body', ref, sizeBytes, content }
      }
      if (left.size === 0) return
      const answered = await answer()
      if (answered.status === 'OK') continue
      refusal = answerError(answered, { command: 'FETCH' })
      // Else nothing is said of any message: not of those that did not come, and not of those behind them.
      if (refusal.kind !== 'item' && refusal.code !== expunged) throw refusal
    }
    if (refs.length > 1) yield* this.#askAgain([...left.values()])
    else for (const ref of left.values()) yield missing(ref, refusal)
  }

  discard(fetches: readonly BodyFetch[]): void {
    for (const { bodies } of fetches) void bodies[Symbol.asyncIterator]().return?.()
  }

  /** Of those that did not come: what is gone, and the others by halves, each at last alone. */
  async *#askAgain(refs: readonly ItemRef[]): AsyncGenerator<Fetched> {
    const there = await this.#listed(refs)
    for (const ref of refs) if (!there.has(uidOf(ref.id))) yield { type: 'gone', ref }
    const left = refs.filter((ref) => there.has(uidOf(ref.id)))
    const middle = Math.ceil(left.length / 2)
    for (const half of [left.slice(0, middle), left.slice(middle)]) {
      if (half.length === 0) continue
      const again = fetchMessages(this.#session, half, this.#section === undefined ? {} : { section: this.#section })
      try {
        yield* again.results
      } finally {
        again.discard()
      }
    }
  }

  /** UIDs that the server lists once it has heard of every deletion. */
  async #listed(refs: readonly ItemRef[]): Promise<ReadonlySet<number>> {
    const listed = new Set<number>()
    const opening = openFolder(this.#session, (refs[0] as ItemRef).folderId)
    const uids = refs.map((ref) => uidOf(ref.id)).sort((a, b) => a - b)
    const asked = chunkSequenceSet(uids).map(({ set }) =>
      this.#session.execute(`UID FETCH ${set} (UID)`, {
        claims: isMessageData,
        onUntagged: (text, literals) => {
          const uid = parseFetch(text, literals)?.uid
          if (uid !== undefined) listed.add(uid)
        },
      }),
    )
    const state = await this.#stateOf(opening)
    if (state === undefined) return listed
    for (const answered of await this.#waiting(Promise.all(asked))) {
      if (answered.status !== 'OK') throw answerError(answered, { command: 'STATUS' })
    }
    return listed
  }

  /** Undefined when there is no such folder. */
  async #stateOf(opening: Opening): Promise<FolderState | undefined> {
    try {
      return await this.#waiting(opening.state)
    } catch (error) {
      if (error instanceof MigrationError && error.code === 'imap.folder.nonexistent') return undefined
      throw error
    }
  }

  /** What lies ahead on the wire and was not taken must not keep what is awaited from being read. */
  async #waiting<T>(answer: Promise<T>): Promise<T> {
    const { gate } = this.#session
    gate.beginWait()
    try {
      return await answer
    } finally {
      gate.endWait()
    }
  }
}

/** Some of the messages asked for were deleted meanwhile (RFC 5530). */
const expunged = 'imap.expunge-issued'

/** What becomes of a message that was asked for alone and did not come. */
function missing(ref: ItemRef, refusal: MigrationError | undefined): Fetched {
  return refusal?.code === expunged ? { type: 'gone', ref } : { type: 'failed', ref, error: refusal ?? nilBody() }
}

function nilBody(): MigrationError {
  return new MigrationError('item', 'imap.fetch.nil-body', {
    message: 'The source lists this message and gives nothing when asked for it.',
    hint: 'Its file is missing or unreadable at the source; repair the mailbox there, then use retry.',
  })
}

function renumbered(): MigrationError {
  return new MigrationError('item', 'imap.uidvalidity-changed', {
    message: 'The source renumbered the folder while it was being read (UIDVALIDITY changed).',
    hint: 'Run the migration again: the folder is then read anew, and nothing is doubled.',
  })
}
