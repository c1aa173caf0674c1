import { allEnded } from '../flow/all-ended.ts'
import { forEachLimited } from '../flow/for-each-limited.ts'
import type { ChartedFolder } from './chart-folders.ts'
import { foldersWith } from './pending-folders.ts'
import { failUnfound } from './fail-unfound.ts'
import { markPrepared, prepareFolder } from './prepare-folder.ts'
import { recognise, type Place } from './recognise.ts'
import { reconcileRewrites } from './reconcile-rewrites.ts'
import { hasOtherRules, reconsider } from './reconsider.ts'
import type { Desk } from './run-pass.ts'
import { isUnchanged, type Scan, scanFolder } from './scan-folder.ts'
import { type CopyTask, type Prepare, runTransfer } from './transfer.ts'
import type { ReadyFolder } from './work-queue.ts'

/** Folders worked on at once; a connector pipelines them over one session. */
const foldersAtOnce = 40

/** The first pass: nothing can have moved yet, so a folder is written as soon as it is scanned. */
export async function scanWhileCopying(desk: Desk, charted: readonly ChartedFolder[]): Promise<boolean> {
  const { engine } = desk
  engine.observe({ type: 'stage', stage: 'transfer' })
  const biggestFirst = charted.toSorted((a, b) => itemsOf(b) - itemsOf(a))
  const itemsExpected = charted.reduce((sum, one) => sum + (one.record.skippedBy === undefined ? itemsOf(one) : 0), 0)
  desk.meter.expectFolders(charted.length)
  const first: Prepare = (ready, signal) =>
    forEachLimited(biggestFirst, { concurrencyMax: foldersAtOnce, signal }, async (one) => {
      const [scan, place] = await allEnded([scan1(desk, one), prepareFolder(engine, one)])
      if (place === undefined) return
      if (scan.created > 0) await recognise(engine, desk.settler, place, 'create')
      await markPrepared(engine, one, place)
      ready(readyFolder(desk, place, scan.created, scan.createdBytes))
    })
  await runTransfer({ ...desk, task: 'create', itemsExpected }, first, lookAgain(desk, charted, 'create'))
  return true
}

/**
 * A later pass: everything that is gone must be known before anything new is written, or a moved item would be doubled.
 * Tells whether anything was to be copied.
 */
export async function scanThenCopy(desk: Desk, charted: readonly ChartedFolder[]): Promise<boolean> {
  const { engine } = desk
  const { signal } = engine.context
  const changed = charted.filter((one) => one.folder.holdsItems && !isUnchanged(one.folder, one.record))
  desk.meter.expectFolders(changed.length)
  await forEachLimited(changed, { concurrencyMax: foldersAtOnce, signal }, async (one) => void (await scan1(desk, one)))
  if (engine.rules.retriesFailed) await reconsider(engine, charted, 'failed')
  if (await hasOtherRules(engine)) await reconsider(engine, charted, 'skipped')
  return copyPending(desk, charted, 'create')
}

/** Writes every entry with this task; makes missing folders on the way. Tells whether there was any. */
export async function copyPending(desk: Desk, charted: readonly ChartedFolder[], task: CopyTask): Promise<boolean> {
  const { engine } = desk
  const pending = new Set(await foldersWith(engine, task))
  const isSettled = (one: ChartedFolder): boolean =>
    !pending.has(one.record.key) && one.record.targetId !== undefined && one.targetFolder?.id === one.record.targetId
  const open = charted.filter((one) => !isSettled(one))
  if (pending.size === 0) {
    await forEachLimited(open, { concurrencyMax: foldersAtOnce, signal: engine.context.signal }, async (one) => {
      const place = await prepareFolder(engine, one)
      if (place !== undefined) await markPrepared(engine, one, place)
    })
    return false
  }
  engine.observe({ type: 'stage', stage: 'transfer' })
  const first = prepareAll(desk, open, task, (place) => place)
  await runTransfer({ ...desk, task, itemsExpected: 0 }, first, lookAgain(desk, charted, task))
  return true
}

/** The folders in which something may stand that nobody has answered for. */
function lookAgain(desk: Desk, charted: readonly ChartedFolder[], task: CopyTask): (keys: ReadonlySet<number>) => Prepare {
  return (keys) => {
    const folders = charted.filter((one) => keys.has(one.record.key))
    return prepareAll(desk, folders, task, (place) => ({ ...place, items: Math.max(place.items, 1), wasPrepared: true }))
  }
}

function prepareAll(
  desk: Desk,
  folders: readonly ChartedFolder[],
  task: CopyTask,
  adjust: (place: Place) => Place,
): Prepare {
  return async (ready, signal) => {
    await forEachLimited(folders, { concurrencyMax: foldersAtOnce, signal }, async (one) => {
      const found = await prepareFolder(desk.engine, one)
      if (found === undefined) return
      const place = adjust(found)
      await settleWhatIsThere(desk, place, task)
      await markPrepared(desk.engine, one, place)
    })
    // Counted once for all, after what was recognised is settled.
    const counts = await desk.engine.ledger.pendingCounts()
    for (const one of folders) {
      const count = counts.find((each) => each.folder === one.record.key && each.task === task)
      const { targetId } = one.record
      if (count === undefined || targetId === undefined) continue
      const place = { key: one.record.key, path: one.targetPath, itemType: one.folder.itemType, into: targetId, items: 0, wasPrepared: true }
      ready(readyFolder(desk, place, count.items, count.sizeBytes))
    }
  }
}

/** So that nothing is written that stands there already. */
async function settleWhatIsThere({ engine, settler }: Desk, place: Place, task: CopyTask): Promise<void> {
  if (task === 'update') return reconcileRewrites(engine, settler, place.key)
  await recognise(engine, settler, place, task)
  await failUnfound(engine, settler, place, task)
}

async function scan1(desk: Desk, one: ChartedFolder): Promise<Scan> {
  if (!one.folder.holdsItems) return { items: 0, created: 0, createdBytes: 0, changed: 0, gone: 0 }
  const scan = await scanFolder(desk.engine, one)
  desk.meter.folderDone()
  desk.engine.observe({ type: 'folderScanned', path: one.folder.path, ...scan })
  return scan
}

function readyFolder(desk: Desk, place: Place, items: number, sizeBytes: number): ReadyFolder {
  desk.meter.expect(items, sizeBytes)
  return { key: place.key, path: place.path, into: place.into, items, sizeBytes }
}

function itemsOf(one: ChartedFolder): number {
  return one.folder.status?.items ?? 0
}
