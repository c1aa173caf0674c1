import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Folder } from '../../core/model/folder.ts'
import { type Form, travelsWhole } from '../../core/model/form.ts'
import type { Cursor } from '../../core/model/ids.ts'
import type { Content, Item, ItemRef, ReadResult } from '../../core/model/item.ts'
import type { Quota } from '../../core/model/quota.ts'
import { Channel } from '../../core/flow/channel.ts'
import { MigrationError } from '../../core/errors.ts'
import type { Described, ListedExtra, Page, Reader } from '../../core/ports/connector.ts'
import type { Context } from '../../core/ports/context.ts'
import type { Side } from '../../core/ports/governor.ts'
import { describeMessage, headBytesMax } from '../../formats/message-description.ts'
import { memoryError } from './errors.ts'
import { listMemoryExtras } from './extras.ts'
import type { Faults, Step, StepName } from './faults.ts'
import {
  toCursor,
  toFolder,
  toItemId,
  type MemoryMailbox,
  type StoredFolder,
  type StoredMessage,
} from './mailbox.ts'
import { contentOf, refOf } from './whole-form.ts'

/** The reading half of an opened memory mailbox. */
export class MemoryReader implements Reader {
  readonly capabilities: Capabilities
  readonly quota?: () => Promise<Quota | undefined>
  readonly listExtras?: () => Promise<readonly ListedExtra[]>
  protected readonly mailbox: MemoryMailbox
  protected readonly context: Context
  protected readonly form: Form
  readonly #side: Side
  readonly #faults: Faults
  #sessions = 0

  constructor(mailbox: MemoryMailbox, side: Side, faults: Faults, context: Context, form: Form = 'mail') {
    this.mailbox = mailbox
    this.form = form
    this.context = context
    this.#side = side
    this.#faults = faults
    const { options } = mailbox
    const limit = options.quotaBytesMax
    if (limit !== undefined) this.quota = async () => ({ storageBytes: { used: mailbox.sizeBytes, limit } })
    if (options.hasExtras) this.listExtras = () => this.#listExtras()
    this.capabilities = {
      preservesBytes: options.preservesBytes,
      datePrecisionMs: options.datePrecisionMs,
      storesKeywords: options.storesKeywords,
      sessionsMax: options.sessionsMax,
      form,
      replacesItems: travelsWhole({ form }),
      ...(options.itemSizeBytesMax !== undefined && { itemSizeBytesMax: options.itemSizeBytesMax }),
      folderNaming: options.folderNaming,
      announced: [
        `history=${options.history}`,
        `write=${options.writeUnit}`,
        ...(options.tellsTargetIds ? ['ids'] : []),
      ],
    }
  }

  async discover(): Promise<readonly Folder[]> {
    await this.step('discover', {})
    return [...this.mailbox.folders.values()]
      .toSorted((a, b) => a.path.length - b.path.length)
      .map((folder) => toFolder(folder, this.mailbox.options.history))
  }

  async *enumerate(folder: Folder, after?: Cursor): AsyncGenerator<Page> {
    await this.step('enumerate.page', { path: folder.path })
    const { pageItemsMax } = this.mailbox.options
    const stored = this.mailbox.folder(folder.id)
    const { generation, modseq } = stored
    const since = this.#parseCursor(stored, after)
    const uids = [...stored.messages.values()]
      .filter((message) => isAfter(message, since))
      .map((message) => message.uid)
    const gone = since
      ? stored.gone.filter((one) => one.modseq > since.modseq).map((one) => toItemId(stored, one.uid))
      : []
    const tellsRest = since !== undefined && gone.length > 0 && this.mailbox.options.history === 'remains'
    const rest = [...stored.messages.values()].filter((message) => !isAfter(message, since))
    const unchanged = tellsRest ? { unchanged: rest.map(({ uid }) => toItemId(stored, uid)) } : {}
    const scope = since && !tellsRest ? 'changes' : 'all'
    for (let start = 0; start === 0 || start < uids.length; start += pageItemsMax) {
      if (start > 0) await this.step('enumerate.page', { path: folder.path })
      // A server that renumbers ends the session; what was listed means nothing any more.
      if (stored.generation !== generation) throw memoryError('renumbered')
      const page = uids.slice(start, start + pageItemsMax)
      const messages = page.map((uid) => stored.messages.get(uid)).filter((message) => message !== undefined)
      const isLast = start + pageItemsMax >= uids.length
      this.mailbox.counters.pagesListed += 1
      yield {
        scope,
        refs: messages.map((message) => refOf(stored, message, this.form)),
        ...(start === 0 ? unchanged : {}),
        gone: start === 0 && !tellsRest ? gone : [],
        next: isLast ? toCursor(stored, modseq) : toCursor(stored, modseq, page.at(-1)),
      }
    }
  }

  async #listExtras(): Promise<readonly ListedExtra[]> {
    await this.step('extras.list', {})
    return listMemoryExtras(this.mailbox)
  }

  /** Undefined when the cursor does not hold, or cannot by what the mailbox announces. */
  #parseCursor(
    stored: StoredFolder,
    cursor: Cursor | undefined,
  ): { modseq: number; uid: number | undefined } | undefined {
    const { history } = this.mailbox.options
    if (cursor === undefined || (history !== 'changes' && history !== 'remains')) return undefined
    const [, generation, modseq, uid] = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(cursor)?.map(Number) ?? []
    if (generation !== stored.generation || modseq === undefined) return undefined
    if (modseq < stored.historyFrom || modseq > stored.modseq) return undefined
    return { modseq, uid: Number.isNaN(uid) ? undefined : uid }
  }

  async *describe(refs: readonly ItemRef[]): AsyncGenerator<Described> {
    for (const ref of refs) {
      await this.step('describe', { ref, id: ref.id })
      const found = this.mailbox.find(ref.id)
      if (!found) continue
      this.mailbox.counters.headersOpened += 1
      yield { ref, description: describe(found.message) }
    }
  }

  async *read(requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<ReadResult> {
    using _session = this.openSession()
    let current: { isStale: boolean } | undefined
    const { readAheadItemsMax } = this.mailbox.options
    const results = this.#readEach(requests)
    for await (const result of readAheadItemsMax > 0 ? aheadOf(results, readAheadItemsMax) : results) {
      if (result.type !== 'found') {
        yield result
        continue
      }
      const state = { isStale: false }
      current = state
      yield { type: 'item', item: this.#toItem(result, state) }
      current.isStale = true
    }
  }

  async *#readEach(
    requests: AsyncIterable<readonly ItemRef[]>,
  ): AsyncGenerator<Exclude<ReadResult, { type: 'item' }> | Found> {
    for await (const refs of requests) {
      await this.step('read.request', {})
      for (const ref of refs) {
        try {
          await this.step('read.item', { ref, id: ref.id })
        } catch (error) {
          if (!(error instanceof MigrationError) || error.kind !== 'item') throw error
          yield { type: 'failed', ref, error }
          continue
        }
        const found = this.mailbox.find(ref.id)
        yield found ? { type: 'found', ref, ...found } : { type: 'gone', ref }
      }
    }
  }

  #toItem({ ref, message }: Found, state: { isStale: boolean }): Item {
    this.mailbox.counters.bodiesOpened += 1
    const bytes = contentOf(message, this.form)
    const isWhole = bytes.byteLength <= this.mailbox.options.wholeBytesMax
    const content: Content = isWhole ? bytes : this.#chunks(bytes, ref, state)
    return { ref, sizeBytes: bytes.byteLength, description: describe(message), content }
  }

  async *#chunks(bytes: Uint8Array, ref: ItemRef, state: { isStale: boolean }): AsyncGenerator<Uint8Array> {
    const { chunkBytes } = this.mailbox.options
    for (let start = 0; start < bytes.byteLength; start += chunkBytes) {
      await this.step('read.chunk', { ref, id: ref.id })
      if (state.isStale) throw memoryError('stale-content')
      yield bytes.subarray(start, start + chunkBytes)
    }
  }

  async close(): Promise<void> {
    // Nothing is held open between calls.
  }

  /** Where faults come in, and where an abort is noticed. */
  protected async step(name: StepName, fields: Omit<Step, 'name' | 'side' | 'mailbox'>): Promise<void> {
    this.context.signal.throwIfAborted()
    await this.#faults({ name, side: this.#side, mailbox: this.mailbox.name, ...fields })
    this.context.signal.throwIfAborted()
  }

  /** Counts a `read` or `write` stream until it is disposed of. */
  protected openSession(): Disposable {
    const { counters, options } = this.mailbox
    if (this.#sessions >= (options.sessionsAllowed ?? options.sessionsMax)) throw memoryError('too-many-sessions')
    this.#sessions += 1
    counters.sessionsOpen += 1
    counters.sessionsOpenMost = Math.max(counters.sessionsOpenMost, counters.sessionsOpen)
    return {
      [Symbol.dispose]: () => {
        this.#sessions -= 1
        this.mailbox.counters.sessionsOpen -= 1
      },
    }
  }
}

interface Found {
  readonly type: 'found'
  readonly ref: ItemRef
  readonly folder: StoredFolder
  readonly message: StoredMessage
}

function describe(message: StoredMessage): Described['description'] {
  return describeMessage(message.bytes.subarray(0, headBytesMax))
}

/** Whether an enumeration since `since` lists the message; with a `uid` it goes on in the middle of an earlier one. */
function isAfter(message: StoredMessage, since: { modseq: number; uid: number | undefined } | undefined): boolean {
  if (!since) return true
  return message.modseq > since.modseq || (since.uid !== undefined && message.uid > since.uid)
}

/** Works up to `itemsMax` items ahead of its consumer, as a pipelined session does. Leaving early stops the work. */
export async function* aheadOf<T extends object>(items: AsyncGenerator<T>, itemsMax: number): AsyncGenerator<T> {
  const channel = new Channel<T>(itemsMax)
  void pump(items, channel)
  yield* channel
}

async function pump<T extends object>(items: AsyncGenerator<T>, channel: Channel<T>): Promise<void> {
  try {
    for await (const item of items) {
      if (channel.isClosed) break
      await channel.push(item)
      if (channel.isClosed) break
    }
    channel.end()
  } catch (error) {
    channel.fail(error)
  }
}
