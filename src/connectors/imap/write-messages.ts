import { MigrationError } from '../../core/errors.ts'
import { Channel } from '../../core/flow/channel.ts'
import type { FolderId } from '../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult } from '../../core/model/item.ts'
import { answerError } from './errors.ts'
import { toFlags } from './flags.ts'
import { toItemId } from './item-id.ts'
import { peekHead } from './peek-head.ts'
import { type Append, type AppendAnswer, type AppendedMessage, openAppend } from './protocol/append.ts'
import type { LiteralPart, Session } from './protocol/session.ts'
import { hasUtf8Header } from './utf8-header.ts'

const groupItemsMax = 50
const groupBytesMax = 32 * 1024 * 1024
/** Written and not yet answered; what a lost connection leaves in doubt. */
const unansweredItemsMax = 500
/** An open command is ended when no further message comes for so long: others may want to use the session. */
const lingerMs = 20

/** What the server can do, and how a folder is named in a command. */
export interface WriteSetting {
  readonly groupsMessages: boolean
  readonly takesBinary: boolean
  readonly mailbox: (folderId: FolderId) => string | LiteralPart
  /** On a session that speaks UTF-8. */
  readonly utf8Data?: Utf8Data
}

/**
 * Whether the server takes UTF8 data, undefined before it was tried: RFC 6855 section 4 demands it for UTF-8 headers, RFC
 * 9755 appendix B.1 did away with it, and both announce UTF8=ACCEPT.
 */
export interface Utf8Data {
  isTaken: boolean | undefined
}

/**
 * Writes messages over one session by pipelined APPEND, many to a command where MULTIAPPEND is announced (RFC 3502: all of
 * them or none). Answers are not waited for; results come as the answers do.
 */
export async function* writeMessages(
  session: Session,
  deliveries: AsyncIterable<Delivery>,
  setting: WriteSetting,
): AsyncGenerator<WriteResult> {
  const writing = new Writing(session, deliveries, setting)
  try {
    yield* writing.start()
  } finally {
    writing.stop()
  }
}

class Writing {
  readonly #session: Session
  readonly #deliveries: AsyncIterator<Delivery>
  readonly #setting: WriteSetting
  readonly #results = new Channel<WriteResult>(Number.POSITIVE_INFINITY)
  #append: Append | undefined
  /** What the command under way holds; not the contents, which are on their way. */
  #group: { readonly into: FolderId; readonly group: number; readonly ref: ItemRef }[] = []
  #groupBytes = 0
  /** Messages handed over, as far as the server has not answered for them. */
  #unanswered = 0
  #isStopped = false
  #isIdle = false
  #wake: () => void = () => {}

  constructor(session: Session, deliveries: AsyncIterable<Delivery>, setting: WriteSetting) {
    this.#session = session
    this.#deliveries = deliveries[Symbol.asyncIterator]()
    this.#setting = setting
  }

  start(): AsyncIterable<WriteResult> {
    this.#run().then(
      () => this.#results.end(),
      (error: unknown) => this.#results.fail(error),
    )
    return this.#results
  }

  stop(): void {
    this.#isStopped = true
    this.#wake()
  }

  async #run(): Promise<void> {
    const linger = setInterval(() => this.#endIfIdle(), lingerMs)
    try {
      for (;;) {
        this.#isIdle = false
        const waiting = this.#deliveries.next()
        const { done, value: delivery } = await waiting
        if (done === true || this.#isStopped) break
        await this.#write(delivery)
      }
      this.#endGroup()
      await this.#answered(0)
    } finally {
      clearInterval(linger)
      // Not waited for: a source of deliveries may itself wait for the results that will never come.
      this.#deliveries.return?.()?.catch(() => undefined)
    }
  }

  /** Resolves once no more than so many messages are unanswered; throws what ended the session. */
  async #answered(itemsMax: number): Promise<void> {
    while (this.#unanswered > itemsMax) {
      this.#session.assertOpen()
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** Called now and then: the second time that nothing came between two calls, the open command ends. */
  #endIfIdle(): void {
    if (this.#isIdle) this.#endGroup()
    this.#isIdle = true
  }

  async #write(delivery: Delivery): Promise<void> {
    const { item } = delivery
    if (item.sizeBytes === 0) {
      void this.#results.push({ type: 'refused', refs: [item.ref], error: emptyMessage() })
      return
    }
    const message = await this.#toMessage(delivery)
    if (message.isUtf8 === true && this.#setting.utf8Data?.isTaken === undefined) await this.#tryUtf8(delivery, message)
    else if (!(await this.#add(delivery, message))) this.#endGroup()
  }

  async #toMessage({ item, keywords, receivedAt }: Delivery): Promise<AppendedMessage> {
    const { takesBinary, utf8Data } = this.#setting
    const message = { flags: toFlags(keywords), receivedAt, sizeBytes: item.sizeBytes }
    const { content } = item
    if (content instanceof Uint8Array) {
      const isUtf8 = utf8Data !== undefined && utf8Data.isTaken !== false && hasUtf8Header(content)
      return { ...message, content, isUtf8, isBinary: takesBinary && content.includes(0) }
    }
    if (utf8Data === undefined || utf8Data.isTaken === false) return { ...message, content }
    try {
      const { head, whole } = await peekHead(content)
      return { ...message, content: whole, isUtf8: hasUtf8Header(head) }
    } catch (error) {
      // The command under way has nothing to do with it.
      this.#endGroup()
      throw error
    }
  }

  /** By a command of its own, and not before the server says that it understands: bytes cannot be taken back. */
  async #tryUtf8(delivery: Delivery, message: AppendedMessage): Promise<void> {
    const utf8Data = this.#setting.utf8Data as Utf8Data
    this.#endGroup()
    if (await this.#add(delivery, { ...message, asksFirst: true })) {
      utf8Data.isTaken = true
      return
    }
    const append = this.#append as Append
    this.#append = undefined
    const answer = await append.end()
    if (answer.status === 'BAD') utf8Data.isTaken = false
    const group = this.#group
    this.#group = []
    this.#groupBytes = 0
    this.#unanswered--
    if (answer.status !== 'BAD') this.#settle(group, answer)
    else if (!(await this.#add(delivery, { ...message, isUtf8: false }))) this.#endGroup()
  }

  /** False: the server refused without hearing it out, and the command is to be ended. */
  async #add(delivery: Delivery, message: AppendedMessage): Promise<boolean> {
    if (!this.#fits(delivery)) this.#endGroup()
    if (this.#unanswered >= unansweredItemsMax) {
      this.#endGroup()
      await this.#answered(unansweredItemsMax - 1)
    }
    const append = this.#append ?? (await openAppend(this.#session, this.#setting.mailbox(delivery.into)))
    // While a message is being written the command must not be ended by the clock.
    this.#append = undefined
    this.#group.push({ into: delivery.into, group: delivery.group, ref: delivery.item.ref })
    this.#groupBytes += message.sizeBytes
    this.#unanswered++
    const wasTaken = await append.add(message)
    this.#append = append
    this.#isIdle = false
    return wasTaken
  }

  #fits(delivery: Delivery): boolean {
    const first = this.#group[0]
    if (first === undefined) return true
    if (!this.#setting.groupsMessages || this.#append?.isAnswered === true) return false
    const isSame = first.into === delivery.into && first.group === delivery.group
    return isSame && this.#group.length < groupItemsMax && this.#groupBytes + delivery.item.sizeBytes <= groupBytesMax
  }

  #endGroup(): void {
    const append = this.#append
    if (append === undefined) return
    const group = this.#group
    this.#append = undefined
    this.#group = []
    this.#groupBytes = 0
    void this.#hearOut(append, group)
  }

  /** Takes the answer when it comes. Never rejects: what goes wrong ends the results, and with them everything else. */
  async #hearOut(append: Append, group: readonly { readonly ref: ItemRef }[]): Promise<void> {
    try {
      const answer = await append.end()
      this.#unanswered -= group.length
      this.#settle(group, answer)
    } catch (error) {
      this.#results.fail(error)
    } finally {
      this.#wake()
    }
  }

  #settle(group: readonly { readonly ref: ItemRef }[], answer: AppendAnswer): void {
    if (answer.status !== 'OK') {
      const error = answerError(answer, { command: 'APPEND' })
      void this.#results.push({ type: 'refused', refs: group.map(({ ref }) => ref), error })
      return
    }
    const { stored } = answer
    group.forEach(({ ref }, index) => {
      const uid = stored?.uids[index]
      const targetId = stored === undefined || uid === undefined ? {} : { targetId: toItemId(stored.uidValidity, uid) }
      void this.#results.push({ type: 'written', ref, ...targetId })
    })
  }
}

/** RFC 3502 section 6.3.11: an empty literal takes back the whole command. */
function emptyMessage(): MigrationError {
  return new MigrationError('item', 'imap.append.empty', {
    message: 'The message has not a single byte, and IMAP cannot store such a one.',
    hint: 'Look at it at the source: its file is empty, and there is nothing to carry over.',
  })
}
