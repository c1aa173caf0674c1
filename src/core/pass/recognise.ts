import { MigrationError } from '../errors.ts'
import type { Entry, EntryId, Settlement, Task } from '../model/entry.ts'
import type { ItemType } from '../model/folder.ts'
import { travelsWhole } from '../model/form.ts'
import type { FolderId, ItemId } from '../model/ids.ts'
import type { Description, ItemRef } from '../model/item.ts'
import type { UnclaimedItem } from '../ports/ledger.ts'
import type { CarriedKeywords } from '../plan/keywords.ts'
import { lostKeywords, withLostKeywords } from '../plan/lost-keywords.ts'
import { compare } from '../verify/compare.ts'
import type { Fingerprint } from '../verify/fingerprint.ts'
import { bringCopy, canBring } from './bring-copy.ts'
import type { Engine } from './engine.ts'
import { entryPages } from './entry-pages.ts'
import { indexUnclaimed } from './index-unclaimed.ts'
import { KeptPrints } from './kept-prints.ts'
import { type Original, readPrints } from './read-prints.ts'
import type { Settler } from './settler.ts'
import { withRetry } from './with-retry.ts'

const pageItems = 200
/** Fingerprints of each side's items kept while one folder is recognised. */
const fingerprintsMax = 20_000
/** A copy may have grown by header lines that other tools and servers add, or shrunk by its line ends. */
const sizeSlackBytes = 16_384

/** A target folder and the source folder whose pending items may already stand in it. */
export interface Place {
  readonly key: number
  readonly path: readonly string[]
  readonly itemType: ItemType
  readonly into: FolderId
  /** Items in the target folder, as last known; 0 means that there is nothing to recognise there. */
  readonly items: number
  /** True once the folder was recognised before anything was written into it: what turns up later is our own. */
  readonly wasPrepared: boolean
}

interface Candidate {
  readonly item: UnclaimedItem
  readonly fingerprint: Fingerprint
}

/** A copy of an item that is gone, where it is now, and as it was when it was looked at. */
interface Brought {
  readonly folderId: FolderId
  readonly id: ItemId
  readonly copy: ItemRef
}

/** How much of a copy beside its content must be as the item's own. */
type Likeness = 'dated and marked' | 'dated' | 'any'

/** How alike the contents must be; the costly decoded form is asked for where nothing else has told what a copy is. */
type Closeness = 'equal' | 'altered' | 'decoded'

const closenesses: readonly Closeness[] = ['equal', 'altered', 'decoded']

/** Of equal copies each item gets the one with its own date and keywords, wherever in the folder it comes. */
const likenesses: readonly Likeness[] = ['dated and marked', 'dated', 'any']

/**
 * Settles pending items whose copy is already at the target: copied by another tool, written by a pass that was killed
 * before the answer, or moved or renumbered at the source after it was migrated. Candidates come by identity; what
 * decides is the content, read from both sides and compared, as multisets: every copy is claimed once. What is not
 * recognised stays pending. Must run while nothing is being written into the folder.
 */
export async function recognise(engine: Engine, settler: Settler, place: Place, task: 'create' | 'redate'): Promise<void> {
  await settler.flush()
  const hasOrphans = task === 'create' && (await engine.ledger.countOrphans()) > 0
  const unclaimed = place.items > 0 ? await indexUnclaimed(engine, place) : 0
  if (unclaimed === 0 && !hasOrphans) return
  await new Recognition(engine, settler, place, task).run()
}

class Recognition {
  readonly #engine: Engine
  readonly #settler: Settler
  readonly #place: Place
  readonly #task: 'create' | 'redate'
  readonly #fingerprints = new KeptPrints(fingerprintsMax)
  readonly #originals = new Map<EntryId, Original>()
  readonly #claimed = new Set<ItemId>()
  /** Keywords given to copies on the way. */
  readonly #marked = new Map<ItemId, string>()
  /** Copies that were moved here and whose new ids the target did not tell. */
  #movedUnnamed = 0
  #looksForMoved = false

  constructor(engine: Engine, settler: Settler, place: Place, task: 'create' | 'redate') {
    this.#engine = engine
    this.#settler = settler
    this.#place = place
    this.#task = task
  }

  async run(): Promise<void> {
    for (const likeness of likenesses) if (!(await this.#runOnce(likeness))) break
    if (this.#movedUnnamed === 0) return
    this.#looksForMoved = true
    await indexUnclaimed(this.#engine, this.#place)
    for (const likeness of likenesses) if (!(await this.#runOnce(likeness))) break
  }

  /** Tells whether a further look with less likeness may find more. */
  async #runOnce(likeness: Likeness): Promise<boolean> {
    const { context, ledger } = this.#engine
    let isOpen = false
    const pageAfter = (after: EntryId) => ledger.pending(this.#place.key, this.#task, after, pageItems)
    for await (const page of entryPages(context, pageAfter)) {
      if (await this.#recognisePage(page, likeness)) isOpen = true
      await this.#settler.flush()
    }
    return isOpen
  }

  /** Tells whether an item is left that a candidate may yet be the copy of. */
  async #recognisePage(page: readonly Entry[], likeness: Likeness): Promise<boolean> {
    const { ledger } = this.#engine
    const identities = await this.#identities(page)
    const names = [...new Set(identities.values())]
    const candidates = await ledger.candidates(this.#place.into, names)
    const orphans = this.#task === 'create' ? await ledger.orphans(names) : new Map<string, readonly Entry[]>()
    const hopeful = page.filter((entry) => {
      const identity = identities.get(entry.ref)
      return identity !== undefined && (candidates.has(identity) || orphans.has(identity))
    })
    if (hopeful.length === 0) return false
    const refs = hopeful.map((entry) => entry.ref)
    await this.#learnKeywords(this.#place.into, refs)
    const open = new Set(hopeful)
    const itemsOf = (entry: Entry): readonly UnclaimedItem[] => candidates.get(identities.get(entry.ref) ?? '') ?? []
    // Equal copies first, so that a merely similar one is never taken from the item it belongs to.
    for (const closeness of closenesses) {
      const decodes = closeness === 'decoded'
      const rivalsOf = (entry: Entry) => this.#rivals(entry, itemsOf(entry), decodes ? likeness : 'any')
      const looked = decodes ? [...open].filter((entry) => rivalsOf(entry).length > 0) : [...open]
      if (closeness !== 'altered') {
        await this.#readOriginals(looked, decodes)
        await this.#fingerprintCandidates(looked, rivalsOf, decodes)
      }
      for (const entry of looked) {
        const original = this.#originals.get(entry.key)
        if (original === undefined) continue
        const gone = orphans.get(identities.get(entry.ref) ?? '') ?? []
        const isFound =
          (await this.#takeOver(entry, gone, original, closeness, likeness)) ||
          (await this.#adoptOne(entry, original, itemsOf(entry), closeness, likeness))
        if (isFound) open.delete(entry)
      }
    }
    return open.size > 0
  }

  /** Unclaimed items that may be the copy, by all that is known of them without their content. */
  #rivals(entry: Entry, items: readonly UnclaimedItem[], likeness: Likeness): readonly UnclaimedItem[] {
    return items.filter(
      ({ ref }) => this.#isPlausible(entry, ref) && this.#isAlike(entry, ref.receivedAt.epochMs, ref.version, likeness),
    )
  }

  async #adoptOne(
    entry: Entry,
    original: Original,
    items: readonly UnclaimedItem[],
    closeness: Closeness,
    likeness: Likeness,
  ): Promise<boolean> {
    const found = this.#match(original.print, this.#rivals(entry, items, likeness), closeness)
    if (found === undefined) return false
    this.#claimed.add(found.candidate.item.ref.id)
    if (this.#task === 'redate') await this.#mark(entry, found.candidate.item.ref)
    const adopted = this.#adopt(entry, original.print, original.description, found)
    this.#engine.writtenUnnamed.delete(entry.key)
    await this.#settler.push(adopted)
    return true
  }

  /**
   * Keywords that changed since a killed pass wrote the copy anew: its next task is another one, so now is the time.
   */
  async #mark(entry: Entry, copy: ItemRef): Promise<void> {
    const { target } = this.#engine
    const keywords = this.#wantedKeywords(entry)
    if (target.updateKeywords === undefined || keywords.join(' ') === copy.version) return
    const changes = [{ id: copy.id, folderId: this.#place.into, keywords }]
    await withRetry(this.#engine, 'target', async () => target.updateKeywords?.(changes))
    this.#marked.set(copy.id, keywords.join(' '))
  }

  #isAlike(entry: Entry, copyReceivedAtMs: number, copyVersion: string, likeness: Likeness): boolean {
    if (likeness === 'any') return true
    if (!this.#isSameDate(entry, copyReceivedAtMs)) return false
    return likeness === 'dated' || copyVersion === this.#wantedKeywords(entry).join(' ')
  }

  #learnKeywords(into: FolderId, refs: readonly ItemRef[]): Promise<void> {
    return withRetry(this.#engine, 'target', () => this.#engine.copyKeywords.learn(into, refs))
  }

  #carried(entry: Entry): CarriedKeywords {
    return this.#engine.copyKeywords.of(entry.ref, this.#place.into)
  }

  #wantedKeywords(entry: Entry): readonly string[] {
    return this.#carried(entry).keywords
  }

  async #readOriginals(entries: readonly Entry[], decodes: boolean): Promise<void> {
    if (this.#originals.size > fingerprintsMax) this.#originals.clear()
    const unread = entries.filter((entry) => !isEnough(this.#originals.get(entry.key)?.print, decodes))
    const read = await readPrints(this.#engine, 'source', unread.map((entry) => entry.ref), decodes)
    for (const entry of unread) {
      const original = read.get(entry.ref)
      if (original !== undefined) this.#originals.set(entry.key, original)
    }
  }

  /** Identity by ref; from the ledger where the header was read before. */
  async #identities(page: readonly Entry[]): Promise<Map<ItemRef, string>> {
    const refs = page.map((entry) => entry.ref)
    return withRetry(this.#engine, 'source', async () => {
      const identities = new Map<ItemRef, string>()
      for await (const { ref, description } of this.#engine.source.describe(refs)) identities.set(ref, description.identity)
      return identities
    })
  }

  async #fingerprintCandidates(
    entries: readonly Entry[],
    rivalsOf: (entry: Entry) => readonly UnclaimedItem[],
    decodes: boolean,
  ): Promise<void> {
    const rivals = new Map(entries.flatMap((entry) => rivalsOf(entry).map(({ ref }) => [ref.id, ref] as const)))
    const read = (refs: readonly ItemRef[]) => readPrints(this.#engine, 'target', refs, decodes)
    await this.#fingerprints.ensure([...rivals.values()], (print) => isEnough(print, decodes), read)
  }

  #isPlausible(entry: Entry, copy: ItemRef): boolean {
    if (this.#claimed.has(copy.id)) return false
    // What was just written counts whatever date the target made of it.
    const isOurs = this.#engine.writtenUnnamed.has(entry.key)
    if (this.#task === 'redate' && !isOurs && !this.#isSameDate(entry, copy.receivedAt.epochMs)) return false
    // Line ends alone may halve or double a message of blank lines.
    const sizeBytes = entry.ref.sizeBytes
    return copy.sizeBytes >= sizeBytes / 2 - sizeSlackBytes && copy.sizeBytes <= sizeBytes * 2 + sizeSlackBytes
  }

  #match(
    original: Fingerprint,
    items: readonly UnclaimedItem[],
    closeness: Closeness,
  ): { candidate: Candidate; altered?: string } | undefined {
    for (const item of items) {
      const print = this.#fingerprints.get(item.ref.id)
      if (print === undefined) continue
      const comparison = compare(original, print)
      if (comparison.type === 'equal') return { candidate: { item, fingerprint: print } }
      if (comparison.type === 'altered' && closeness !== 'equal') {
        return { candidate: { item, fingerprint: print }, altered: comparison.altered }
      }
    }
    return undefined
  }

  #adopt(
    entry: Entry,
    original: Fingerprint,
    description: Description,
    found: { candidate: Candidate; altered?: string },
  ): Settlement {
    const { ref } = found.candidate.item
    const isForeign = this.#task === 'create' && !this.#place.wasPrepared
    const lost = lostKeywords(this.#carried(entry), this.#marked.has(ref.id) ? [] : ref.keywords)
    const altered = withLostKeywords(found.altered, lost)
    return {
      type: 'copied',
      key: entry.key,
      fate: isForeign || this.#task === 'redate' ? 'alreadyThere' : 'migrated',
      targetFolderId: this.#place.into,
      targetId: ref.id,
      // Nothing was carried to a foreign copy yet: the repair adds what the source has and takes nothing away. Our own
      // has what the source had when it was written.
      targetVersion: isForeign && !travelsWhole(this.#engine.target.capabilities) ? '' : (this.#marked.get(ref.id) ?? ref.version),
      digest: original.digest,
      contentBytes: original.sizeBytes,
      proof: 'found',
      ...(altered === undefined ? {} : { altered }),
      description,
      ...this.#taskAfter(entry, ref, isForeign),
    }
  }

  #taskAfter(entry: Entry, copy: ItemRef, isForeign: boolean): { task?: Task; supersededId?: ItemId } {
    if (this.#task === 'redate') return entry.targetId === undefined ? {} : { task: 'clear', supersededId: entry.targetId }
    const { rules, target } = this.#engine
    if (rules.policy === 'add' || travelsWhole(target.capabilities)) return {}
    // What was sent a moment ago had the right date: if the copy has another one, the target does not keep it.
    const isDated = this.#engine.writtenUnnamed.has(entry.key) || this.#isSameDate(entry, copy.receivedAt.epochMs)
    if (!isDated && target.remove !== undefined) return { task: 'redate' }
    const wanted = this.#wantedKeywords(entry)
    const lacksKeyword = wanted.some((keyword) => !copy.keywords.includes(keyword))
    const isMarked = isForeign ? !lacksKeyword : wanted.join(' ') === copy.version
    return isMarked || target.updateKeywords === undefined ? {} : { task: 'update' }
  }

  #isSameDate(entry: Entry, copyReceivedAtMs: number): boolean {
    const { source, target } = this.#engine
    if (travelsWhole(target.capabilities)) return true
    const precisionMs = Math.max(source.capabilities.datePrecisionMs, target.capabilities.datePrecisionMs)
    return Math.abs(entry.ref.receivedAt.epochMs - copyReceivedAtMs) <= precisionMs
  }

  /**
   * The item was migrated under another id; its copy becomes this entry's, in its place. False when it cannot be had. An item
   * that travels whole may have been read or flagged on its way to another folder: after those with the same content come
   * those whose copies differ in nothing else, which are then written anew.
   */
  async #takeOver(
    entry: Entry,
    orphans: readonly Entry[],
    original: Original,
    closeness: Closeness,
    likeness: Likeness,
  ): Promise<boolean> {
    const { takenOrphans, target } = this.#engine
    // A move or a new number leaves the date as it is: another date is another item.
    if (likeness === 'any' || this.#looksForMoved || closeness === 'decoded') return false
    if (closeness === 'altered' && !travelsWhole(target.capabilities)) return false
    for (const orphan of orphans) {
      const { targetId, targetFolderId, targetVersion = '' } = orphan
      if (targetId === undefined || targetFolderId === undefined) continue
      if (closeness === 'equal' && orphan.digest !== original.print.digest) continue
      if (!this.#isAlike(entry, orphan.ref.receivedAt.epochMs, targetVersion, likeness)) continue
      if (takenOrphans.has(orphan.key)) continue
      if (closeness === 'altered' && !(await this.#isCopyOf(original.print, targetFolderId, targetId))) continue
      // Another folder may have taken it meanwhile.
      if (takenOrphans.has(orphan.key)) continue
      takenOrphans.add(orphan.key)
      const unnamedBefore = this.#movedUnnamed
      const brought = await this.#bring(targetFolderId, targetId, orphan.description?.identity ?? original.description.identity)
      if (brought !== undefined) {
        await this.#learnKeywords(brought.folderId, [entry.ref])
        await this.#settler.push(this.#inherit(entry, orphan, original, brought))
        return true
      }
      // Its copy is on its way; another one's must not be taken besides.
      if (this.#movedUnnamed > unnamedBefore) return false
    }
    return false
  }

  async #isCopyOf(original: Fingerprint, folderId: FolderId, id: ItemId): Promise<boolean> {
    const { target } = this.#engine
    const present = await withRetry(this.#engine, 'target', () => target.inspect(folderId, [id]))
    const [copy] = (await readPrints(this.#engine, 'target', [...present.values()], false)).values()
    return copy !== undefined && compare(original, copy.print).type !== 'different'
  }

  #inherit(entry: Entry, orphan: Entry, { print, description }: Original, moved: Brought): Settlement {
    const { rules, target } = this.#engine
    // By the copy itself: it may be another tool's, whose date was never repaired. One that we wrote had the right
    // date.
    const isDated = orphan.proof === 'answered' || this.#isSameDate(entry, moved.copy.receivedAt.epochMs)
    const wanted = this.#engine.copyKeywords.of(entry.ref, moved.folderId)
    const isMarked = wanted.keywords.join(' ') === (orphan.targetVersion ?? '')
    // One that has to stay in another folder could not be cleared afterwards.
    const canRedate = rules.policy !== 'add' && target.remove !== undefined && moved.folderId === this.#place.into
    const isWhole = travelsWhole(target.capabilities)
    const isOther = isWhole && orphan.digest !== print.digest
    const isStale = isOther && rules.policy !== 'add' && target.capabilities.replacesItems === true
    const canMark = rules.policy !== 'add' && target.updateKeywords !== undefined
    const altered = withLostKeywords(isOther && !isStale ? 'state' : orphan.altered, lostKeywords(wanted, moved.copy.keywords))
    return {
      type: 'copied',
      key: entry.key,
      fate: 'alreadyThere',
      targetFolderId: moved.folderId,
      targetId: moved.id,
      targetVersion: isWhole ? moved.copy.version : (orphan.targetVersion ?? ''),
      // Of what the copy was made of: it is written anew only later, if at all.
      digest: orphan.digest ?? print.digest,
      contentBytes: orphan.contentBytes ?? print.sizeBytes,
      proof: 'found',
      ...(altered === undefined ? {} : { altered }),
      description,
      replaces: orphan.key,
      ...(!isDated && canRedate ? { task: 'redate' as const } : {}),
      ...(isStale || ((isDated || !canRedate) && !isMarked && canMark) ? { task: 'update' as const } : {}),
    }
  }

  /** The copy, still there and brought into this folder where the policy and the target allow. */
  async #bring(from: FolderId, id: ItemId, identity: string): Promise<Brought | undefined> {
    const { target, rules } = this.#engine
    const present = await withRetry(this.#engine, 'target', () => target.inspect(from, [id]))
    const copy = present.get(id)
    if (copy === undefined) return undefined
    // Adding only, or a target that cannot move: the copy stays where it is rather than being doubled.
    if (from === this.#place.into || rules.policy === 'add' || !canBring(this.#engine)) return { folderId: from, id, copy }
    let newId: ItemId | undefined
    try {
      newId = await bringCopy(this.#engine, copy, this.#place.into, (isAnew) => this.#freeHere(identity, isAnew))
    } catch (error) {
      if (!(error instanceof MigrationError) || error.kind !== 'item') throw error
      // The target does not take it there: it stays where it is, and holds nobody else up.
      return { folderId: from, id, copy }
    }
    if (newId !== undefined) {
      this.#claimed.add(newId)
      return { folderId: this.#place.into, id: newId, copy: await this.#afterMove(newId, copy) }
    }
    // Moved, and the target does not say where to: it is looked for among what stands here unclaimed.
    this.#movedUnnamed++
    return undefined
  }

  /** What stands here unclaimed with this identity; `isAnew`: as it is now. */
  async #freeHere(identity: string, isAnew: boolean): Promise<readonly ItemRef[]> {
    if (isAnew) await indexUnclaimed(this.#engine, this.#place)
    const candidates = await this.#engine.ledger.candidates(this.#place.into, [identity])
    return (candidates.get(identity) ?? []).flatMap(({ ref }) => (this.#claimed.has(ref.id) ? [] : [ref]))
  }

  /** A move is a change where versions are the side's own. */
  async #afterMove(id: ItemId, before: ItemRef): Promise<ItemRef> {
    const { target } = this.#engine
    if (!travelsWhole(target.capabilities)) return before
    const present = await withRetry(this.#engine, 'target', () => target.inspect(this.#place.into, [id]))
    return present.get(id) ?? before
  }
}

function isEnough(print: Fingerprint | undefined, decodes: boolean): boolean {
  return print !== undefined && (!decodes || print.decodedDigest !== undefined)
}
