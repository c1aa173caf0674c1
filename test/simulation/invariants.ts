import type { MemoryMailbox, MemoryOptions, StoredContent } from '../../src/connectors/memory/index.ts'
import type { Entry } from '../../src/core/model/entry.ts'
import { type Form, travelsWhole } from '../../src/core/model/form.ts'
import type { ItemId } from '../../src/core/model/ids.ts'
import type { ZonedTime } from '../../src/core/model/item.ts'
import type { FolderRecord } from '../../src/core/model/records.ts'
import type { Rules } from '../../src/core/model/rules.ts'
import type { Ledger, Tally } from '../../src/core/ports/ledger.ts'
import { heart } from './mail.ts'
import type { Meddling } from './scenario.ts'
import type { BadMessages } from './trouble.ts'

/** A broken promise, in words for whoever replays the seed. */
export interface Problem {
  readonly name: string
  readonly text: string
}

/** Everything there is to see at the end. */
export interface End {
  readonly source: MemoryMailbox
  readonly target: MemoryMailbox
  readonly rules: Rules
  readonly form: Form
  readonly bad: BadMessages
  /** The target before the first pass. */
  readonly before: readonly StoredContent[]
  readonly meddling: Meddling
  readonly ledger: Ledger
}

/** Sums that do not add up. */
export function checkTally(tally: Tally, when: string): readonly Problem[] {
  const problems: Problem[] = []
  for (const [name, parts] of Object.entries({ fates: tally.fates, pass: tally.pass })) {
    const sum = Object.values(parts).reduce((total, part) => total + part, 0)
    if (sum !== tally.source) {
      const text = `${when}: ${name} add up to ${sum} of ${tally.source}: ${JSON.stringify(parts)}`
      problems.push({ name: 'sums', text })
    }
  }
  return problems
}

/** Every promise that does not hold once all is done. */
export async function checkEnd(end: End): Promise<readonly Problem[]> {
  const entries = await end.ledger.settled(undefined, undefined, 0, 1_000_000)
  const folders = await end.ledger.folders()
  const view = new View(end, entries, folders)
  return [...checkFates(view), ...checkClaims(view), ...checkLoss(view), ...checkDoubles(view), ...checkFidelity(view)]
}

/** The end, looked up in the ways that the checks need. */
class View {
  readonly end: End
  readonly live: ReadonlyMap<ItemId, Entry>
  readonly copies: ReadonlyMap<ItemId, StoredContent>
  readonly sourceItems: readonly StoredContent[]
  readonly #folders: ReadonlyMap<number, FolderRecord>

  constructor(end: End, entries: readonly Entry[], folders: readonly FolderRecord[]) {
    this.end = end
    this.live = new Map(entries.filter((entry) => entry.fate !== 'gone').map((entry) => [entry.ref.id, entry]))
    this.copies = new Map(end.target.contents().map((one) => [one.id, one]))
    this.sourceItems = end.source.contents()
    this.#folders = new Map(folders.map((folder) => [folder.key, folder]))
  }

  /** Where the item's copy is to be. */
  targetPath(entry: Entry): string {
    return (this.#folders.get(entry.folder)?.targetPath ?? ['?']).join('/')
  }

  /**
   * The policy repairs dates, and the target does not keep this one: each kill between such a repair and its answer
   * leaves a copy that nobody can tell from another tool's.
   */
  isRedatedInVain(its: string): boolean {
    const { rules, target } = this.end
    if (rules.policy === 'add' || !target.options.canRemove) return false
    const unkept = target.options.storedDate({ epochMs: 0, offsetMinutes: 0 }).epochMs
    return [...this.copies.values()].some((copy) => copy.receivedAt.epochMs === unkept && heart(copy.bytes) === its)
  }

  isCarried(entry: Entry | undefined): entry is Entry {
    return entry?.fate === 'migrated' || entry?.fate === 'alreadyThere'
  }
}

/** Each source item has exactly one fate, and a good reason when it is not carried. */
function checkFates({ end, live, sourceItems }: View): Problem[] {
  const problems: Problem[] = []
  for (const item of sourceItems) {
    const entry = live.get(item.id)
    const its = heart(item.bytes)
    if (entry?.fate === undefined) {
      problems.push({ name: 'no-fate', text: `${item.id} (${its}) in ${item.path.join('/')} has no fate` })
    } else if (entry.fate === 'failed') {
      const isBad = end.bad.refused.has(its) || end.bad.poisonous.has(its)
      const isTrouble = entry.reason === 'trouble.item' || entry.reason === 'verify.missing'
      if (!isBad && !isTrouble)
        problems.push({ name: 'failed', text: `${item.id} failed without cause: ${entry.reason}` })
    } else if (entry.fate === 'skipped' && !isSkippable(end.rules, item)) {
      problems.push({ name: 'skipped', text: `${item.id} is skipped by ${entry.reason}, and no rule says so` })
    }
  }
  if (live.size !== sourceItems.length) {
    problems.push({
      name: 'fates',
      text: `${live.size} items have a fate, and ${sourceItems.length} are at the source`,
    })
  }
  return problems
}

function isSkippable(rules: Rules, item: StoredContent): boolean {
  const isOld = rules.receivedFromMs !== undefined && item.receivedAt.epochMs < rules.receivedFromMs
  const isLarge = rules.itemSizeBytesMax !== undefined && item.bytes.byteLength > rules.itemSizeBytesMax
  return isOld || isLarge || (rules.excludeFolders.length > 0 && item.path[0] === 'Projects')
}

/** What an entry claims is a copy of its item, and no two claim the same. */
function checkClaims(view: View): Problem[] {
  const { end, live, copies, sourceItems } = view
  const problems: Problem[] = []
  const claimed = new Set<ItemId>()
  for (const item of sourceItems) {
    const entry = live.get(item.id)
    if (!view.isCarried(entry) || entry.targetId === undefined) continue
    if (claimed.has(entry.targetId)) problems.push({ name: 'claims', text: `two items claim ${entry.targetId}` })
    claimed.add(entry.targetId)
    const copy = copies.get(entry.targetId)
    if (copy === undefined) {
      const isKnown = end.meddling.removedAtTarget.includes(heart(item.bytes)) || end.meddling.hasMovedAtTarget
      if (!isKnown) problems.push({ name: 'claims', text: `${item.id} claims ${entry.targetId}, which is not there` })
    } else if (heart(copy.bytes) !== heart(item.bytes)) {
      problems.push({ name: 'claims', text: `${item.id} claims ${entry.targetId}, which is another message` })
    }
  }
  return problems
}

/** Every carried message is at the target as often as at the source, but for what people removed there. */
function checkLoss(view: View): Problem[] {
  const { end, live, sourceItems } = view
  const { meddling } = end
  const isPlaced = !meddling.hasMoved && !meddling.hasMovedAtTarget
  const problems: Problem[] = []
  const wanted: string[] = []
  for (const item of sourceItems) {
    const entry = live.get(item.id)
    if (view.isCarried(entry))
      wanted.push(isPlaced ? `${heart(item.bytes)} in ${view.targetPath(entry)}` : heart(item.bytes))
  }
  const there = [...view.copies.values()].map((copy) =>
    isPlaced ? `${heart(copy.bytes)} in ${copy.path.join('/')}` : heart(copy.bytes),
  )
  const counts = countBy(there)
  for (const [key, count] of countBy(wanted)) {
    const removed = meddling.removedAtTarget.filter((its) => key.startsWith(its)).length
    const found = counts.get(key) ?? 0
    if (found < count - removed) {
      problems.push({
        name: 'loss',
        text: `${key}: ${count} at the source, ${found} at the target, ${removed} removed by people`,
      })
    }
  }
  return problems
}

/** Nothing is at the target more often than it was ever wanted there. */
function checkDoubles(view: View): Problem[] {
  const { end, live, sourceItems } = view
  const { meddling } = end
  const problems: Problem[] = []
  const before = countBy(end.before.map((copy) => heart(copy.bytes)))
  const arrived = countBy(meddling.arrived)
  const added = countBy([...meddling.addedAtTarget, ...meddling.movedUnfinished])
  for (const [its, count] of countBy([...view.copies.values()].map((copy) => heart(copy.bytes)))) {
    const most = (before.get(its) ?? 0) + (arrived.get(its) ?? 0) + (added.get(its) ?? 0)
    if (count > most && !view.isRedatedInVain(its))
      problems.push({ name: 'double', text: `${its}: ${count} at the target, at most ${most} can be` })
  }
  if (meddling.hasEdits) return problems
  // Nobody meddled: then each folder has exactly the larger of what was there and what was wanted.
  const dated = travelsWhole(end) ? ({ epochMs }: ZonedTime): string => ` of ${epochMs}` : (): string => ''
  const placed = (path: string, { bytes, receivedAt }: StoredContent): string => `${heart(bytes)} in ${path}${dated(receivedAt)}`
  const wanted = countBy(
    sourceItems.flatMap((item) => {
      const entry = live.get(item.id)
      return view.isCarried(entry) ? [placed(view.targetPath(entry), item)] : []
    }),
  )
  const stood = countBy(end.before.map((copy) => placed(copy.path.join('/'), copy)))
  const there = countBy([...view.copies.values()].map((copy) => placed(copy.path.join('/'), copy)))
  for (const key of new Set([...wanted.keys(), ...stood.keys(), ...there.keys()])) {
    const expected = Math.max(wanted.get(key) ?? 0, stood.get(key) ?? 0)
    const found = there.get(key) ?? 0
    if (view.isRedatedInVain(key.slice(0, key.indexOf(' ')))) continue
    if (found !== expected)
      problems.push({ name: 'exact', text: `${key}: ${found} at the target instead of ${expected}` })
  }
  return problems
}

/** Keywords and dates are as at the source, where nobody else touched the copies and the policy carries changes. */
function checkFidelity(view: View): Problem[] {
  const { end, live, copies, sourceItems } = view
  const { rules, target, meddling } = end
  if (meddling.hasChangedAtTarget) return []
  const problems: Problem[] = []
  const follows = rules.policy !== 'add'
  for (const item of sourceItems) {
    const entry = live.get(item.id)
    const copy = view.isCarried(entry) && entry.targetId !== undefined ? copies.get(entry.targetId) : undefined
    if (!copy || !entry) continue
    // What another tool copied keeps what it was given there, and the certificate says so.
    if (entry.altered?.split(',').includes('state') === true) continue
    // One that was found may be another tool's, even where everything unclaimed was thought to be our own.
    const isOurs = entry.fate === 'migrated' && entry.proof === 'answered'
    const hasDate = [item.receivedAt, target.options.storedDate(item.receivedAt)].some(
      ({ epochMs }) => epochMs === copy.receivedAt.epochMs,
    )
    // A copy that its target cannot move stays in its old folder as it is.
    const isInPlace = copy.path.join('/') === view.targetPath(entry)
    // Where nothing can be repaired, an equal message may have been given a copy that somebody left behind.
    const isDue = (isOurs && !meddling.hasEdits) || (follows && target.options.canRemove)
    if (!hasDate && isInPlace && isDue) {
      problems.push({ name: 'date', text: `${item.id} has another date at the target` })
    }
    if (!follows || !target.options.canUpdateKeywords) continue
    const wanted = carried(rules, item.keywords, target.options, copy.path)
    const missing = wanted.filter((keyword) => !copy.keywords.includes(keyword))
    const surplus = copy.keywords.filter((keyword) => !wanted.includes(keyword))
    if (missing.length > 0 || (isOurs && surplus.length > 0)) {
      const text = `${item.id} (${entry.fate}) has [${item.keywords.join(' ')}], its copy [${copy.keywords.join(' ')}]`
      problems.push({ name: 'keywords', text })
    }
    const told = /keywords-lost:([^,]*)/.exec(entry.altered ?? '')?.[1]?.split(' ') ?? []
    const unsaid = item.keywords.filter(
      (keyword) => !(keyword in rules.keywordMap) && !copy.keywords.includes(keyword) && !told.includes(keyword),
    )
    if (unsaid.length > 0) problems.push({ name: 'untold', text: `${item.id} (${entry.fate}) lost [${unsaid.join(' ')}] without a word` })
  }
  return problems
}

const isSystem = (keyword: string): boolean => /^\$(seen|answered|flagged|draft|deleted)$/.test(keyword)

function carried(rules: Rules, keywords: readonly string[], target: MemoryOptions, path: readonly string[]): readonly string[] {
  const kept = target.keptKeywords(path)
  return keywords
    .map((keyword) => (keyword in rules.keywordMap ? rules.keywordMap[keyword] : keyword))
    .filter((keyword) => keyword !== null && keyword !== undefined)
    .filter((keyword) => isSystem(keyword) || (target.storesKeywords && (kept === undefined || kept.includes(keyword))))
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}
