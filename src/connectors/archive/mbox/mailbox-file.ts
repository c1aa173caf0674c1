import { hash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { MigrationError } from '../../../core/errors.ts'
import type { Cursor, FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult } from '../../../core/model/item.ts'
import type { KeywordChange } from '../../../core/ports/connector.ts'
import type { Context } from '../../../core/ports/context.ts'
import { findFirstFromLine, scanMbox, type MboxMessage } from '../../../formats/mbox/scanner.ts'
import { showPath, toSystemPath, type BytePath } from '../byte-path.ts'
import type { MboxDialect } from '../config.ts'
import { archiveError, toArchiveError } from '../errors.ts'
import { MessageFactsFile, type FactsLine } from '../message-facts.ts'
import { Mutex } from '../mutex.ts'
import { messageIn, openFile, readPart } from '../stored-file.ts'
import type { Listing, StoredMessage, WriteOutcome } from '../storage.ts'
import { appendMessage, type Appended } from './append-message.ts'
import { isOwnFromLine, offsetOf, toForeignId, toOwnId } from './message-id.ts'

/** A message as the last scan found it. */
interface IndexedMessage {
  readonly ref: ItemRef
  readonly start: number
  readonly sizeBytes: number
  readonly isExact: boolean
  readonly isQuoted: boolean
  readonly isCut: boolean
}

interface Index {
  /** Of the file and of the facts when it was scanned; others mean that it has to be scanned again. */
  readonly stamp: string
  readonly factsDigest: string
  readonly messages: Map<ItemId, IndexedMessage>
  /** Where messages of ours begin that a killed run left unfinished, at the end of the file. */
  readonly unfinishedFrom: number | undefined
  /** Time of change when it was last looked at. */
  readonly mtimeMs: number
}

const pageItemsMax = 500

/** Within this time a second change of a file may leave the same time of change. */
const unsettledMs = 2000

/** The file of facts beside an mbox file. */
export const mboxFactsSuffix = '.mailvan.jsonl'

/** One mbox file. */
export class MailboxFile {
  readonly id: FolderId
  readonly facts: MessageFactsFile
  readonly #context: Context
  readonly #root: string
  readonly #relative: BytePath
  readonly #dialect: MboxDialect | undefined
  readonly #mutex = new Mutex()
  #index: Index | undefined
  #wasThere = false

  constructor(place: { root: string; relative: BytePath; dialect: MboxDialect | undefined }, context: Context) {
    this.id = place.relative as string as FolderId
    this.#context = context
    this.#root = place.root
    this.#relative = place.relative
    this.#dialect = place.dialect
    this.facts = new MessageFactsFile(toSystemPath(place.root, `${place.relative}${mboxFactsSuffix}`))
  }

  get path(): Buffer {
    return toSystemPath(this.#root, this.#relative)
  }

  get shown(): string {
    return showPath(this.#root, this.#relative)
  }

  get itemsKnown(): number {
    return (this.#index?.messages.size ?? 0) + this.facts.size
  }

  forget(): void {
    this.#index = undefined
    this.facts.forget()
  }

  /** Without a cursor while the file is so fresh that a change might not show. */
  async status(): Promise<{ readonly items: number; readonly cursor?: Cursor }> {
    const index = await this.#locked(() => this.#load())
    const cursor = this.#toCursor(index)
    return { items: index.messages.size, ...(cursor !== undefined && { cursor }) }
  }

  async list(): Promise<Listing> {
    const index = await this.#locked(() => this.#load())
    const cursor = this.#toCursor(index) ?? ('mbox.unsettled' as Cursor)
    return { cursor, pages: pagesOf([...index.messages.values()]) }
  }

  async inspect(ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    const { messages } = await this.#locked(() => this.#load())
    const refs = new Map<ItemId, ItemRef>()
    for (const id of ids) {
      const message = messages.get(id)
      if (message !== undefined) refs.set(id, message.ref)
    }
    return refs
  }

  /** Undefined: gone. Throws an `item` error for a message of which the file has only the beginning. */
  async open(id: ItemId): Promise<StoredMessage | undefined> {
    const { messages } = await this.#locked(() => this.#load())
    const message = messages.get(id)
    if (message === undefined) return undefined
    if (message.isCut) throw archiveError('mbox.truncated', this.shown)
    const handle = await openFile(this.path, this.shown)
    return handle && messageIn(handle, this.shown, message)
  }

  /** Appends messages, each all or nothing, and removes what a killed run left unfinished. */
  append(deliveries: readonly Delivery[], nextSender: () => string): Promise<WriteOutcome> {
    return this.#locked(async () => {
      await this.facts.begin()
      const index = await this.#load()
      const handle = await open(this.path, 'r+')
      const appended: Appended[] = []
      const results: WriteResult[] = []
      let failure: WriteOutcome['failure']
      try {
        if (index.unfinishedFrom !== undefined) await handle.truncate(index.unfinishedFrom)
        for (const delivery of deliveries) {
          try {
            const one = await appendMessage(handle, delivery, nextSender())
            appended.push(one)
            results.push({ type: 'written', ref: delivery.item.ref, targetId: one.facts.id })
          } catch (error) {
            if (error instanceof MigrationError && error.kind === 'item') {
              results.push({ type: 'refused', refs: [delivery.item.ref], error })
              continue
            }
            failure = { error: toArchiveError(error, this.shown) }
            break
          }
        }
        await handle.sync()
        await this.facts.append(appended.map((one) => one.facts))
        await this.#note(index, appended, handle)
      } catch (error) {
        this.#index = undefined
        throw error
      } finally {
        await handle.close()
      }
      return { results, ...(failure !== undefined && { failure }) }
    })
  }

  /** Passes over what is gone. */
  updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    return this.#locked(async () => {
      const index = await this.#load()
      const lines: FactsLine[] = []
      for (const { id, keywords } of changes) {
        const known = index.messages.get(id)
        if (known === undefined) continue
        const { receivedAt } = known.ref
        lines.push({ isExact: false, receivedAt, ...this.facts.get(id), id, keywords })
        const ref = toRef(id, this.id, known.sizeBytes, { receivedAt, keywords: keywords.toSorted() })
        index.messages.set(id, { ...known, ref })
      }
      await this.facts.append(lines)
      this.#index = { ...index, factsDigest: this.facts.digest }
    })
  }

  /** Our own appends need no new scan. */
  async #note(index: Index, appended: readonly Appended[], handle: FileHandle): Promise<void> {
    const { messages } = index
    for (const { facts, start, storedBytes } of appended) {
      const { id, isExact } = facts
      const ref = toRef(id, this.id, storedBytes, {
        receivedAt: facts.receivedAt!,
        keywords: facts.keywords.toSorted(),
      })
      messages.set(id, { ref, start, sizeBytes: storedBytes, isExact, isQuoted: true, isCut: false })
    }
    this.#index = { messages, ...(await stampOf(handle)), factsDigest: this.facts.digest, unfinishedFrom: undefined }
  }

  async #load(): Promise<Index> {
    await this.facts.load()
    const handle = await openFile(this.path, this.shown)
    if (handle === undefined) {
      // A folder that vanished must not look like one that was emptied.
      if (this.#wasThere) throw archiveError('no-folder', this.shown)
      return { messages: new Map(), stamp: '', factsDigest: '', unfinishedFrom: undefined, mtimeMs: Infinity }
    }
    this.#wasThere = true
    try {
      const stamp = await stampOf(handle)
      const factsDigest = this.facts.digest
      if (this.#index?.stamp !== stamp.stamp || this.#index.factsDigest !== factsDigest) {
        this.#index = { ...(await this.#scan(handle)), ...stamp, factsDigest }
      }
      return this.#index
    } finally {
      await handle.close()
    }
  }

  async #scan(handle: FileHandle): Promise<Pick<Index, 'messages' | 'unfinishedFrom'>> {
    const { size: sizeBytes, mtimeMs } = await handle.stat()
    const read = (position: number, lengthBytes: number) => readPart(handle, this.shown, position, lengthBytes)
    const source = { sizeBytes, read }
    if ((await findFirstFromLine(source)) === undefined) throw archiveError('mbox.not-mbox', this.shown)
    const messages = new Map<ItemId, IndexedMessage>()
    let unfinishedFrom: number | undefined
    const options = {
      usesContentLength: this.#dialect !== 'mboxo' && this.#dialect !== 'mboxrd',
      knownBytes: (offset: number, fromLine: string) => this.facts.get(toOwnId(offset, fromLine))?.storedBytes,
    }
    for await (const message of scanMbox(source, options)) {
      this.#context.signal.throwIfAborted()
      const isOwn = isOwnFromLine(message.fromLine)
      const id = isOwn ? toOwnId(message.offset, message.fromLine) : toForeignId(message)
      if (isOwn && this.facts.exists && this.facts.get(id)?.storedBytes === undefined) unfinishedFrom ??= message.offset
      else unfinishedFrom = undefined
      messages.set(id, this.#toIndexed(id, message, mtimeMs))
    }
    // In a file that another program wrote anew our messages stand elsewhere and are whole all the same.
    const lastKnown = this.#lastKnownId()
    if (lastKnown !== undefined && !messages.has(lastKnown)) unfinishedFrom = undefined
    if (unfinishedFrom !== undefined) {
      for (const [id, one] of messages) if (one.start > unfinishedFrom) messages.delete(id)
    }
    return { messages, unfinishedFrom }
  }

  /** The last of the messages that we know to be whole. */
  #lastKnownId(): ItemId | undefined {
    let last: ItemId | undefined
    for (const [id, { storedBytes }] of this.facts.entries()) {
      if (storedBytes !== undefined && (last === undefined || offsetOf(id) > offsetOf(last))) last = id
    }
    return last
  }

  #toIndexed(id: ItemId, message: MboxMessage, mtimeMs: number): IndexedMessage {
    const { start, end, header, from, isCut } = message
    const facts = this.facts.get(id)
    const sizeBytes = end - start
    const unknownDate = { epochMs: Math.round(mtimeMs), offsetMinutes: 0 }
    const receivedAt = facts?.receivedAt ?? from.receivedAt ?? header.datedAt ?? unknownDate
    return {
      ref: toRef(id, this.id, sizeBytes, { receivedAt, keywords: facts?.keywords ?? header.keywords }),
      start,
      sizeBytes,
      isExact: facts?.isExact ?? false,
      isQuoted: isOwnFromLine(message.fromLine) || this.#dialect === 'mboxrd',
      isCut,
    }
  }

  #toCursor({ stamp, factsDigest, mtimeMs }: Index): Cursor | undefined {
    const isSettled = this.#context.clock.now() - mtimeMs > unsettledMs
    return isSettled ? (`mbox.${hash('sha256', `${stamp} ${factsDigest}`, 'base64url')}` as Cursor) : undefined
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return this.#mutex.run(async () => {
      try {
        return await work()
      } catch (error) {
        throw toArchiveError(error, this.shown)
      }
    })
  }
}

/** Changes when the file does, unless twice within the granularity of its time of change. */
async function stampOf(handle: FileHandle): Promise<Pick<Index, 'stamp' | 'mtimeMs'>> {
  const { ino, size, mtimeNs } = await handle.stat({ bigint: true })
  return { stamp: `${ino}.${size}.${mtimeNs}`, mtimeMs: Number(mtimeNs / 1_000_000n) }
}

async function* pagesOf(messages: readonly IndexedMessage[]): AsyncGenerator<readonly ItemRef[]> {
  for (let start = 0; start < messages.length; start += pageItemsMax) {
    yield messages.slice(start, start + pageItemsMax).map((message) => message.ref)
  }
}

function toRef(
  id: ItemId,
  folderId: FolderId,
  sizeBytes: number,
  facts: Pick<ItemRef, 'receivedAt' | 'keywords'>,
): ItemRef {
  const { receivedAt, keywords } = facts
  return { id, folderId, version: keywords.join(' '), sizeBytes, receivedAt, keywords }
}
