import {
  defaultMemoryOptions,
  MemoryWorld,
  type MemoryMailbox,
  type MemoryOptions,
} from '../../src/connectors/memory/index.ts'
import { type Form, travelsWhole } from '../../src/core/model/form.ts'
import type { ZonedTime } from '../../src/core/model/item.ts'
import type { Policy, Rules, Verification } from '../../src/core/model/rules.ts'
import { SimulatedExtras } from './extras.ts'
import { copiedBy, heart, MailWriter, someDate, someKeywords } from './mail.ts'
import type { Random } from './random.ts'
import type { BadMessages, TroubleRates } from './trouble.ts'

/** Who changes what between passes. */
export type Edits = 'none' | 'source' | 'both'

/** A whole made-up migration: two mailboxes, what goes wrong, who meddles, and how often it is run. */
export interface Scenario {
  readonly world: MemoryWorld
  readonly source: MemoryMailbox
  readonly target: MemoryMailbox
  readonly rules: Rules
  readonly form: Form
  readonly verification: Verification
  readonly edits: Edits
  /** Passes that are brought to their end, with edits between them. */
  readonly passes: number
  readonly lanes: number
  /** Limits of the target that the operator declared. */
  readonly pace: { readonly itemsPerSecond?: number; readonly bytesPerSecond?: number }
  readonly rates: TroubleRates
  readonly bad: BadMessages
  readonly mail: MailWriter
  readonly extras: SimulatedExtras
}

/** What of a scenario may be fixed instead of drawn. */
export interface ScenarioWishes {
  readonly policy?: Policy
  /** In which both sides are opened; mail unless said. */
  readonly form?: Form
  readonly edits?: Edits
  readonly rates?: Partial<TroubleRates>
  readonly verification?: Verification
  readonly sourceOptions?: Partial<MemoryOptions>
  readonly targetOptions?: Partial<MemoryOptions>
}

const folderNames = ['Archive', 'Sent', 'Projects', 'Entw\u00fcrfe', 'a b', 'x.y', '2024']

/** Another tool for items that travel whole adds nothing of its own. */
const copiedWhole = (_: Random, bytes: Uint8Array): Uint8Array => bytes

/** What travels whole is stored whole. */
const keepingAll: Partial<MemoryOptions> = {
  preservesBytes: true,
  storesKeywords: true,
  storedDate: defaultMemoryOptions.storedDate,
  keptKeywords: defaultMemoryOptions.keptKeywords,
}

/** Draws everything from `random`, and what is beside the items from `ofExtras`. */
export function drawScenario(random: Random, ofExtras: Random, wishes: ScenarioWishes = {}): Scenario {
  const world = new MemoryWorld()
  const beside = SimulatedExtras.options(ofExtras)
  const source = world.addMailbox('source', { ...drawSourceOptions(random), ...beside.source, ...wishes.sourceOptions })
  const target = world.addMailbox('target', {
    ...drawTargetOptions(random),
    ...beside.target,
    ...(travelsWhole(wishes) && keepingAll),
    ...wishes.targetOptions,
  })
  const mail = new MailWriter(random.fork())
  const bad = { refused: new Set<string>(), poisonous: new Set<string>() }
  const paths = drawFolders(random, source)
  fill(random, source, paths, mail)
  if (random.chance(0.5)) copyBeforehand(random, source, target, mail, travelsWhole(wishes) ? copiedWhole : copiedBy)
  if (random.chance(0.15)) drawBad(random, source, bad)
  return {
    world,
    source,
    target,
    rules: { ...drawRules(random, wishes.policy), ...(travelsWhole(wishes) && { keywordMap: {}, itemSizeBytesMax: Number.MAX_SAFE_INTEGER }) },
    form: wishes.form ?? 'mail',
    verification: wishes.verification ?? random.pick(['counts', 'identity', 'identity', 'identity', 'content']),
    edits: wishes.edits ?? random.pick(['none', 'none', 'source', 'source', 'both']),
    passes: random.integer(1, 3),
    lanes: random.integer(1, 4),
    pace: random.pick([{}, {}, {}, { itemsPerSecond: 5 }, { bytesPerSecond: 500 }]),
    rates: { ...drawRates(random), ...wishes.rates },
    bad,
    mail,
    extras: new SimulatedExtras(ofExtras, source, target),
  }
}

function drawSourceOptions(random: Random): Partial<MemoryOptions> {
  return {
    history: random.pick(['changes', 'changes', 'remains', 'cursor', 'none']),
    pageItemsMax: random.pick([3, 10, 1000]),
    readAheadItemsMax: random.pick([0, 2, 16]),
    wholeBytesMax: random.pick([500, defaultMemoryOptions.wholeBytesMax]),
    chunkBytes: 200,
    sessionsMax: random.pick([1, 2, 4]),
    ...(random.chance(0.1) && { sessionsAllowed: 1 }),
  }
}

function drawTargetOptions(random: Random): Partial<MemoryOptions> {
  return {
    ...drawSourceOptions(random),
    preservesBytes: random.chance(0.6),
    storesKeywords: random.chance(0.8),
    tellsTargetIds: random.chance(0.7),
    canUpdateKeywords: random.chance(0.9),
    canMove: random.chance(0.7),
    canRemove: random.chance(0.85),
    writeUnit: random.pick(['item', 'group']),
    groupItemsMax: random.pick([2, 5, 50]),
    ...(random.chance(0.15) && { storedDate: forgettingOldDates }),
    ...(random.chance(0.2) && { keptKeywords: keepingFewOutsideInbox }),
  }
}

/** A server that makes something else of dates it does not like, as Dovecot 2.3.19 does of those before 1970. */
export function forgettingOldDates(receivedAt: ZonedTime): ZonedTime {
  return receivedAt.epochMs < Date.UTC(2010, 0, 1) ? { ...receivedAt, epochMs: Date.UTC(2038, 0, 19) } : receivedAt
}

/** A server whose folders differ in what they keep; none of the others takes a new keyword. */
function keepingFewOutsideInbox(path: readonly string[]): readonly string[] | undefined {
  return path.length === 1 && path[0] === 'INBOX' ? undefined : ['later', 'todo']
}

function drawRules(random: Random, policy: Policy | undefined): Rules {
  return {
    policy: policy ?? random.pick(['add', 'update', 'update', 'mirror']),
    includeFolders: [],
    excludeFolders: random.chance(0.1) ? ['Projects/**'] : [],
    usesDefaultExclusions: false,
    folderMap: [],
    targetPrefix: random.chance(0.1) ? ['Old mail'] : [],
    mapsRoles: random.chance(0.5),
    keywordMap: random.chance(0.2) ? { later: 'todo', $forwarded: null } : {},
    retriesFailed: random.chance(0.3),
    acceptsEmptied: false,
    ...(random.chance(0.1) && { receivedFromMs: Date.UTC(2008, 0, 1) }),
    ...(random.chance(0.1) && { itemSizeBytesMax: 1_000 }),
  }
}

function drawRates(random: Random): TroubleRates {
  const isRough = random.chance(0.5)
  return {
    transient: isRough ? random.pick([0.002, 0.02, 0.06]) : 0,
    throttled: isRough ? random.pick([0, 0.01]) : 0,
    item: isRough ? random.pick([0, 0, 0.01]) : 0,
    crash: random.chance(0.6) ? random.pick([0.002, 0.01, 0.03]) : 0,
    latencyMsMax: random.pick([0, 20, 800]),
  }
}

function drawFolders(random: Random, source: MemoryMailbox): readonly (readonly string[])[] {
  const paths: (readonly string[])[] = [['INBOX']]
  for (const name of random.some(folderNames, 0.4)) {
    paths.push([name])
    if (random.chance(0.3)) paths.push([name, random.pick(folderNames)])
  }
  for (const path of paths) {
    source.addFolder(path, {
      isSubscribed: random.chance(0.5),
      ...(path.join('/') === 'Sent' && { role: 'sent' as const }),
    })
  }
  return paths
}

function fill(random: Random, source: MemoryMailbox, paths: readonly (readonly string[])[], mail: MailWriter): void {
  const messages = random.integer(0, random.pick([6, 25, 40]))
  for (let number = 0; number < messages; number++) {
    const there = source.contents()
    const bytes = there.length > 0 && random.chance(0.2) ? random.pick(there).bytes : mail.write()
    source.add(random.pick(paths), { bytes, keywords: someKeywords(random), receivedAt: someDate(random) })
  }
}

/** What another tool has copied earlier, and mail of the target's own. */
function copyBeforehand(
  random: Random,
  source: MemoryMailbox,
  target: MemoryMailbox,
  mail: MailWriter,
  copy: typeof copiedBy,
): void {
  const keepsDate = copy === copiedWhole

  for (const { path, bytes, receivedAt, keywords } of random.some(source.contents(), random.pick([0.2, 0.6, 1]))) {
    for (let copies = random.chance(0.15) ? 2 : 1; copies > 0; copies--) {
      target.add(path, {
        bytes: copy(random, bytes),
        receivedAt: random.chance(0.7) || keepsDate ? receivedAt : someDate(random),
        keywords: random.chance(0.7) ? keywords : someKeywords(random),
      })
    }
  }
  for (let own = random.integer(0, 4); own > 0; own--) {
    target.add(random.pick([['INBOX'], ['Archive'], ['Own']]), { bytes: mail.write(), receivedAt: someDate(random) })
  }
}

function drawBad(random: Random, source: MemoryMailbox, bad: { refused: Set<string>; poisonous: Set<string> }): void {
  const there = source.contents()
  if (there.length === 0) return
  bad.refused.add(heart(random.pick(there).bytes))
  if (random.chance(0.4)) bad.poisonous.add(heart(random.pick(there).bytes))
}

/** What the scenario's people did, as far as the invariants have to know. */
export interface Meddling {
  /** Hearts of messages ever put into the source, each time one was. */
  readonly arrived: string[]
  /** Hearts of copies that somebody removed from the target. */
  readonly removedAtTarget: string[]
  /** Hearts that the target's user put there, or elsewhere. */
  readonly addedAtTarget: string[]
  /**
   * Hearts of messages moved at the source between a pass that was killed and its resumption. If the kill came between
   * the effect and its answer, nobody can tell any more whose copy stands in the old place, so that one may stay there.
   */
  readonly movedUnfinished: string[]
  /** Whether the last pass was brought to its end. */
  isFinished: boolean
  /** Whether any pass was. */
  hasFinished: boolean
  hasEdits: boolean
  hasMoved: boolean
  hasMovedAtTarget: boolean
  hasRenumbered: boolean
  hasChangedAtTarget: boolean
}

/** Changes both mailboxes as their users would. */
export function meddle(random: Random, scenario: Scenario, meddling: Meddling): void {
  const { source, target, edits, mail } = scenario
  if (edits === 'none') return
  meddling.hasEdits = true
  scenario.extras.meddle({ source: true, target: edits === 'both' && meddling.hasFinished, isFinished: meddling.isFinished })
  for (let edit = random.integer(0, 8); edit > 0; edit--) meddleWithSource(random, source, mail, meddling)
  if (edits !== 'both') return
  for (let edit = random.integer(0, 5); edit > 0; edit--) meddleWithTarget(random, target, mail, meddling)
}

function meddleWithSource(random: Random, source: MemoryMailbox, mail: MailWriter, meddling: Meddling): void {
  const there = source.contents()
  const paths = [...source.folders.values()].map((folder) => folder.path)
  const kind = random.next()
  if (there.length === 0 || kind < 0.35) {
    const bytes = there.length > 0 && random.chance(0.25) ? random.pick(there).bytes : mail.write()
    meddling.arrived.push(heart(bytes))
    const path = random.chance(0.1) ? ['New', random.pick(folderNames)] : random.pick(paths)
    source.add(path, { bytes, keywords: someKeywords(random), receivedAt: someDate(random) })
  } else if (kind < 0.5) {
    source.remove(random.pick(there).id)
  } else if (kind < 0.75) {
    source.setKeywords(random.pick(there).id, someKeywords(random))
  } else if (kind < 0.9) {
    const one = random.pick(there)
    source.move(one.id, random.pick(paths))
    meddling.hasMoved = true
    if (!meddling.isFinished) meddling.movedUnfinished.push(heart(one.bytes))
  } else if (kind < 0.96) {
    source.renumber(random.pick(paths))
    meddling.hasRenumbered = true
  } else {
    source.forgetHistory()
  }
}

function meddleWithTarget(random: Random, target: MemoryMailbox, mail: MailWriter, meddling: Meddling): void {
  const there = target.contents()
  const paths = [...target.folders.values()].map((folder) => folder.path)
  const kind = random.next()
  meddling.hasChangedAtTarget = true
  if (there.length === 0 || kind < 0.3) {
    const bytes = mail.write()
    meddling.addedAtTarget.push(heart(bytes))
    target.add(random.pick(paths), { bytes, receivedAt: someDate(random) })
  } else if (kind < 0.5) {
    const one = random.pick(there)
    meddling.removedAtTarget.push(heart(one.bytes))
    target.remove(one.id)
  } else if (kind < 0.8) {
    target.setKeywords(random.pick(there).id, someKeywords(random))
  } else {
    const one = random.pick(there)
    target.move(one.id, random.pick(paths))
    meddling.hasMovedAtTarget = true
    // As good as removed in one place and put into another by its user: it may be written or taken for another's copy.
    meddling.addedAtTarget.push(heart(one.bytes))
    meddling.removedAtTarget.push(heart(one.bytes))
  }
}
