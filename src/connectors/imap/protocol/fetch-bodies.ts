import { MigrationError } from '../../../core/errors.ts'
import { BodyStream } from './body-stream.ts'
import { type FetchData, parseFetch } from './fetch-response.ts'
import type { TaggedAnswer } from './response.ts'
import { formatSequenceSet } from './sequence-set.ts'
import type { Receiver, Session } from './session.ts'
import { placeBytesMax, placeFor } from './read-slab.ts'
import type { LiteralTaker } from './wire.ts'

/** Up to this size content is given whole. */
export const wholeBytesMax: number = placeBytesMax
/** How much of a larger body is kept while its UID is not yet known. */
const namelessBytesMax = 1024 * 1024

/** A message's body, or the section asked. */
export interface FetchedBody {
  readonly uid: number
  readonly sizeBytes: number
  /**
   * Whole up to 128 KiB, else a stream to be read once; null when the server says NIL. Whole content may share its memory
   * with its neighbours: copy what is to be kept longer than the next few messages.
   */
  readonly content: Uint8Array | AsyncIterable<Uint8Array> | null
}

/** A UID FETCH of bodies under way. */
export interface BodyFetch {
  /**
   * Bodies in the server's order as they arrive, to be read once. Ends when all have come, or at the server's answer: then
   * those missing are gone if the answer is OK, and could not be read if it is NO. Asking for the next body discards what
   * was not read of the last one's stream; leaving the loop discards the rest.
   */
  readonly bodies: AsyncIterable<FetchedBody>
  /**
   * The server's answer. Only a body that is missing makes it worth waiting for: Dovecot 2.3 answers several fetches of one
   * folder only when it has sent the bodies of all, which are then kept in memory.
   */
  answer(): Promise<TaggedAnswer>
}

/**
 * Asks for the bodies of `uids` without setting \Seen; each at most once, and few enough for one command
 * (`chunkSequenceSet`). Several fetches may be under way, with other commands between them. Read them in the order asked:
 * bodies that nobody reads, 512 KiB of them, stop the connection.
 *
 * `section` is what stands in the brackets: empty for whole messages, `HEADER`, `HEADER.FIELDS (DATE FROM)`.
 * A server that names the UID only behind the body gets by with bodies of up to 1 MiB; a larger one ends the session with
 * `imap.fetch.nameless` unless it was asked for alone.
 */
export function fetchBodies(session: Session, uids: readonly number[], section = ''): BodyFetch {
  const queue = new BodyQueue(session, uids)
  const answer = session.execute(`UID FETCH ${formatSequenceSet(uids)} (UID BODY.PEEK[${section}])`, queue)
  answer.then(
    () => queue.finish(),
    (error: unknown) => queue.fail(error),
  )
  return {
    bodies: queue,
    async answer() {
      session.gate.beginWait()
      try {
        return await answer
      } finally {
        session.gate.endWait()
      }
    },
  }
}

/** A literal on its way: where its bytes go, and what is known of it. */
interface Arriving {
  readonly uid: number | undefined
  readonly sizeBytes: number
  missingBytes: number
  whole: Uint8Array | undefined
  readonly stream: BodyStream | undefined
}

/** Takes the responses of one fetch and keeps what was not asked for yet. */
class BodyQueue implements Receiver, LiteralTaker, AsyncIterableIterator<FetchedBody> {
  readonly #session: Session
  readonly #missing: Set<number>
  readonly #onlyUid: number | undefined
  #ready: FetchedBody[] = []
  #taken = 0
  #asked: PromiseWithResolvers<IteratorResult<FetchedBody>> | undefined
  #isFinished = false
  #isAbandoned = false
  #error: unknown
  /** The stream given out last. */
  #given: BodyStream | undefined
  #arriving: Arriving | undefined
  // A response is asked about before it is given.
  #parsedText: string | undefined
  #parsed: FetchData | undefined

  constructor(session: Session, uids: readonly number[]) {
    this.#session = session
    this.#missing = new Set(uids)
    this.#onlyUid = uids.length === 1 ? uids[0] : undefined
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<FetchedBody>> {
    this.#given?.abandon()
    this.#given = undefined
    if (this.#taken < this.#ready.length) return Promise.resolve({ done: false, value: this.#take() })
    if (this.#error !== undefined && !this.#isComplete) return Promise.reject(this.#error)
    if (this.#isFinished || this.#isComplete) return Promise.resolve({ done: true, value: undefined })
    if (this.#asked === undefined) {
      this.#asked = Promise.withResolvers()
      this.#session.gate.beginWait()
    }
    return this.#asked.promise
  }

  return(): Promise<IteratorResult<FetchedBody>> {
    this.#isAbandoned = true
    this.#given?.abandon()
    this.#arriving?.stream?.abandon()
    while (this.#taken < this.#ready.length) this.#take()
    this.#given?.abandon()
    return Promise.resolve({ done: true, value: undefined })
  }

  claims(text: string): boolean {
    const data = this.#parse(text)
    return data?.body !== undefined && data.uid !== undefined && this.#missing.has(data.uid)
  }

  onLiteral(text: string, sizeBytes: number): LiteralTaker | undefined {
    const data = this.#parse(text)
    if (data?.body === undefined) return undefined
    const uid = data.uid ?? this.#onlyUid
    const isLarge = sizeBytes > wholeBytesMax && !this.#isAbandoned
    if (isLarge && uid === undefined && sizeBytes > namelessBytesMax) throw nameless(sizeBytes)
    const stream = isLarge && uid !== undefined ? new BodyStream(this.#session.gate) : undefined
    this.#arriving = { uid, sizeBytes, missingBytes: sizeBytes, whole: undefined, stream }
    if (stream !== undefined && uid !== undefined) this.#add({ uid, sizeBytes, content: stream })
    return this
  }

  takeLiteral(bytes: Uint8Array): void {
    const arriving = this.#arriving
    if (arriving === undefined) return
    if (arriving.stream !== undefined) arriving.stream.push(bytes)
    else if (!this.#isAbandoned) {
      arriving.whole ??= placeFor(arriving.sizeBytes)
      arriving.whole.set(bytes, arriving.sizeBytes - arriving.missingBytes)
      arriving.missingBytes -= bytes.length
    }
  }

  endLiteral(): void {
    this.#arriving?.stream?.end()
  }

  onUntagged(text: string, literals: readonly Uint8Array[]): void {
    const arriving = this.#arriving
    this.#arriving = undefined
    if (arriving?.stream !== undefined) return
    const data = arriving?.uid === undefined ? this.#parse(text, literals) : undefined
    const uid = arriving?.uid ?? data?.uid ?? this.#onlyUid
    if (uid === undefined) return
    if (arriving !== undefined) {
      const body = { uid, sizeBytes: arriving.sizeBytes, content: arriving.whole ?? empty }
      // Known only now to be another fetch's: the UID came behind the body.
      const owner = this.#missing.has(uid) ? this : this.#session.receiverOf(text)
      if (owner instanceof BodyQueue) owner.#add(body)
    } else if (data?.body !== undefined) {
      this.#add({ uid, sizeBytes: data.body.content?.length ?? 0, content: data.body.content })
    }
  }

  /** The server has answered: nothing more comes. */
  finish(): void {
    this.#isFinished = true
    this.#takeAsked()?.resolve({ done: true, value: undefined })
  }

  fail(error: unknown): void {
    this.#error = error
    this.#arriving?.stream?.fail(error)
    this.#takeAsked()?.reject(error)
  }

  get #isComplete(): boolean {
    return this.#missing.size === 0 || this.#isAbandoned
  }

  #parse(text: string, literals?: readonly Uint8Array[]): FetchData | undefined {
    if (this.#parsedText !== text) {
      this.#parsedText = text
      this.#parsed = parseFetch(text, literals)
    }
    return this.#parsed
  }

  #add(body: FetchedBody): void {
    const isWanted = this.#missing.delete(body.uid) && !this.#isAbandoned
    const { content } = body
    if (!isWanted) {
      if (content instanceof BodyStream) content.abandon()
      return
    }
    const asked = this.#takeAsked()
    if (asked !== undefined) {
      if (content instanceof BodyStream) this.#given = content
      asked.resolve({ done: false, value: body })
      return
    }
    this.#ready.push(body)
    if (content instanceof Uint8Array) this.#session.gate.hold(content.length)
  }

  #take(): FetchedBody {
    const body = this.#ready[this.#taken++] as FetchedBody
    if (this.#taken === this.#ready.length) {
      this.#ready = []
      this.#taken = 0
    }
    if (body.content instanceof Uint8Array) this.#session.gate.release(body.content.length)
    else if (body.content instanceof BodyStream) this.#given = body.content
    return body
  }

  #takeAsked(): PromiseWithResolvers<IteratorResult<FetchedBody>> | undefined {
    const asked = this.#asked
    if (asked !== undefined) this.#session.gate.endWait()
    this.#asked = undefined
    return asked
  }
}

const empty = new Uint8Array(0)

function nameless(sizeBytes: number): MigrationError {
  return new MigrationError('transient', 'imap.fetch.nameless', {
    message: `The server sent a message of ${sizeBytes} bytes without saying first which one it is.`,
    hint: 'Such a message has to be asked for alone.',
  })
}
