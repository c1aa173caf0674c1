import assert from 'node:assert'
import { Buffer } from 'node:buffer'
import { MigrationError } from '../../core/errors.ts'
import type { FolderId, ItemId } from '../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult, ZonedTime } from '../../core/model/item.ts'
import type { AskedExtra, EnsuredFolder, Essence, ExtraStanding, FolderWish, FoundExtra, KeywordChange, Successors, Target } from '../../core/ports/connector.ts'
import { type Form, travelsWhole } from '../../core/model/form.ts'
import type { Context } from '../../core/ports/context.ts'
import { memoryError } from './errors.ts'
import { findMemoryExtras, writeMemoryExtra } from './extras.ts'
import type { Faults } from './faults.ts'
import type { MemoryMailbox, MemoryMessage, StoredFolder } from './mailbox.ts'
import { aheadOf, MemoryReader } from './source.ts'
import { toStoredBytes } from './stored-bytes.ts'
import { fromWhole, refOf, wholeEssence } from './whole-form.ts'

const systemKeywords = new Set(['$seen', '$answered', '$flagged', '$draft', '$deleted'])

/** How long a group waits for its next delivery before it is stored as it is. */
const groupDelayMsMax = 1

/** An opened memory mailbox that can be written; what it cannot do by its options is absent. */
export class MemoryTarget extends MemoryReader implements Target {
  readonly essences?: readonly Essence[]
  readonly updateKeywords?: (changes: readonly KeywordChange[]) => Promise<void>
  readonly move?: (
    from: FolderId,
    ids: readonly ItemId[],
    into: FolderId,
  ) => Promise<ReadonlyMap<ItemId, ItemId | undefined>>
  readonly copy?: NonNullable<Target['copy']>
  readonly remove?: (folderId: FolderId, ids: readonly ItemId[]) => Promise<void>
  readonly findExtras?: (asked: readonly AskedExtra[], successors: Successors) => Promise<readonly ExtraStanding[]>
  readonly writeExtra?: (extra: AskedExtra, standing: ExtraStanding & { type: 'possible' }) => Promise<FoundExtra>

  constructor(mailbox: MemoryMailbox, faults: Faults, context: Context, form: Form = 'mail') {
    super(mailbox, 'target', faults, context, form)
    if (mailbox.options.canUpdateKeywords && !travelsWhole({ form })) this.updateKeywords = (changes) => this.#updateKeywords(changes)
    if (travelsWhole({ form })) this.essences = [wholeEssence]
    if (mailbox.options.canMove) this.move = (from, ids, into) => this.#bring('move', from, ids, into)
    if (mailbox.options.canCopy) this.copy = (from, ids, into) => this.#bring('copy', from, ids, into)
    if (mailbox.options.canRemove) this.remove = (folderId, ids) => this.#remove(folderId, ids)
    if (mailbox.options.hasExtras) {
      this.findExtras = (asked, successors) => this.#findExtras(asked, successors)
      this.writeExtra = (extra, standing) => this.#writeExtra(extra, standing)
    }
  }

  async ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder> {
    await this.step('ensureFolder', { path })
    const known = this.mailbox.findFolder(path)
    const folder = this.mailbox.folder(this.mailbox.addFolder(path, wish))
    if (!folder.holdsItems) throw memoryError('holds-no-items')
    if (!known) this.mailbox.counters.foldersMade += 1
    const items = folder.messages.size
    await this.step('ensureFolder.done', { path })
    return { id: folder.id, items, isNew: !known }
  }

  async *write(deliveries: AsyncIterable<Delivery>): AsyncGenerator<WriteResult> {
    using _session = this.openSession()
    const { readAheadItemsMax } = this.mailbox.options
    const results = this.#writeEach(deliveries)
    yield* readAheadItemsMax > 0 ? aheadOf(results, readAheadItemsMax) : results
  }

  async *#writeEach(deliveries: AsyncIterable<Delivery>): AsyncGenerator<WriteResult> {
    for await (const unit of this.#units(deliveries)) {
      const ready: Ready[] = []
      const refused: { refs: readonly ItemRef[]; error: MigrationError }[] = []
      for (const delivery of unit) {
        try {
          ready.push(await this.#accept(delivery))
        } catch (error) {
          if (!(error instanceof MigrationError) || error.kind !== 'item') throw error
          // One bad item refuses all that share its command.
          refused.push({ refs: unit.map((one) => one.item.ref), error })
          break
        }
      }
      for (const { refs, error } of refused) yield { type: 'refused', refs, error }
      if (refused.length > 0) continue
      yield* await this.#store(ready)
    }
  }

  /** All that is stored or refused together. A group that does not go on at once is not waited for. */
  async *#units(deliveries: AsyncIterable<Delivery>): AsyncGenerator<readonly Delivery[]> {
    const { writeUnit, groupItemsMax } = this.mailbox.options
    if (writeUnit === 'item') {
      for await (const delivery of deliveries) {
        await this.#pull(delivery)
        yield [delivery]
      }
      return
    }
    const iterator = deliveries[Symbol.asyncIterator]()
    try {
      let unit: Delivery[] = []
      let next = iterator.next()
      for (;;) {
        if (unit.length > 0 && !(await this.#isSoon(next))) {
          yield unit
          unit = []
        }
        const result = await next
        if (result.done === true) break
        if (unit.length > 0 && (unit[0]?.group !== result.value.group || unit[0]?.into !== result.value.into)) {
          yield unit
          unit = []
        }
        await this.#pull(result.value)
        // A stream lasts until the next delivery is asked for.
        unit.push(await gathered(result.value))
        if (unit.length >= groupItemsMax) {
          yield unit
          unit = []
        }
        next = iterator.next()
      }
      if (unit.length > 0) yield unit
    } finally {
      // Not waited for: a source of deliveries may itself wait for the results that will never come.
      iterator.return?.()?.catch(() => undefined)
    }
  }

  async #isSoon(next: Promise<unknown>): Promise<boolean> {
    const waiting = new AbortController()
    const late = this.context.clock.sleep(groupDelayMsMax, waiting.signal).then(
      () => false,
      () => true,
    )
    const soon = next.then(
      () => true,
      () => true,
    )
    const isSoon = await Promise.race([soon, late])
    waiting.abort()
    return isSoon
  }

  async #pull(delivery: Delivery): Promise<void> {
    await this.step('write.accept', { ref: delivery.item.ref })
  }

  /** Reads the content to its end; nothing is stored yet. */
  async #accept(delivery: Delivery): Promise<Ready> {
    const { options } = this.mailbox
    const folder = this.mailbox.folder(delivery.into)
    const { sizeBytes } = delivery.item
    const kept = this.#kept(folder, delivery.keywords)
    assert.equal(kept.length, delivery.keywords.length, 'no keyword is sent that the folder does not keep')
    if (options.itemSizeBytesMax !== undefined && sizeBytes > options.itemSizeBytesMax) throw memoryError('too-large')
    if (options.refusesEmpty && sizeBytes === 0) throw memoryError('empty-item')
    if (options.quotaBytesMax !== undefined && this.mailbox.sizeBytes + sizeBytes > options.quotaBytesMax) {
      throw memoryError('over-quota')
    }
    const sent = await toBytes(delivery)
    const message = travelsWhole({ form: this.form }) ? fromWhole(sent) : { bytes: sent, keywords: delivery.keywords, receivedAt: delivery.receivedAt }
    const bytes = options.storedBytes(options.preservesBytes ? message.bytes : toStoredBytes(message.bytes))
    await this.step('write.store', { ref: delivery.item.ref, path: folder.path, bytes })
    return { delivery, folder, message: { ...message, bytes } }
  }

  async #store(ready: readonly Ready[]): Promise<readonly WriteResult[]> {
    const results = ready.map((one) => this.#storeOne(one))
    for (const { delivery } of ready) await this.step('write.stored', { ref: delivery.item.ref })
    return results
  }

  #storeOne({ delivery, folder, message }: Ready): WriteResult {
    const { ref } = delivery.item
    const stored = {
      bytes: message.bytes,
      keywords: this.#toStored(message.keywords ?? []),
      receivedAt: this.#toStoredDate(message.receivedAt ?? delivery.receivedAt),
    }
    const { replaces } = delivery
    if (replaces !== undefined) {
      const found = this.mailbox.find(replaces.id)
      if (found === undefined) return { type: 'conflict', ref, reason: 'deleted-at-target' }
      const copy = refOf(found.folder, found.message, this.form)
      if (copy.version !== replaces.version) return { type: 'conflict', ref, reason: 'changed-at-target' }
      this.mailbox.rewrite(replaces.id, stored)
      this.mailbox.counters.itemsChanged += 1
      return { type: 'written', ref, targetId: replaces.id, ...this.#versionOf(replaces.id) }
    }
    const targetId = this.mailbox.store(folder, stored)
    this.mailbox.counters.itemsWritten += 1
    return { type: 'written', ref, ...(this.mailbox.options.tellsTargetIds && { targetId }), ...this.#versionOf(targetId) }
  }

  #versionOf(id: ItemId): { readonly targetVersion?: string } {
    const found = this.mailbox.find(id)
    if (found === undefined || !travelsWhole({ form: this.form })) return {}
    return { targetVersion: refOf(found.folder, found.message, this.form).version }
  }

  #kept({ path }: StoredFolder, keywords: readonly string[]): readonly string[] {
    const kept = this.mailbox.options.keptKeywords(path)
    return kept === undefined ? keywords : keywords.filter((keyword) => systemKeywords.has(keyword) || kept.includes(keyword))
  }

  #toStored(keywords: readonly string[]): readonly string[] {
    return this.mailbox.options.storesKeywords ? keywords : keywords.filter((keyword) => systemKeywords.has(keyword))
  }

  #toStoredDate(receivedAt: ZonedTime): ZonedTime {
    const { datePrecisionMs, storedDate } = this.mailbox.options
    const date = storedDate(receivedAt)
    return { ...date, epochMs: Math.floor(date.epochMs / datePrecisionMs) * datePrecisionMs }
  }

  async keptKeywords(folderId: FolderId): Promise<readonly string[] | undefined> {
    const { path } = this.mailbox.folder(folderId)
    await this.step('keptKeywords', { path })
    return this.mailbox.options.keptKeywords(path)
  }

  async inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    await this.step('inspect', {})
    const refs = new Map<ItemId, ItemRef>()
    for (const id of ids) {
      const found = this.mailbox.find(id)
      if (found?.folder.id === folderId) refs.set(id, refOf(found.folder, found.message, this.form))
    }
    return refs
  }

  async #updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    for (const { id, folderId, keywords } of changes) {
      await this.step('update', { id })
      const found = this.mailbox.find(id)
      if (found?.folder.id !== folderId) continue
      if (this.mailbox.setKeywords(id, this.#toStored(this.#kept(found.folder, keywords)))) this.mailbox.counters.itemsChanged += 1
    }
    await this.step('update.done', {})
  }

  async #bring(
    how: 'move' | 'copy',
    from: FolderId,
    ids: readonly ItemId[],
    into: FolderId,
  ): Promise<ReadonlyMap<ItemId, ItemId | undefined>> {
    const moved = new Map<ItemId, ItemId | undefined>()
    for (const id of ids) {
      await this.step(how, { id })
      if (this.mailbox.find(id)?.folder.id !== from) continue
      const newId = this.mailbox[how](id, this.mailbox.folder(into).path)
      if (newId === undefined) continue
      this.mailbox.counters.itemsChanged += 1
      moved.set(id, this.mailbox.options.tellsTargetIds ? newId : undefined)
    }
    await this.step(`${how}.done`, {})
    return moved
  }

  async #remove(folderId: FolderId, ids: readonly ItemId[]): Promise<void> {
    for (const id of ids) {
      await this.step('remove', { id })
      if (this.mailbox.find(id)?.folder.id !== folderId) continue
      if (this.mailbox.remove(id)) this.mailbox.counters.itemsChanged += 1
    }
    await this.step('remove.done', {})
  }

  async #findExtras(asked: readonly AskedExtra[], successors: Successors): Promise<readonly ExtraStanding[]> {
    await this.step('extras.find', {})
    return findMemoryExtras(this.mailbox, asked, successors)
  }

  async #writeExtra(extra: AskedExtra, standing: ExtraStanding & { type: 'possible' }): Promise<FoundExtra> {
    await this.step('extras.write', {})
    const written = writeMemoryExtra(this.mailbox, extra, standing)
    await this.step('extras.write.done', {})
    return written
  }
}

interface Ready {
  readonly delivery: Delivery
  readonly folder: StoredFolder
  readonly message: MemoryMessage
}

async function gathered(delivery: Delivery): Promise<Delivery> {
  if (delivery.item.content instanceof Uint8Array) return delivery
  return { ...delivery, item: { ...delivery.item, content: await toBytes(delivery) } }
}

/**
 * The content to its end. A length other than announced would leave half a message on a wire: the session is broken.
 */
async function toBytes(delivery: Delivery): Promise<Uint8Array> {
  const { content, sizeBytes } = delivery.item
  const chunks: Uint8Array[] = []
  let length = 0
  if (content instanceof Uint8Array) {
    chunks.push(content)
    length = content.byteLength
  } else {
    for await (const chunk of content) {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length > sizeBytes) break
    }
  }
  if (length !== sizeBytes) throw memoryError('size-mismatch')
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}
