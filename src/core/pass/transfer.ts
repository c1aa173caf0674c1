import type { MigrationError } from '../errors.ts'
import type { Entry, EntryId, Task } from '../model/entry.ts'
import type { FolderId } from '../model/ids.ts'
import type { Delivery } from '../model/item.ts'
import type { Engine } from './engine.ts'
import { awaitCalm } from './await-calm.ts'
import { attemptsMax } from './decide.ts'
import { LanePool } from './lane-pool.ts'
import type { ProgressMeter } from './progress-meter.ts'
import type { Settler } from './settler.ts'
import { Suspicion } from './suspicion.ts'
import { type ReadyFolder, WorkQueue } from './work-queue.ts'

/** How long a target must have been at rest after an answer was lost, before it is looked through. */
const quietMs = 1_000
/** Fewer than the attempts after which a pass is stopped: what is refused again and again while all else goes well is failed. */
const refusalsMax = 7

/** Tasks that write: a first copy, one with the right date beside the old one, one in the place of the old one. */
export type CopyTask = 'create' | 'redate' | 'update'

/** What the lanes of one round of transfer share. */
export class Transfer {
  readonly engine: Engine
  readonly settler: Settler
  readonly meter: ProgressMeter
  readonly suspicion: Suspicion
  readonly queue: WorkQueue
  /** Folders with items of unknown outcome, which the next round has to look for. */
  readonly foldersToLook = new Set<number>()
  readonly #task: CopyTask
  readonly #refusals: Map<EntryId, number>
  /** A session of the target broke before it had answered for all that was sent. */
  lostAnswers = false
  settledItems = 0
  lastError: MigrationError | undefined

  constructor(shared: TransferShared, queue: WorkQueue) {
    this.engine = shared.engine
    this.settler = shared.settler
    this.meter = shared.meter
    this.suspicion = shared.suspicion
    this.#task = shared.task
    this.#refusals = shared.refusals
    this.queue = queue
  }

  /** Lanes above what the governor grants end after their current batch. */
  isRetired(lane: number): boolean {
    return lane >= this.engine.governor.lanes()
  }

  lookFor(folder: number): void {
    this.foldersToLook.add(folder)
  }

  /** What a written copy means for its entry. */
  claim(entry: Entry): { fate: 'migrated' | 'alreadyThere'; task?: Task; supersededId?: NonNullable<Entry['targetId']> } {
    if (this.#task === 'update') return { fate: entry.fate === 'alreadyThere' ? 'alreadyThere' : 'migrated' }
    if (this.#task === 'create' || entry.targetId === undefined) return { fate: 'migrated' }
    return { fate: 'alreadyThere', task: 'clear', supersededId: entry.targetId }
  }

  /** Where the copy goes: beside the others, or where the one is that it takes the place of. */
  folderOf(entry: Entry, folder: ReadyFolder): FolderId {
    return this.#task === 'update' ? (entry.targetFolderId ?? folder.into) : folder.into
  }

  /** The copy that is to be written anew in its place. */
  replaces({ targetId, targetVersion = '' }: Entry): Pick<Delivery, 'replaces'> {
    if (this.#task !== 'update' || targetId === undefined) return {}
    return { replaces: { id: targetId, version: targetVersion } }
  }

  /** Counts a refusal of this one item alone that is not said to be its fault; false once it was refused too often. */
  mayTryAgain({ key }: Entry): boolean {
    const refusals = (this.#refusals.get(key) ?? 0) + 1
    this.#refusals.set(key, refusals)
    return refusals <= refusalsMax
  }
}

interface TransferShared {
  readonly engine: Engine
  readonly settler: Settler
  readonly meter: ProgressMeter
  readonly task: CopyTask
  readonly suspicion: Suspicion
  readonly refusals: Map<EntryId, number>
}

/** Makes folders ready one by one; their pending items may be written from then on. */
export type Prepare = (ready: (folder: ReadyFolder) => void, signal: AbortSignal) => Promise<void>

/**
 * Writes every pending item of the folders that `prepare` makes ready. Runs in rounds: while anything is of unknown
 * outcome after a round (a lost answer, a target that names no ids), `lookAgain` settles what is there before the next
 * round writes what is not. Throws what the decision table stops on.
 */
export async function runTransfer(
  setting: Pick<TransferShared, 'engine' | 'settler' | 'meter' | 'task'> & { readonly itemsExpected: number },
  prepare: Prepare,
  lookAgain: (folders: ReadonlySet<number>) => Prepare,
): Promise<void> {
  const shared: TransferShared = { ...setting, suspicion: new Suspicion(), refusals: new Map() }
  let preparing = prepare
  for (let fruitless = 0; ; ) {
    const transfer = await runRound(shared, preparing, fruitless === 0 ? setting.itemsExpected : 0)
    if (transfer.foldersToLook.size === 0) return
    fruitless = transfer.settledItems > 0 || transfer.lastError === undefined ? 0 : fruitless + 1
    if (fruitless >= attemptsMax && transfer.lastError !== undefined) throw transfer.lastError
    if (transfer.lostAnswers) await awaitCalm(shared.engine, quietMs)
    preparing = lookAgain(transfer.foldersToLook)
  }
}

async function runRound(shared: TransferShared, prepare: Prepare, itemsExpected: number): Promise<Transfer> {
  const stop = new AbortController()
  const signal = AbortSignal.any([shared.engine.context.signal, stop.signal])
  const engine: Engine = { ...shared.engine, context: { ...shared.engine.context, signal } }
  const queue = new WorkQueue(engine.ledger, shared.task, shared.suspicion)
  const transfer = new Transfer({ ...shared, engine }, queue)
  const pool = new LanePool(transfer, itemsExpected, (error) => stop.abort(error))
  const preparing = prepare((folder) => {
    queue.add(folder)
    pool.changed()
  }, signal)
    .catch((error: unknown) => stop.abort(error))
    .finally(() => {
      queue.close()
      pool.changed()
    })
  await Promise.allSettled([preparing, pool.run()])
  await shared.settler.flush()
  shared.engine.context.signal.throwIfAborted()
  // Whoever failed first stopped the others.
  stop.signal.throwIfAborted()
  return transfer
}
