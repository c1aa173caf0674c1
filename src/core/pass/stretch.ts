import assert from 'node:assert'
import { MigrationError } from '../errors.ts'
import { begun } from '../flow/begun.ts'
import type { Entry } from '../model/entry.ts'
import type { Delivery, Description, Item, ItemRef, ReadResult, WriteResult } from '../model/item.ts'
import type { Side } from '../ports/governor.ts'
import { lostKeywords, withLostKeywords } from '../plan/lost-keywords.ts'
import { digested } from './digested.ts'
import { conflictOf } from './reconcile-rewrites.ts'
import { tellConflicts } from './tell-conflicts.ts'
import { tellFailure } from './tell-failure.ts'
import type { Transfer } from './transfer.ts'
import type { Batch } from './work-queue.ts'

/** An item on its way from the moment its batch is asked for until its result is settled. */
interface UnderWay {
  readonly entry: Entry
  readonly batch: Batch
  /** Resolves once it is known which keywords the batch's folder keeps, or the stretch is to end. */
  readonly learning: Promise<void>
  isDelivered: boolean
  digest: string
  contentBytes: number
  description: Description | undefined
  version: string
  lostKeywords: readonly string[]
}

/** How a stretch ended: by itself, or by an error of a side with items of unknown or no outcome. */
export interface StretchEnd {
  readonly failure?: { readonly side: Side; readonly error: unknown }
  /** Handed to the target without an answer: they may be there or not. */
  readonly unknown: readonly Entry[]
  /** Asked of the source and not delivered. */
  readonly unread: readonly Entry[]
  /** Those under way when the side broke. */
  readonly suspects: readonly Entry[]
  readonly settledItems: number
  /** A batch that has to travel alone, taken and not begun. */
  readonly next?: Batch
}

/**
 * One reading session streaming into one writing session until the work ends, a batch has to travel alone, the lane is
 * retired, or something breaks. Both sides are kept busy: requests are pulled ahead, items are delivered as they arrive and
 * settled as they are answered.
 */
export class Stretch {
  readonly #transfer: Transfer
  readonly #lane: number
  readonly #underWay = new Map<ItemRef, UnderWay>()
  readonly #stop: AbortSignal
  readonly #wanted: AbortSignal
  readonly #ended = new AbortController()
  #taking: Promise<Batch | undefined> | undefined
  /** Resolves once nothing is asked of the target any more but by its writing session. */
  #learning: Promise<void> = Promise.resolve()
  #first: Batch | undefined
  #next: Batch | undefined
  #sourceFailure: { error: unknown } | undefined
  #refusal: MigrationError | undefined
  #isOver = false
  #settledItems = 0

  /** `first` goes first; ends early once `wanted` is aborted. */
  constructor(transfer: Transfer, lane: number, first: Batch | undefined, wanted: AbortSignal) {
    this.#transfer = transfer
    this.#lane = lane
    this.#first = first
    this.#stop = transfer.engine.context.signal
    this.#wanted = wanted
  }

  async run(): Promise<StretchEnd> {
    const { engine } = this.#transfer
    // Both sides open their sessions at once: on a far link each takes several round trips.
    const results = begun(engine.source.read(this.#requests()))
    const deliveries = this.#deliveries(results)
    let failure: StretchEnd['failure']
    try {
      for await (const result of engine.target.write(deliveries)) await this.#settle(result)
    } catch (error) {
      failure = { side: 'target', error }
    } finally {
      this.#isOver = true
      // A session that works ahead may still be asking for the next batch: nobody would answer for it.
      this.#ended.abort()
      await deliveries.return(undefined)
      await results.return?.()
      await this.#taking?.catch(() => undefined)
      await this.#learning
    }
    if (this.#refusal !== undefined) failure ??= { side: 'target', error: this.#refusal }
    if (this.#sourceFailure !== undefined) failure = { side: 'source', error: this.#sourceFailure.error }
    const left = [...this.#underWay.values()]
    const next = this.#next ?? this.#first
    assert(failure !== undefined || left.length === 0, 'a delivery was left without a result')
    const unknown = left.filter((one) => one.isDelivered).map((one) => one.entry)
    const unread = left.filter((one) => !one.isDelivered).map((one) => one.entry)
    return {
      ...(failure === undefined ? {} : { failure }),
      unknown,
      unread,
      suspects: failure?.side === 'source' ? [...unread, ...left.filter(isCutShort).map((one) => one.entry)] : unknown,
      settledItems: this.#settledItems,
      ...(next === undefined ? {} : { next }),
    }
  }

  async *#requests(): AsyncGenerator<readonly ItemRef[]> {
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst && this.#transfer.isRetired(this.#lane)) return
      this.#taking = this.#take(isFirst)
      const batch = await this.#taking
      if (batch === undefined) return
      yield batch.entries.map((entry) => entry.ref)
      if (batch.isAlone) return
    }
  }

  /** The next batch, admitted and under way from then on; undefined when this stretch is to end. */
  async #take(isFirst: boolean): Promise<Batch | undefined> {
    const { engine, queue } = this.#transfer
    const leave = AbortSignal.any([this.#stop, this.#wanted, this.#ended.signal])
    const batch = this.#first ?? (await queue.next(this.#lane, leave))
    this.#first = undefined
    if (batch === undefined) return undefined
    if (batch.isAlone && !isFirst) {
      this.#next = batch
      return undefined
    }
    const sizeBytes = batch.entries.reduce((sum, entry) => sum + entry.ref.sizeBytes, 0)
    const cost = { requests: 1, items: batch.entries.length, bytes: sizeBytes }
    const stop = AbortSignal.any([this.#stop, this.#ended.signal])
    try {
      await engine.governor.admit('source', cost, stop)
      await engine.governor.admit('target', cost, stop)
      stop.throwIfAborted()
    } catch (error) {
      queue.giveBack(batch.entries)
      if (this.#ended.signal.aborted) return undefined
      throw error
    }
    // The source is asked meanwhile: on a far link the answer comes no later than the first body.
    const learning = this.#learnKeywords(batch)
    this.#learning = Promise.allSettled([this.#learning, learning]).then(() => undefined)
    for (const entry of batch.entries) {
      this.#underWay.set(entry.ref, {
        entry,
        batch,
        learning,
        isDelivered: false,
        digest: '',
        contentBytes: 0,
        description: undefined,
        version: '',
        lostKeywords: [],
      })
    }
    return batch
  }

  /** Resolves before anything of the batch may be delivered. When the target fails here, that ends the stretch. */
  async #learnKeywords({ entries, folder }: Batch): Promise<void> {
    const { copyKeywords } = this.#transfer.engine
    try {
      await copyKeywords.learn(folder.into, entries.map((entry) => entry.ref))
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error
      this.#endBy(error)
    }
  }

  /** Ends normally when the source breaks, so that the target can answer for what was delivered. */
  async *#deliveries(results: AsyncIterable<ReadResult>): AsyncGenerator<Delivery> {
    try {
      for await (const result of results) {
        const ref = result.type === 'item' ? result.item.ref : result.ref
        const one = this.#underWay.get(ref)
        assert(one !== undefined, 'the source answered for an item that was not asked for')
        await one.learning
        if (this.#refusal !== undefined) return
        if (result.type === 'gone') await this.#finish(one, { type: 'gone', key: one.entry.key })
        else if (result.type === 'failed') await this.#fail(one, result.error)
        else yield this.#deliver(one, result.item)
      }
    } catch (error) {
      this.#sourceFailure = { error }
    }
  }

  #deliver(one: UnderWay, item: Item): Delivery {
    const { engine } = this.#transfer
    const wanted = engine.copyKeywords.of(one.entry.ref, one.batch.folder.into)
    one.isDelivered = true
    one.description = item.description
    one.version = wanted.keywords.join(' ')
    one.lostKeywords = lostKeywords(wanted)
    one.contentBytes = item.sizeBytes
    return {
      item: { ...item, content: digested(item.content, (digest) => (one.digest = digest), (error) => this.#onContentFailure(error)) },
      into: this.#transfer.folderOf(one.entry, one.batch.folder),
      receivedAt: one.entry.ref.receivedAt,
      keywords: wanted.keywords,
      group: one.batch.group,
      ...this.#transfer.replaces(one.entry),
    }
  }

  /** Who broke first is to blame: contents that are given up when the target broke fail, too. */
  #onContentFailure(error: unknown): void {
    if (!this.#isOver) this.#sourceFailure ??= { error }
  }

  async #settle(result: WriteResult): Promise<void> {
    if (result.type === 'refused') return this.#refuse(result.refs, result.error)
    const one = this.#underWay.get(result.ref)
    assert(one?.description !== undefined, 'the target answered for an item that was not delivered')
    if (result.type === 'conflict') {
      await tellConflicts(this.#transfer.engine, [{ entry: one.entry, reason: result.reason }])
      return this.#finish(one, conflictOf(one.entry, result.reason))
    }
    const { targetId } = result
    if (targetId === undefined) {
      // Written, but nobody says where: the next round looks for it.
      this.#underWay.delete(result.ref)
      this.#transfer.engine.writtenUnnamed.add(one.entry.key)
      this.#transfer.lookFor(one.batch.folder.key)
      return
    }
    await this.#finish(one, {
      type: 'copied',
      key: one.entry.key,
      ...this.#transfer.claim(one.entry),
      targetFolderId: this.#transfer.folderOf(one.entry, one.batch.folder),
      targetId,
      targetVersion: result.targetVersion ?? one.version,
      ...toAltered(withLostKeywords(result.altered, one.lostKeywords)),
      digest: one.digest,
      contentBytes: one.contentBytes,
      proof: 'answered',
      description: one.description,
    })
  }

  async #refuse(refs: readonly ItemRef[], error: MigrationError): Promise<void> {
    const ones = refs.flatMap((ref) => this.#underWay.get(ref) ?? [])
    const [first] = ones
    assert(first !== undefined, 'the target refused an item that was not delivered')
    if (error.kind === 'auth' || error.kind === 'config') throw error
    const isHopeless = error.kind === 'transient' && ones.length === 1 && !this.#transfer.mayTryAgain(first.entry)
    if (isHopeless || (error.kind === 'item' && ones.length === 1)) return this.#fail(first, error)
    const entries = ones.map((one) => one.entry)
    for (const { ref } of entries) this.#underWay.delete(ref)
    if (error.kind !== 'throttled') this.#transfer.suspicion.refused(entries)
    this.#transfer.queue.giveBack(entries)
    if (error.kind === 'item') return
    this.#endBy(error)
  }

  /** The target wants time: nothing more is asked for or handed over, and what was is waited for. */
  #endBy(error: MigrationError): void {
    this.#refusal ??= error
    this.#ended.abort()
  }

  async #fail(one: UnderWay, error: MigrationError): Promise<void> {
    await tellFailure(this.#transfer.engine, one.entry, error)
    return this.#finish(one, {
      type: 'failed',
      key: one.entry.key,
      code: error.code,
      hint: error.hint,
      ...(one.description === undefined ? {} : { description: one.description }),
    })
  }

  async #finish(one: UnderWay, settlement: Parameters<Transfer['settler']['push']>[0]): Promise<void> {
    this.#underWay.delete(one.entry.ref)
    this.#settledItems++
    this.#transfer.suspicion.settled(one.entry.key)
    this.#transfer.meter.done(one.contentBytes || one.entry.ref.sizeBytes, settlement.type === 'failed')
    await this.#transfer.settler.push(settlement)
  }
}

function toAltered(altered: string | undefined): { readonly altered?: string } {
  return altered === undefined ? {} : { altered }
}

/** Handed over, but its content did not pass whole. */
function isCutShort(one: UnderWay): boolean {
  return one.isDelivered && one.digest === ''
}
