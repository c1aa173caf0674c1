import { createHash } from 'node:crypto'
import type { Entry, Settlement } from '../model/entry.ts'
import type { Folder } from '../model/folder.ts'
import { travelsWhole } from '../model/form.ts'
import type { FolderId, ItemId } from '../model/ids.ts'
import type { Item, ItemRef } from '../model/item.ts'
import { byTargetFolder } from '../pass/apply-keywords.ts'
import type { Engine } from '../pass/engine.ts'
import { entryPages } from '../pass/entry-pages.ts'
import type { Settler } from '../pass/settler.ts'
import { withRetry } from '../pass/with-retry.ts'
import { keepLostKeywords } from '../plan/lost-keywords.ts'
import { compare } from './compare.ts'
import { chunksOf, fingerprint, type Fingerprint } from './fingerprint.ts'
import { readItems, type Taken } from './read-items.ts'
import { recordedEssences } from './recorded-essences.ts'
import { SourceVersions } from './source-versions.ts'
import { failCopy } from './verify-failures.ts'

const pageItems = 200
const nothing: ReadonlyMap<ItemId, ItemRef> = new Map()

/**
 * Reads the copies that `includes` names back from the target, whose folders are `folders` now, and compares their bytes with
 * the digest kept when the source was read. Where they differ, both sides are read and compared in the canonical and the
 * decoded form, and as what the ledger recorded of the copy: a known change is recorded, anything else fails the item.
 *
 * Nothing is said of a copy that is known to be other bytes, and whose original is gone or another one by now: how far it was
 * proven before stands, and a notice tells how many there are.
 */
export async function verifyContent(engine: Engine, settler: Settler, folders: readonly Folder[], includes: (entry: Entry) => boolean): Promise<void> {
  const looking = { engine, settler, folders: new Set(folders.map(({ id }) => id)), versions: new SourceVersions(engine), notCompared: 0 }
  for (const fate of ['migrated', 'alreadyThere'] as const) {
    for await (const page of entryPages(engine.context, (after) => engine.ledger.settled(fate, undefined, after, pageItems))) {
      for (const [into, entries] of byTargetFolder(page.filter(includes))) await verifyFolder(looking, into, entries)
      await settler.flush()
    }
  }
  if (looking.notCompared === 0) return
  const message = `${looking.notCompared} copies were not compared: their originals are gone at the source, or were changed there since.`
  engine.observe({ type: 'notice', code: 'copies.not-compared', message })
}

interface Looking {
  readonly engine: Engine
  readonly settler: Settler
  /** Of the target, as they are now. */
  readonly folders: ReadonlySet<FolderId>
  readonly versions: SourceVersions
  notCompared: number
}

async function verifyFolder(looking: Looking, into: FolderId, entries: readonly Entry[]): Promise<void> {
  const { engine, settler, folders } = looking
  const ids = entries.flatMap((entry) => entry.targetId ?? [])
  // A folder that is gone has nothing to be asked for.
  const present = folders.has(into) ? await withRetry(engine, 'target', () => engine.target.inspect(into, ids)) : nothing
  const digests = await readItems(engine, 'target', [...present.values()], digestOf)
  const doubtful: Doubtful[] = []
  for (const entry of entries) {
    const copy = entry.targetId === undefined ? undefined : present.get(entry.targetId)
    const digest = copy && digests.get(copy)
    if (copy === undefined) await settler.push(await failCopy(engine, entry, 'missing'))
    else if (digest?.type === 'taken' && digest.value === entry.digest) await settler.push(verified(entry, undefined))
    else doubtful.push({ entry, copy })
  }
  if (doubtful.length > 0) await compareBoth(looking, doubtful)
}

/** A copy whose bytes are not those that were read at the source. */
interface Doubtful {
  readonly entry: Entry
  readonly copy: ItemRef
}

async function compareBoth(looking: Looking, doubtful: readonly Doubtful[]): Promise<void> {
  const { engine, settler } = looking
  const recordOf = new Map(doubtful.flatMap(({ entry, copy }) => [[entry.ref, entry.altered] as const, [copy, entry.altered] as const]))
  const { essences = [] } = engine.target
  const printOf = (item: Item): Promise<Fingerprint> => fingerprint(item, { decodes: true, essences: recordedEssences(essences, recordOf.get(item.ref)) })
  const originals = await readItems(engine, 'source', doubtful.map(({ entry }) => entry.ref), printOf)
  const prints = await readItems(engine, 'target', doubtful.map(({ copy }) => copy), printOf)
  for (const { entry, copy } of doubtful) {
    const settlement = await judge(looking, entry, originals.get(entry.ref), prints.get(copy))
    if (settlement === 'not compared') looking.notCompared++
    else await settler.push(settlement)
  }
}

async function judge(
  { engine, versions }: Looking,
  entry: Entry,
  original: Taken<Fingerprint> | undefined,
  copy: Taken<Fingerprint> | undefined,
): Promise<Settlement | 'not compared'> {
  if (copy === undefined) return failCopy(engine, entry, 'missing')
  if (copy.type === 'unreadable') return failCopy(engine, entry, 'unreadable')
  if (original?.type !== 'taken') {
    const isKnownToDiffer = engine.target.essences !== undefined || entry.altered !== undefined
    return isKnownToDiffer ? 'not compared' : failCopy(engine, entry, 'noOriginal')
  }
  const comparison = compare(original.value, copy.value)
  if (comparison.type !== 'different') return verified(entry, comparison.type === 'altered' ? comparison.altered : undefined)
  // The next pass writes it anew in place of this copy, and must find its claim.
  const isAnother = travelsWhole(engine.target.capabilities) && original.value.digest !== entry.digest && (await versions.isChanged(entry))
  return isAnother ? 'not compared' : failCopy(engine, entry, 'different')
}

function verified(entry: Entry, bytesAltered: string | undefined): Settlement {
  const altered = keepLostKeywords(bytesAltered, entry.altered)
  return { type: 'verified', key: entry.key, proof: 're-read', ...(altered === undefined ? {} : { altered }) }
}

async function digestOf(item: Item): Promise<string> {
  const running = createHash('sha256')
  for await (const chunk of chunksOf(item.content)) running.update(chunk)
  return running.digest('hex')
}
