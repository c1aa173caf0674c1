import { allEnded } from '../flow/all-ended.ts'
import type { Folder, Role } from '../model/folder.ts'
import type { FolderRecord } from '../model/records.ts'
import { type FolderPlan, mapFolders } from '../plan/map-folders.ts'
import type { Engine } from './engine.ts'

/** A source folder with its ledger record and its place at the target. */
export interface ChartedFolder {
  readonly folder: Folder
  /** Replaced when the ledger learns more of it. */
  record: FolderRecord
  readonly targetPath: readonly string[]
  /** The role to ask for when the folder has to be made. */
  readonly targetRole?: Role
  /** The target's folder as discovered, when it exists. */
  readonly targetFolder?: Folder
  /** The ledger had never heard of it. */
  readonly isNew: boolean
}

/** The chart of a pass; `isFirst` when the ledger knew no folder at all. */
export interface Chart {
  readonly charted: readonly ChartedFolder[]
  readonly isFirst: boolean
}

/**
 * Plans where each source folder goes and makes the ledger know it. A folder that something was written into stays where it
 * is, whatever the rules say now. Folders that vanished at the source end their items there.
 */
export async function chartFolders(
  engine: Engine,
  sourceFolders: readonly Folder[],
  targetFolders: readonly Folder[],
): Promise<Chart> {
  const { ledger, observe, pass, rules, target } = engine
  const records = await ledger.folders()
  const known = new Map(records.map((record) => [record.sourceId, record]))
  const targetsById = new Map(targetFolders.map((folder) => [folder.id, folder]))
  const earlier = records.filter((record) => record.targetId !== undefined)
  const plans = mapFolders(sourceFolders, targetFolders, target.capabilities.folderNaming, rules, earlier)
  // All at once: a ledger makes durable together what comes together.
  const charted = await allEnded(
    plans.map(async (plan): Promise<ChartedFolder> => {
      const before = known.get(plan.source.id)
      const wanted = recordOf(plan, before)
      const record = before !== undefined && isSame(before, wanted) ? before : await ledger.saveFolder(wanted)
      const targetFolder = record.targetId === undefined ? plan.targetFolder : targetsById.get(record.targetId)
      return {
        folder: plan.source,
        record,
        targetPath: record.targetPath ?? plan.targetPath,
        ...(plan.role === undefined ? {} : { targetRole: plan.role }),
        ...(targetFolder === undefined ? {} : { targetFolder }),
        isNew: before === undefined,
      }
    }),
  )
  for (const plan of plans) {
    if (known.delete(plan.source.id)) continue
    if (plan.skippedBy !== undefined) {
      const items = plan.source.status?.items ?? 0
      observe({ type: 'folderSkipped', path: plan.source.path, rule: plan.skippedBy, items })
    } else if (plan.reasons.length > 0) {
      observe({ type: 'folderMapped', from: plan.source.path, to: plan.targetPath, reasons: plan.reasons })
    }
  }
  for (const vanished of known.values()) {
    if (!vanished.isPresent) continue
    await ledger.recordUnseen(vanished.key, pass)
    const { cursor: _, ...rest } = vanished
    await ledger.saveFolder({ ...rest, isPresent: false })
  }
  engine.places.forget()
  return { charted, isFirst: charted.every((one) => one.isNew) }
}

function recordOf(plan: FolderPlan, before: FolderRecord | undefined): Omit<FolderRecord, 'key'> {
  const isWritten = before?.targetId !== undefined
  const { role } = plan.source
  return {
    sourceId: plan.source.id,
    sourcePath: plan.source.path,
    ...(role === undefined ? {} : { role }),
    targetPath: isWritten && before.targetPath !== undefined ? before.targetPath : plan.targetPath,
    ...(isWritten ? { targetId: before.targetId } : {}),
    ...(plan.skippedBy === undefined ? {} : { skippedBy: plan.skippedBy }),
    ...(before?.cursor === undefined ? {} : { cursor: before.cursor }),
    isPresent: true,
  }
}

function isSame(before: FolderRecord, wanted: Omit<FolderRecord, 'key'>): boolean {
  return (
    before.sourcePath.join('\0') === wanted.sourcePath.join('\0') &&
    before.role === wanted.role &&
    before.targetPath?.join('\0') === wanted.targetPath?.join('\0') &&
    before.skippedBy === wanted.skippedBy &&
    before.isPresent
  )
}
