import { MigrationError } from '../errors.ts'
import type { Folder } from '../model/folder.ts'
import { conservativePaths } from '../plan/conservative-paths.ts'
import type { EnsuredFolder, Target } from '../ports/connector.ts'
import type { ChartedFolder } from './chart-folders.ts'
import type { Engine } from './engine.ts'
import type { Place } from './recognise.ts'
import { withRetry } from './with-retry.ts'

/** Stands for "some": the target did not say how many. */
const itemsUnknown = 1

/**
 * Sees to it that the folder exists at the target. Undefined when nothing of it goes there. Call `markPrepared` once what
 * already stands in it is recognised.
 */
export async function prepareFolder(engine: Engine, one: ChartedFolder): Promise<Place | undefined> {
  const { folder, record, targetFolder, targetRole } = one
  const targetPath = record.targetPath ?? one.targetPath
  if (record.skippedBy !== undefined || !folder.holdsItems) return undefined
  const { itemType } = folder
  const place = { key: record.key, path: targetPath, itemType, wasPrepared: record.targetId !== undefined }
  if (targetFolder?.holdsItems === true) {
    return { ...place, into: targetFolder.id, items: targetFolder.status?.items ?? itemsUnknown }
  }
  const wish = {
    itemType,
    ...(targetRole === undefined ? {} : { role: targetRole }),
    ...(folder.isSubscribed === undefined ? {} : { isSubscribed: folder.isSubscribed }),
  }
  const { path, ensured } = await ensureSomewhere(engine, folder, targetPath, wish)
  return { ...place, path, into: ensured.id, items: ensured.items }
}

/** Under its own name, or under the next best one that the target takes: one refused name never stops a mailbox. */
async function ensureSomewhere(
  engine: Engine,
  folder: Folder,
  targetPath: readonly string[],
  wish: Parameters<Target['ensureFolder']>[1],
): Promise<{ readonly path: readonly string[]; readonly ensured: EnsuredFolder }> {
  let refusal: unknown
  for (const path of [targetPath, ...conservativePaths(targetPath)]) {
    try {
      const ensured = await withRetry(engine, 'target', () => engine.target.ensureFolder(path, wish))
      if (path !== targetPath) engine.observe({ type: 'folderMapped', from: folder.path, to: path, reasons: ['refused-name'] })
      return { path, ensured }
    } catch (error) {
      if (!(error instanceof MigrationError) || error.kind !== 'item') throw error
      refusal ??= error
    }
  }
  throw refusal
}

/** From now on whatever turns up in the folder without a claim is this mailbox's own unsettled writing. */
export async function markPrepared(engine: Engine, one: ChartedFolder, place: Place): Promise<void> {
  if (one.record.targetId === place.into) return
  one.record = await engine.ledger.saveFolder({ ...one.record, targetPath: place.path, targetId: place.into })
  engine.places.forget()
}
