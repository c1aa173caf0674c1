import { Channel } from '../../core/flow/channel.ts'
import type { Content, ItemRef, ReadResult } from '../../core/model/item.ts'
import { describeMessage } from '../../formats/message-description.ts'
import { type Opening, openFolder } from './examine.ts'
import { fetchMessages, type MessageFetch } from './fetch-messages.ts'
import { peekHead } from './peek-head.ts'
import type { Session } from './protocol/session.ts'

/** What may be asked for and not yet read: two batches of a usual size. */
const itemsAskedMax = 250
const bytesAskedMax = 16 * 1024 * 1024
const requestsAskedMax = 32

interface Asked {
  readonly items: number
  readonly sizeBytes: number
  readonly fetch: MessageFetch
}

/**
 * Reads bodies over one session, with the next requests already on the wire while the answers to earlier ones come in.
 * Only EXAMINE and BODY.PEEK are used: nothing changes at the server.
 */
export async function* readBodies(session: Session, requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<ReadResult> {
  const asking = new Asking(session, requests)
  try {
    for await (const asked of asking.start()) {
      for await (const fetched of asked.fetch.results) {
        yield fetched.type === 'body' ? await itemOf(fetched.ref, fetched.sizeBytes, fetched.content) : fetched
      }
      asking.answered(asked)
    }
  } finally {
    asking.stop()
  }
}

/** Sends requests as long as little enough is under way. */
class Asking {
  readonly #session: Session
  readonly #requests: AsyncIterator<readonly ItemRef[]>
  readonly #asked = new Channel<Asked>(requestsAskedMax)
  readonly #underWay = new Set<Asked>()
  #opening: Opening | undefined
  #items = 0
  #bytes = 0
  #isStopped = false
  #wake: () => void = () => {}

  constructor(session: Session, requests: AsyncIterable<readonly ItemRef[]>) {
    this.#session = session
    this.#requests = requests[Symbol.asyncIterator]()
  }

  start(): AsyncIterable<Asked> {
    this.#run().then(
      () => this.#asked.end(),
      (error: unknown) => this.#asked.fail(error),
    )
    return this.#asked
  }

  answered(asked: Asked): void {
    this.#underWay.delete(asked)
    this.#items -= asked.items
    this.#bytes -= asked.sizeBytes
    this.#wake()
  }

  stop(): void {
    this.#isStopped = true
    this.#wake()
    for (const { fetch } of this.#underWay) fetch.discard()
    // Not waited for: who asks may itself wait for the answers that will never come.
    this.#requests.return?.()?.catch(() => undefined)
  }

  async #run(): Promise<void> {
    for (;;) {
      while (!this.#hasRoom() && !this.#isStopped) await new Promise<void>((resolve) => (this.#wake = resolve))
      if (this.#isStopped) return
      const { done, value: refs } = await this.#requests.next()
      if (done === true || this.#isStopped) return
      if (refs.length > 0) void this.#asked.push(this.#ask(refs))
    }
  }

  #hasRoom(): boolean {
    return this.#underWay.size < requestsAskedMax && this.#items < itemsAskedMax && this.#bytes < bytesAskedMax
  }

  #ask(refs: readonly ItemRef[]): Asked {
    const folderId = (refs[0] as ItemRef).folderId
    // A session that others use as well may have another folder open by now.
    if (this.#opening?.folderId !== folderId || !this.#opening.isCurrent()) this.#opening = openFolder(this.#session, folderId)
    const sizeBytes = refs.reduce((sum, ref) => sum + ref.sizeBytes, 0)
    const asked = { items: refs.length, sizeBytes, fetch: fetchMessages(this.#session, refs, { opening: this.#opening }) }
    this.#items += refs.length
    this.#bytes += sizeBytes
    this.#underWay.add(asked)
    return asked
  }
}

async function itemOf(ref: ItemRef, sizeBytes: number, content: Content): Promise<ReadResult> {
  if (content instanceof Uint8Array) {
    return { type: 'item', item: { ref, sizeBytes, description: describeMessage(content), content } }
  }
  const { head, whole } = await peekHead(content)
  return { type: 'item', item: { ref, sizeBytes, description: describeMessage(head), content: whole } }
}
