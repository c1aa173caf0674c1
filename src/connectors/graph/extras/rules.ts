import type { Handwork, Json } from '../../../core/model/extra.ts'
import type { FolderId } from '../../../core/model/ids.ts'
import type { AskedExtra, ExtraStanding, FindPlace, FoundExtra, ListedExtra } from '../../../core/ports/connector.ts'
import { graphValues } from '../../kit/microsoft/graph-pages.ts'
import { type ExtraFamily, type ExtrasAccess, type PossibleExtra, userPath } from './extras-access.ts'
import { addressesIn, comparablePart, folderActions, type MessageRule, type RulePart, sendingActions, toMessageRule } from './message-rule.ts'
import { OwnDomains } from './own-domains.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'
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

/**
 * Rules of the inbox (exchange.md 3.4), in their order, behind those that the target has of its own. Folders are those of the
 * target; people stay as they are. One that sends mail out of the target's organization is made, but off.
 */
export const rules: ExtraFamily = {
  kinds: [kind],

  async list(access): Promise<readonly ListedExtra[]> {
    const found = await readRules(access)
    return found.map((rule) => {
      const carried: CarriedRule = { mailbox: access.user, rule }
      return { type: 'extra', extra: { kind, id: rule.id, name: rule.name, value: carried as unknown as Json } }
    })
  },

  async find(access, asked, { placeOf }): Promise<readonly ExtraStanding[]> {
    const there = await readRules(access)
    const copies = takeCopies(asked, there)
    const own = there.filter((rule) => !copies.includes(rule))
    const before = Math.max(0, ...own.map(({ sequence }) => sequence))
    const domains = new OwnDomains(access)
    const standings: ExtraStanding[] = []
    for (const [at, extra] of asked.entries()) standings.push(await standingOf(extra, copies[at], { access, placeOf, domains, before }))
    return standings
  },

  async write(access, extra, { wanted, found, beside }: PossibleExtra): Promise<FoundExtra> {
    const { graph } = access
    const { name: displayName, isEnabled, actions } = wanted as unknown as WantedRule
    const { conditions, exceptions, ...rule } = carriedOf(extra).rule
    const body = {
      displayName,
      isEnabled,
      conditions: orNull(conditions),
      exceptions: orNull(exceptions),
      actions: { ...rule.actions, ...foldersIn(actions) },
    }
    const { json } =
      found === undefined
        ? await graph.call({ method: 'POST', path: userPath(access, path), body: { ...body, sequence: beside }, permission: writes })
        : await graph.call({ method: 'PATCH', path: rulePath(access, found.id), body, permission: writes })
    // As it is listed from now on: Exchange looks up the people that a rule names.
    const id = toMessageRule(json)?.id ?? found?.id ?? ''
    const written = toMessageRule((await graph.call({ method: 'GET', path: rulePath(access, id), permission: reads })).json)
    return written === undefined ? { id, value: wanted } : toFound(written)
  },
}

interface Looking {
  readonly access: ExtrasAccess
  readonly placeOf: FindPlace
  readonly domains: OwnDomains
  /** The last place in the target's order that is not for copies. */
  readonly before: number
}

async function standingOf(extra: AskedExtra, copy: MessageRule | undefined, { access, placeOf, domains, before }: Looking): Promise<ExtraStanding> {
  const { mailbox, rule } = carriedOf(extra)
  const folders = Object.entries(foldersIn(rule.actions)).map(([name, id]) => [name, placeOf(id as FolderId)?.id] as const)
  const obstacle = obstacleOf(rule) ?? (folders.some(([, id]) => id === undefined) ? 'it names a folder that did not travel' : undefined)
  if (obstacle !== undefined) {
    // Of this name: somebody made it anew.
    if (copy !== undefined) return { type: 'done' }
    return { type: 'handwork', handwork: byHand(rule, obstacle, mailbox, access.user) }
  }
  const sent = sendingActions.flatMap((name) => addressesIn({ list: rule.actions[name] ?? [] }))
  const outside = rule.isEnabled ? await domains.outside(sent) : []
  const wanted = comparableRule({
    ...rule,
    isEnabled: rule.isEnabled && outside.length === 0,
    actions: { ...rule.actions, ...(Object.fromEntries(folders) as RulePart) },
  })
  const isOff = outside.length > 0 && copy?.isEnabled !== true
  return {
    type: 'possible',
    wanted,
    beside: before + rule.sequence,
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

/** What is compared of a rule, in the target's terms. Its place in the order is not: other rules shift it. */
interface WantedRule {
  readonly name: string
  readonly isEnabled: boolean
  readonly actions: RulePart
}

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
