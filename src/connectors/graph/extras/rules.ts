import { MigrationError } from '../../../core/errors.ts'
import type { Handwork, Json } from '../../../core/model/extra.ts'
import type { FolderId } from '../../../core/model/ids.ts'
import type { AskedExtra, ExtraStanding, FoundExtra, ListedExtra, Successors } from '../../../core/ports/connector.ts'
import { graphValues } from '../../kit/microsoft/graph-pages.ts'
import { type ExtraFamily, type ExtrasAccess, type PossibleExtra, userPath } from './extras-access.ts'
import { addressesIn, comparablePart, folderActions, mapPeople, type MessageRule, type RulePart, sendingActions, toMessageRule } from './message-rule.ts'
import { OwnDomains } from './own-domains.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'
import { nextMove, reorder } from './rule-order.ts'
import { takeCopies } from './take-copies.ts'

const kind = 'rule' as const
const path = '/mailFolders/inbox/messageRules'
const reads = 'MailboxSettings.Read'
const writes = 'MailboxSettings.ReadWrite'

/** What a rule brings along: itself, and whose it is. */
interface CarriedRule {
  readonly mailbox: string
  readonly rule: MessageRule
}

/** Stands for the order of all rules, beside them. */
const orderId = 'order'

/**
 * Rules of the inbox (exchange.md 3.4). Folders are those of the target, and so are the people whom mail is sent on to; what
 * asks whom it is from asks for their former addresses too. One that sends mail out of the target's organization is made, but off.
 *
 * Their order is an extra of its own, by what copies follow one another: rules that the target's user made are never given
 * another place, wherever they stand. A copy that is new goes in front of the copy that follows it at the source, or where
 * none does behind everything. When the source's order changed, the copies follow, unless the target's user gave them another
 * order since: then that one stays until both are the same again.
 */
export const rules: ExtraFamily = {
  kinds: [kind],

  async list(access): Promise<readonly ListedExtra[]> {
    const found = await readRules(access)
    const listed = found.map((rule): ListedExtra => {
      const carried: CarriedRule = { mailbox: access.user, rule }
      return { type: 'extra', extra: { kind, id: rule.id, name: rule.name, value: carried as unknown as Json } }
    })
    if (found.length < 2) return listed
    return [{ type: 'extra', extra: { kind, id: orderId, name: 'order of the rules', value: found.map(({ id }) => id) } }, ...listed]
  },

  async find(access, asked, successors): Promise<readonly ExtraStanding[]> {
    const there = await readRules(access)
    const those = asked.filter(({ id }) => id !== orderId)
    const copies = takeCopies(those, there)
    const domains = new OwnDomains(access)
    const standings = new Map<AskedExtra, ExtraStanding>()
    for (const [at, extra] of those.entries()) {
      const follower = copies.slice(at + 1).find((copy) => copy !== undefined)
      standings.set(extra, await standingOf(extra, copies[at], { access, successors, domains, follower }))
    }
    return asked.map((extra) => standings.get(extra) ?? orderStanding(extra, those, there))
  },

  async write(access, extra, { wanted, found, beside }: PossibleExtra): Promise<FoundExtra> {
    const { graph } = access
    if (extra.id === orderId) return writeOrder(access, wanted as readonly string[], beside as readonly string[])
    const { name: displayName, isEnabled } = wanted as unknown as Pick<MessageRule, 'name' | 'isEnabled'>
    const { follower, conditions, exceptions, actions } = beside as unknown as NewRule
    const body = { displayName, isEnabled, conditions: orNull(conditions), exceptions: orNull(exceptions), actions }
    const { json } =
      found === undefined
        ? await graph.call({ method: 'POST', path: userPath(access, path), body: { ...body, sequence: await placeBefore(access, follower) }, permission: writes })
        : await graph.call({ method: 'PATCH', path: rulePath(access, found.id), body, permission: writes })
    // As it is listed from now on: Exchange looks up the people that a rule names.
    const id = toMessageRule(json)?.id ?? found?.id ?? ''
    const written = toMessageRule((await graph.call({ method: 'GET', path: rulePath(access, id), permission: reads })).json)
    return written === undefined ? { id, value: wanted } : toFound(written)
  },
}

/** The place of the rule with this id, which then goes behind; where there is none by now, behind everything. */
async function placeBefore(access: ExtrasAccess, follower: string | null): Promise<number> {
  const there = await readRules(access)
  return there.find(({ id }) => id === follower)?.sequence ?? (there.at(-1)?.sequence ?? 0) + 1
}

/** What an earlier pass left stands in `targetId`: the source's ids in the order in which their copies were put or found last. */
function orderStanding({ value, targetId }: AskedExtra, asked: readonly AskedExtra[], there: readonly MessageRule[]): ExtraStanding {
  const base = targetId === undefined ? [] : (JSON.parse(targetId) as readonly string[])
  const places = new Map(there.map(({ id }, place) => [id, place]))
  // Only what an earlier pass knows as a copy: of the same name, a rule may be the user's own.
  const copies = asked.filter((one) => one.targetId !== undefined && places.has(one.targetId))
  const placeOf = (one: AskedExtra) => places.get(one.targetId!)!
  const source = value as readonly string[]
  const bySource = copies.toSorted((a, b) => source.indexOf(a.id) - source.indexOf(b.id))
  const wanted = reorder(base, bySource.map(({ id }) => id))
  const found = reorder(base, copies.toSorted((a, b) => placeOf(a) - placeOf(b)).map(({ id }) => id))
  const isAsWanted = JSON.stringify(wanted) === JSON.stringify(found)
  return {
    type: 'possible',
    arranges: true,
    wanted,
    beside: bySource.map(({ targetId: id }) => id!),
    found: { id: JSON.stringify(isAsWanted ? wanted : base), value: found },
  }
}

/** Puts copies in their order, one step after the other, looking at all of them each time: others move along. */
async function writeOrder(access: ExtrasAccess, wanted: readonly string[], copies: readonly string[]): Promise<FoundExtra> {
  for (let step = 0; step <= copies.length * 2; step++) {
    const move = nextMove(await readRules(access), copies, step === 0)
    if (move === undefined) return { id: JSON.stringify(wanted), value: wanted }
    const { id, sequence } = move
    await access.graph.call({ method: 'PATCH', path: rulePath(access, id), body: { sequence }, permission: writes })
  }
  throw new MigrationError('item', 'graph.rule-order', {
    message: 'Exchange does not put the inbox rules in the order that it is asked for.',
    hint: "Compare the order of the rules in Outlook with the source's, and change it there.",
  })
}

interface Looking {
  readonly access: ExtrasAccess
  readonly successors: Successors
  readonly domains: OwnDomains
  /** The nearest copy of those that come later at the source. */
  readonly follower: MessageRule | undefined
}

async function standingOf(extra: AskedExtra, copy: MessageRule | undefined, { access, successors, domains, follower }: Looking): Promise<ExtraStanding> {
  const { mailbox, rule } = carriedOf(extra)
  const { placeOf, addressNow } = successors
  const folders = Object.entries(foldersIn(rule.actions)).map(([name, id]) => [name, placeOf(id as FolderId)?.id] as const)
  const obstacle = obstacleOf(rule) ?? (folders.some(([, id]) => id === undefined) ? 'it names a folder that did not travel' : undefined)
  if (obstacle !== undefined) {
    // Of this name: somebody made it anew.
    if (copy !== undefined) return { type: 'done' }
    return { type: 'handwork', handwork: byHand(rule, obstacle, mailbox, access.user) }
  }
  const parts = {
    conditions: mapPeople(rule.conditions, addressNow, true),
    exceptions: mapPeople(rule.exceptions, addressNow, true),
    actions: { ...mapPeople(rule.actions, addressNow, false), ...(Object.fromEntries(folders) as RulePart) },
  }
  const sent = sendingActions.flatMap((name) => addressesIn({ list: parts.actions[name] ?? [] }))
  const outside = rule.isEnabled ? await domains.outside(sent) : []
  const wanted = comparableRule({ ...rule, ...parts, isEnabled: rule.isEnabled && outside.length === 0 })
  const beside: NewRule = { ...parts, follower: follower?.id ?? null }
  const isOff = outside.length > 0 && copy?.isEnabled !== true
  return {
    type: 'possible',
    wanted,
    beside: beside as unknown as Json,
    ...(copy && { found: toFound(copy) }),
    ...(isOff && { handwork: turnedOff(rule, outside, access.user) }),
  }
}

/** Why a rule cannot be made by Graph. */
function obstacleOf({ isReadOnly, hasError, unknown, ...rule }: MessageRule): string | undefined {
  if (isReadOnly) return 'it is one of a mail program, which Microsoft Graph shows but cannot make'
  if (hasError) return 'it has an error in the source, where it does not work either'
  if (unknown.length > 0) return `it has parts that this program does not know (${unknown.join(', ')})`
  if (Object.keys(rule.actions).length === 0) return 'what it does cannot be said by Microsoft Graph'
  const people = [rule.conditions, rule.actions, rule.exceptions].flatMap(addressesIn)
  if (people.some((address) => !address.includes('@'))) return 'it names a person by an internal address, which means nothing in another organization'
  return undefined
}

function byHand({ name }: MessageRule, obstacle: string, source: string, target: string): Handwork {
  return {
    sentence: `The rule "${name}" has to be made by hand: ${obstacle}.`,
    commands: [
      `Get-InboxRule -Mailbox ${powershellText(source)} -Identity ${powershellText(name)} | Format-List # in the source's organization`,
      `New-InboxRule -Mailbox ${powershellText(target)} -Name ${powershellText(name)} # and what the first command shows`,
    ],
  }
}

function turnedOff({ name }: MessageRule, outside: readonly string[], target: string): Handwork {
  return {
    sentence: `The rule "${name}" sends mail out of the target's organization, to ${outside.join(', ')}: it was made, but is off. Correct the addresses where needed, then turn it on; the organization's outbound spam policy has to allow it.`,
    commands: [`Enable-InboxRule -Mailbox ${powershellText(target)} -Identity ${powershellText(name)}`],
  }
}

/** What a rule is made of, in the target's terms, and what it goes in front of. */
interface NewRule extends Pick<MessageRule, 'conditions' | 'exceptions' | 'actions'> {
  readonly follower: string | null
}

/** What is compared of a rule, in the target's terms. Its place in the order is not: other rules shift it. */
function comparableRule({ name, isEnabled, conditions, actions, exceptions }: MessageRule): Json {
  return {
    name,
    isEnabled,
    conditions: comparablePart(conditions),
    actions: comparablePart(actions),
    exceptions: comparablePart(exceptions),
  }
}

function toFound(rule: MessageRule): FoundExtra {
  return { id: rule.id, value: comparableRule(rule) }
}

function foldersIn(actions: RulePart): Readonly<Record<string, string>> {
  return Object.fromEntries(
    folderActions.flatMap((name) => {
      const id = actions[name]
      return typeof id === 'string' ? [[name, id]] : []
    }),
  )
}

function carriedOf({ value }: AskedExtra): CarriedRule {
  return value as unknown as CarriedRule
}

/** A part that says nothing is taken away where there was one. */
function orNull(part: RulePart): RulePart | null {
  return Object.keys(part).length === 0 ? null : part
}

function rulePath(access: ExtrasAccess, id: string): string {
  return userPath(access, `${path}/${encodeURIComponent(id)}`)
}

async function readRules(access: ExtrasAccess): Promise<readonly MessageRule[]> {
  const found: MessageRule[] = []
  for await (const json of graphValues(access.graph, { method: 'GET', path: userPath(access, path), permission: reads })) {
    const rule = toMessageRule(json)
    if (rule !== undefined) found.push(rule)
  }
  return found.toSorted((a, b) => a.sequence - b.sequence)
}
