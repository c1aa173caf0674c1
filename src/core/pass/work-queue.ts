import assert from 'node:assert'
import type { Entry, EntryId, Task } from '../model/entry.ts'
import type { FolderId } from '../model/ids.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Suspicion } from './suspicion.ts'

/** Items of one folder that are read by one request and may share one writing command. */
export interface Batch {
  readonly group: number
  readonly folder: ReadyFolder
  readonly entries: readonly Entry[]
  /** Sent with nothing else under way, so that a break is theirs. */
  readonly isAlone: boolean
}

/** A folder whose pending items are ready to be written. */
export interface ReadyFolder {
  readonly key: number
  readonly path: readonly string[]
  readonly into: FolderId
  readonly items: number
  readonly sizeBytes: number
}

const pageItems = 500
const batchItemsMax = 250
const batchSizeBytesMax = 8 * 1024 * 1024
/** What one item costs beside its bytes, for telling which folder is the biggest. */
const itemCostBytes = 4_000

interface FolderWork {
  readonly folder: ReadyFolder
  after: EntryId
  /** Not yet taken: an estimate until the last page is loaded. */
  left: number
  page: Entry[]
  isExhausted: boolean
  loading: Promise<void> | undefined
  lane: number | undefined
}

/**
 * What is to be written, in batches. The ledger is the queue; this holds a page per folder at most. A lane stays with a
 * folder, the biggest first, and helps with another lane's folder when none is free.
 */
export class WorkQueue {
  readonly #ledger: Ledger
  readonly #task: Task
  readonly #suspicion: Suspicion
  readonly #folders: FolderWork[] = []
  #isClosed = false
  #groups = 0
  #waiting: (() => void)[] = []

  constructor(ledger: Ledger, task: Task, suspicion: Suspicion) {
    this.#ledger = ledger
    this.#task = task
    this.#suspicion = suspicion
  }

  /** Entries that nobody has taken yet. */
  get itemsLeft(): number {
    return this.#folders.reduce((sum, work) => sum + work.left, 0)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  add(folder: ReadyFolder): void {
    if (folder.items === 0) return
    this.#folders.push({
      folder,
      after: 0,
      left: folder.items,
      page: [],
      isExhausted: false,
      loading: undefined,
      lane: undefined,
    })
    this.#folders.sort((a, b) => weight(b.folder) - weight(a.folder))
    this.#wake()
  }

  /** No more folders will come. */
  close(): void {
    this.#isClosed = true
    this.#wake()
  }

  /** Entries that were taken and never reached the target; they come first again. */
  giveBack(entries: readonly Entry[]): void {
    for (const work of this.#folders) {
      const own = entries.filter((entry) => entry.folder === work.folder.key)
      work.page.unshift(...own)
      work.left += own.length
    }
    this.#wake()
  }

  /** The next batch for this lane; `undefined` when everything is taken, or as soon as `signal` is aborted. */
  async next(lane: number, signal: AbortSignal): Promise<Batch | undefined> {
    for (;;) {
      if (signal.aborted) return undefined
      const work = this.#pick(lane)
      if (work !== undefined) {
        work.lane ??= lane
        while (work.page.length === 0 && !work.isExhausted) {
          work.loading ??= this.#load(work)
          await work.loading
        }
        const batch = this.#cut(work)
        if (batch !== undefined) return batch
        continue
      }
      if (this.#isClosed) return undefined
      await this.#change(signal)
    }
  }

  /** A lane that ends lets go of its folder. */
  release(lane: number): void {
    for (const work of this.#folders) if (work.lane === lane) work.lane = undefined
    this.#wake()
  }

  #pick(lane: number): FolderWork | undefined {
    const open = this.#folders.filter((work) => work.left > 0)
    return open.find((work) => work.lane === lane) ?? open.find((work) => work.lane === undefined) ?? open[0]
  }

  #cut(work: FolderWork): Batch | undefined {
    const first = work.page[0]
    if (first === undefined) {
      work.left = 0
      return undefined
    }
    const { itemsMax, isAlone } = this.#suspicion.of(first.key)
    let length = 0
    let sizeBytes = 0
    for (const entry of work.page) {
      const limit = this.#suspicion.of(entry.key)
      const isFull = length >= Math.min(batchItemsMax, itemsMax) || sizeBytes + entry.ref.sizeBytes > batchSizeBytesMax
      if (length > 0 && (isFull || limit.itemsMax !== itemsMax || limit.isAlone !== isAlone)) break
      length++
      sizeBytes += entry.ref.sizeBytes
    }
    const entries = work.page.splice(0, length)
    work.left = work.isExhausted ? work.page.length : Math.max(work.left - length, 1)
    return { group: ++this.#groups, folder: work.folder, entries, isAlone }
  }

  async #load(work: FolderWork): Promise<void> {
    const page = await this.#ledger.pending(work.folder.key, this.#task, work.after, pageItems)
    work.page.push(...page)
    const last = page.at(-1)
    if (last !== undefined) {
      assert(last.key > work.after, 'pending entries come in order of key')
      work.after = last.key
    }
    if (page.length < pageItems) work.isExhausted = true
    work.loading = undefined
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        resolve()
      }
      signal.addEventListener('abort', wake, { once: true })
      this.#waiting.push(wake)
    })
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}

function weight(folder: ReadyFolder): number {
  return folder.sizeBytes + folder.items * itemCostBytes
}
