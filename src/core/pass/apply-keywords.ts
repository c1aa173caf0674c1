import { allEnded } from '../flow/all-ended.ts'
import type { Entry, Settlement } from '../model/entry.ts'
import type { FolderId } from '../model/ids.ts'
import type { ItemRef } from '../model/item.ts'
import type { KeywordChange } from '../ports/connector.ts'
import { lostKeywords, withLostKeywords } from '../plan/lost-keywords.ts'
import type { Engine } from './engine.ts'
import { entryPages } from './entry-pages.ts'
import type { Settler } from './settler.ts'
import { type FoundConflict, tellConflicts } from './tell-conflicts.ts'
import { withRetry } from './with-retry.ts'

const pageItems = 500

/**
 * Carries changed keywords to the copies of one source folder: what the source added or took away since the last time, on
 * top of what the copy has now. So a change made by the target's user stays, and a pass killed midway can do it again.
 */
export async function applyKeywords(engine: Engine, settler: Settler, folder: number): Promise<void> {
  for await (const page of entryPages(engine.context, (after) => engine.ledger.pending(folder, 'update', after, pageItems))) {
    for (const [into, entries] of byTargetFolder(page)) await tellConflicts(engine, await applyPage(engine, settler, into, entries))
    await settler.flush()
  }
}

/** Gives those whose copy is not there any more. */
async function applyPage(engine: Engine, settler: Settler, into: FolderId, entries: readonly Entry[]): Promise<readonly FoundConflict[]> {
  const { copyKeywords, target } = engine
  const ids = entries.flatMap((entry) => entry.targetId ?? [])
  const refs = entries.map((entry) => entry.ref)
  const [present] = await allEnded([
    withRetry(engine, 'target', () => target.inspect(into, ids)),
    withRetry(engine, 'target', () => copyKeywords.learn(into, refs)),
  ])
  const changes: KeywordChange[] = []
  const settlements: Settlement[] = []
  const conflicts: FoundConflict[] = []
  for (const entry of entries) {
    const copy = entry.targetId === undefined ? undefined : present.get(entry.targetId)
    const given = copyKeywords.of(entry.ref, into)
    const carried = given.keywords
    const keywords = copy === undefined ? undefined : merged(copy, carried, entry.targetVersion ?? '')
    const didWrite = copy !== undefined && keywords !== undefined && target.updateKeywords !== undefined
    // What the copy has of its own may not outlast a write that cannot name it.
    const lost = lostKeywords(given, didWrite ? [] : copy?.keywords)
    const altered = copy === undefined ? entry.altered : withLostKeywords(entry.altered, lost)
    if (copy === undefined) conflicts.push({ entry, reason: 'deleted-at-target' })
    if (didWrite) changes.push({ id: copy.id, folderId: into, keywords })
    settlements.push({
      type: 'updated',
      key: entry.key,
      targetVersion: carried.join(' '),
      didWrite,
      ...(altered === undefined ? {} : { altered }),
      ...(copy === undefined ? { conflict: 'deleted-at-target' } : {}),
    })
  }
  if (changes.length > 0) await withRetry(engine, 'target', async () => target.updateKeywords?.(changes))
  for (const settlement of settlements) await settler.push(settlement)
  return conflicts
}

/** What the copy is to have; `undefined` when it has it already. */
function merged(copy: ItemRef, carried: readonly string[], before: string): readonly string[] | undefined {
  const carriedBefore = before === '' ? [] : before.split(' ')
  const added = carried.filter((keyword) => !carriedBefore.includes(keyword))
  const removed = carriedBefore.filter((keyword) => !carried.includes(keyword))
  const keywords = [...new Set([...copy.keywords, ...added])].filter((keyword) => !removed.includes(keyword)).sort()
  return keywords.join(' ') === copy.keywords.join(' ') ? undefined : keywords
}

/** Entries by the folder that their copy is in. */
export function byTargetFolder(entries: readonly Entry[]): ReadonlyMap<FolderId, readonly Entry[]> {
  const folders = new Map<FolderId, Entry[]>()
  for (const entry of entries) {
    if (entry.targetFolderId === undefined) continue
    const list = folders.get(entry.targetFolderId)
    if (list === undefined) folders.set(entry.targetFolderId, [entry])
    else list.push(entry)
  }
  return folders
}

