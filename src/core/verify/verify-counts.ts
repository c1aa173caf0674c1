import type { Entry } from '../model/entry.ts'
import type { Folder } from '../model/folder.ts'
import type { FolderId, ItemId } from '../model/ids.ts'
import type { ItemRef } from '../model/item.ts'
import { byTargetFolder } from '../pass/apply-keywords.ts'
import type { Engine } from '../pass/engine.ts'
import { entryPages } from '../pass/entry-pages.ts'
import type { Settler } from '../pass/settler.ts'
import { tellFailure } from '../pass/tell-failure.ts'
import { withRetry } from '../pass/with-retry.ts'

const pageItems = 500
const nothing: ReadonlyMap<ItemId, ItemRef> = new Map()

/**
 * Compares the target's own counts, as `folders` has them now, with the copies that the ledger claims there. Where a folder holds
 * fewer, or is gone, the copies settled or written anew by this pass are asked for one by one and those missing are failed; older
 * ones may have been deleted by the user.
 */
export async function verifyCounts(engine: Engine, settler: Settler, folders: readonly Folder[]): Promise<void> {
  const there = new Map(folders.map((folder) => [folder.id, folder]))
  // What the target does not say of a folder that is there is not known to be fewer.
  const itemsIn = (id: FolderId): number => (there.has(id) ? (there.get(id)?.status?.items ?? Number.POSITIVE_INFINITY) : 0)
  const short = (await engine.ledger.claims()).filter(({ targetFolderId, items }) => itemsIn(targetFolderId) < items)
  if (short.length === 0) return
  const shortIds = new Set(short.map(({ targetFolderId }) => targetFolderId))
  const isOwn = ({ fatePass, updatePass, targetFolderId }: Entry): boolean =>
    (fatePass === engine.pass || updatePass === engine.pass) && targetFolderId !== undefined && shortIds.has(targetFolderId)
  for (const fate of ['migrated', 'alreadyThere'] as const) {
    for await (const page of entryPages(engine.context, (after) => engine.ledger.settled(fate, undefined, after, pageItems))) {
      for (const [into, own] of byTargetFolder(page.filter(isOwn))) await failMissing(engine, settler, there.has(into), into, own)
    }
  }
  await settler.flush()
}

async function failMissing(engine: Engine, settler: Settler, isThere: boolean, into: FolderId, own: readonly Entry[]): Promise<void> {
  const ids = own.flatMap((entry) => entry.targetId ?? [])
  // A folder that is gone has nothing to be asked for.
  const present = isThere ? await withRetry(engine, 'target', () => engine.target.inspect(into, ids)) : nothing
  for (const entry of own) {
    if (entry.targetId !== undefined && present.has(entry.targetId)) continue
    const code = 'verify.missing'
    const message = 'The target confirmed this item, and it is not there any more.'
    const hint = 'Someone or something removed it right after it was written; look at filters at the target, then use retry.'
    await settler.push({ type: 'failed', key: entry.key, code, hint })
    await tellFailure(engine, entry, { code, message, hint })
  }
}
