import { createHash } from 'node:crypto'
import type { Entry, EntryId, Settlement } from '../model/entry.ts'
import type { FolderId } from '../model/ids.ts'
import type { Item, ItemRef } from '../model/item.ts'
import type { Reader } from '../ports/connector.ts'
import type { Side } from '../ports/governor.ts'
import { byTargetFolder } from '../pass/apply-keywords.ts'
import type { Engine } from '../pass/engine.ts'
import type { Settler } from '../pass/settler.ts'
import { tellFailure } from '../pass/tell-failure.ts'
import { withRetry } from '../pass/with-retry.ts'
import { keepLostKeywords } from '../plan/lost-keywords.ts'
import { compare } from './compare.ts'
import { chunksOf, fingerprint, type Fingerprint } from './fingerprint.ts'
import { recordedEssences } from './recorded-essences.ts'

const pageItems = 200

/**
 * Reads copies back from the target and compares their bytes with the digest kept when the source was read. Where they
 * differ, both sides are read and compared in the canonical and the decoded form: a known change is recorded, anything else
 * fails the item.
 * `this-pass` looks at what this pass settled, `all` at every copy.
 */
export async function verifyContent(engine: Engine, settler: Settler, which: 'this-pass' | 'all'): Promise<void> {
  for (const fate of ['migrated', 'alreadyThere'] as const) {
    for (let after: EntryId = 0; ; ) {
      engine.context.signal.throwIfAborted()
      const page = await engine.ledger.settled(fate, undefined, after, pageItems)
      const last = page.at(-1)
      if (last === undefined) break
      after = last.key
      const own = page.filter((entry) => which === 'all' || entry.fatePass === engine.pass)
      for (const [into, entries] of byTargetFolder(own)) await verifyFolder(engine, settler, into, entries)
      await settler.flush()
    }
  }
}

async function verifyFolder(engine: Engine, settler: Settler, into: FolderId, entries: readonly Entry[]): Promise<void> {
  const ids = entries.flatMap((entry) => entry.targetId ?? [])
  const present = await withRetry(engine, 'target', () => engine.target.inspect(into, ids))
  const digests = await readAll(engine, 'target', [...present.values()], digestOf)
  const doubtful: Entry[] = []
  for (const entry of entries) {
    const copy = entry.targetId === undefined ? undefined : present.get(entry.targetId)
    if (copy === undefined) await settler.push(await missingCopy(engine, entry))
    else if (digests.get(copy) === entry.digest) await settler.push(verified(entry, undefined))
    else doubtful.push(entry)
  }
  if (doubtful.length === 0) return
  const recordOf = new Map<ItemRef, string | undefined>()
  for (const { altered, ref, targetId } of doubtful) {
    recordOf.set(ref, altered)
    const copy = targetId === undefined ? undefined : present.get(targetId)
    if (copy !== undefined) recordOf.set(copy, altered)
  }
  const { essences = [] } = engine.target
  const printOf = (item: Item): Promise<Fingerprint> => fingerprint(item, { decodes: true, essences: recordedEssences(essences, recordOf.get(item.ref)) })
  const originals = await readAll(engine, 'source', doubtful.map((entry) => entry.ref), printOf)
  const copies = doubtful.flatMap((entry) => (entry.targetId === undefined ? [] : (present.get(entry.targetId) ?? [])))
  const prints = await readAll(engine, 'target', copies, printOf)
  for (const entry of doubtful) {
    const copy = entry.targetId === undefined ? undefined : present.get(entry.targetId)
    const print = copy === undefined ? undefined : prints.get(copy)
    await settler.push(await judge(engine, entry, originals.get(entry.ref), print))
  }
}

async function judge(engine: Engine, entry: Entry, original: Fingerprint | undefined, copy: Fingerprint | undefined): Promise<Settlement> {
  if (copy === undefined) return missingCopy(engine, entry)
  if (original === undefined) {
    const hint = 'The source no longer has it, so only its digest is known; look at the item at the target.'
    return failure(engine, entry, 'verify.no-original', 'The copy differs and the original is gone at the source.', hint)
  }
  const comparison = compare(original, copy)
  if (comparison.type === 'different') {
    const hint = 'Remove the copy at the target, then use retry; if it comes again, the target alters this item.'
    return failure(engine, entry, 'verify.content-mismatch', 'The copy at the target differs from the original.', hint)
  }
  return verified(entry, comparison.type === 'altered' ? comparison.altered : undefined)
}

function verified(entry: Entry, bytesAltered: string | undefined): Settlement {
  const altered = keepLostKeywords(bytesAltered, entry.altered)
  return { type: 'verified', key: entry.key, proof: 're-read', ...(altered === undefined ? {} : { altered }) }
}

/** Fails an entry whose copy is not where it was. */
export function missingCopy(engine: Engine, entry: Entry): Promise<Settlement> {
  const hint = 'It was deleted at the target since; use retry to write it again.'
  return failure(engine, entry, 'verify.missing', 'The copy is not at the target any more.', hint)
}

async function failure(engine: Engine, entry: Entry, code: string, message: string, hint: string): Promise<Settlement> {
  await tellFailure(engine, entry, { code, message, hint })
  return { type: 'failed', key: entry.key, code, hint }
}

async function readAll<T>(
  engine: Engine,
  side: Side,
  refs: readonly ItemRef[],
  take: (item: Item) => Promise<T>,
): Promise<Map<ItemRef, T>> {
  const reader: Reader = engine[side]
  return withRetry(engine, side, async () => {
    const taken = new Map<ItemRef, T>()
    for (const [, own] of byFolder(refs)) {
      for await (const result of reader.read(one(own))) {
        if (result.type === 'item') taken.set(result.item.ref, await take(result.item))
      }
    }
    return taken
  })
}

async function digestOf(item: Item): Promise<string> {
  const running = createHash('sha256')
  for await (const chunk of chunksOf(item.content)) running.update(chunk)
  return running.digest('hex')
}

function byFolder(refs: readonly ItemRef[]): ReadonlyMap<FolderId, readonly ItemRef[]> {
  return Map.groupBy(refs, (ref) => ref.folderId)
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value
}
