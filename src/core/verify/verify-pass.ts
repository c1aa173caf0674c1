import type { Folder } from '../model/folder.ts'
import type { FolderId, ItemId } from '../model/ids.ts'
import type { ItemRef } from '../model/item.ts'
import { byTargetFolder } from '../pass/apply-keywords.ts'
import type { Engine, PassOptions } from '../pass/engine.ts'
import { entryPages } from '../pass/entry-pages.ts'
import { guardOtherWay } from '../pass/guards.ts'
import { inPass } from '../pass/in-pass.ts'
import { Settler } from '../pass/settler.ts'
import { withRetry } from '../pass/with-retry.ts'
import type { Tally } from '../ports/ledger.ts'
import { verifyContent } from './verify-content.ts'
import { failCopy } from './verify-failures.ts'

const pageItems = 500
const nothing: ReadonlyMap<ItemId, ItemRef> = new Map()

/**
 * Checks every copy that the ledger claims against the target as it is now, and writes nothing there: `counts` compares the
 * folders' own counts with the claims and asks for single items only in a folder that holds fewer; `identity` asks for
 * every item; `content` reads every item back. What is missing or differs is failed, so that a retry writes it again.
 * Throws as `runPass`.
 */
export async function verifyPass(options: PassOptions): Promise<Tally> {
  // The settings of the last pass stay in force: the next one must not take this for a change of rules.
  const last = (await options.ledger.passes()).at(-1)
  return inPass(options, last?.settings ?? '{}', verifyAll)
}

async function verifyAll(engine: Engine): Promise<void> {
  const settler = new Settler(engine.ledger, engine.context.clock, engine.pass)
  engine.observe({ type: 'stage', stage: 'verify' })
  const folders = await withRetry(engine, 'target', () => engine.target.discover())
  await guardOtherWay(engine, folders)
  if (engine.verification === 'content') await verifyContent(engine, settler, folders, () => true)
  else await verifyPresence(engine, settler, folders)
  await settler.flush()
  engine.observe({ type: 'stage', stage: 'report' })
}

/** Asks for each copy; at `counts` only in folders that hold fewer items than the ledger claims there. Opens no body. */
async function verifyPresence(engine: Engine, settler: Settler, folders: readonly Folder[]): Promise<void> {
  const counts = new Map(folders.map((folder) => [folder.id, folder.status?.items]))
  const claims = new Map((await engine.ledger.claims()).map(({ targetFolderId, items }) => [targetFolderId, items]))
  const isTrusted = (into: FolderId): boolean =>
    engine.verification === 'counts' && (counts.get(into) ?? 0) >= (claims.get(into) ?? 0)
  for (const fate of ['migrated', 'alreadyThere'] as const) {
    for await (const page of entryPages(engine.context, (after) => engine.ledger.settled(fate, undefined, after, pageItems))) {
      for (const [into, entries] of byTargetFolder(page)) {
        if (isTrusted(into)) continue
        const ids = entries.flatMap((entry) => entry.targetId ?? [])
        // A folder that is gone has nothing to be asked for.
        const present = counts.has(into) ? await withRetry(engine, 'target', () => engine.target.inspect(into, ids)) : nothing
        for (const entry of entries) {
          if (entry.targetId !== undefined && present.has(entry.targetId)) continue
          await settler.push(await failCopy(engine, entry, 'missing'))
        }
      }
    }
  }
}
