import type { Entry, EntryId } from '../model/entry.ts'
import { byTargetFolder } from '../pass/apply-keywords.ts'
import type { Engine } from '../pass/engine.ts'
import type { Settler } from '../pass/settler.ts'
import { tellFailure } from '../pass/tell-failure.ts'
import { withRetry } from '../pass/with-retry.ts'

const pageItems = 500

/**
 * Compares the target's own counts with the copies that the ledger claims there. Where a folder holds fewer, the copies
 * written by this pass are asked for one by one and those missing are failed; older ones may have been deleted by the user.
 */
export async function verifyCounts(engine: Engine, settler: Settler): Promise<void> {
  const folders = await withRetry(engine, 'target', () => engine.target.discover())
  const counts = new Map(folders.map((folder) => [folder.id, folder.status?.items]))
  const short = (await engine.ledger.claims()).filter(({ targetFolderId, items }) => (counts.get(targetFolderId) ?? items) < items)
  if (short.length === 0) return
  const shortIds = new Set(short.map(({ targetFolderId }) => targetFolderId))
  for (let after: EntryId = 0; ; ) {
    const page = await engine.ledger.settled('migrated', undefined, after, pageItems)
    const last = page.at(-1)
    if (last === undefined) break
    after = last.key
    const own = page.filter(
      (entry) => entry.fatePass === engine.pass && entry.targetFolderId !== undefined && shortIds.has(entry.targetFolderId),
    )
    await failMissing(engine, settler, own)
  }
  await settler.flush()
}

async function failMissing(engine: Engine, settler: Settler, entries: readonly Entry[]): Promise<void> {
  for (const [into, own] of byTargetFolder(entries)) {
    const ids = own.flatMap((entry) => entry.targetId ?? [])
    const present = await withRetry(engine, 'target', () => engine.target.inspect(into, ids))
    for (const entry of own) {
      if (entry.targetId !== undefined && present.has(entry.targetId)) continue
      const hint = 'Someone or something removed it right after it was written; look at filters at the target, then use retry.'
      await settler.push({ type: 'failed', key: entry.key, code: 'verify.missing', hint })
      await tellFailure(engine, entry, { code: 'verify.missing', message: 'The target confirmed this item, and it is not there any more.', hint })
    }
  }
}
