import { MigrationError } from '../../../core/errors.ts'
import type { Handwork, Json } from '../../../core/model/extra.ts'
import type { FolderId } from '../../../core/model/ids.ts'
import type { ExtraStanding, FindPlace, FoundExtra, ListedExtra } from '../../../core/ports/connector.ts'
import { graphValues } from '../../kit/microsoft/graph-pages.ts'
import type { ExchangeAdmin } from '../../kit/microsoft/exchange-admin.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonObjects, jsonText } from '../../kit/microsoft/json-values.ts'
import { type ExtraFamily, type ExtrasAccess, unlessRefused, userPath } from './extras-access.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'
import { commandFolder, namedFolders, namesAt } from './folder-names.ts'
import { readGrants, rightText } from './folder-rights.ts'
import { RecipientNames } from './recipient-names.ts'

/** Who may do what with a calendar. */
interface Sharing {
  readonly mailbox: string
  readonly calendarId: string
  readonly calendar: string
  readonly isDefault: boolean
  /** Empty for the whole organization. */
  readonly address: string
  readonly role: string
  readonly isInside: boolean
  /** In Exchange's words, where Graph has none and the app may ask for them. */
  readonly custom?: readonly string[]
}

const kind = 'sharing' as const
const permission = 'Calendars.Read'
/** What everybody in an organization has from the start. */
const everybodysRole = 'freeBusyRead'

/** What Exchange calls Graph's roles; with the flags that make a delegate of an editor (Add-MailboxFolderPermission). */
const rights: Readonly<Record<string, string>> = {
  freeBusyRead: 'AvailabilityOnly',
  limitedRead: 'LimitedDetails',
  read: 'Reviewer',
  write: 'Editor',
  delegateWithoutPrivateEventAccess: 'Editor -SharingPermissionFlags Delegate',
  delegateWithPrivateEventAccess: 'Editor -SharingPermissionFlags Delegate,CanViewPrivateItems',
}

/** Rights that commands give without anybody being told; a delegate would also be sent what comes in (exchange.md 3.8). */
const givenRoles: ReadonlySet<string> = new Set(['freeBusyRead', 'limitedRead', 'read', 'write'])

/**
 * With whom calendars are shared. Graph would tell those people by mail (exchange.md 3.6), Exchange's own command tells nobody:
 * where the app may run it, people of the organization get their rights back. The rest is work for a person, and
 * once the target says that it is done it is no longer listed as such.
 */
export const calendarSharing: ExtraFamily = {
  kinds: [kind],

  async list(access): Promise<readonly ListedExtra[]> {
    const found: ListedExtra[] = []
    for (const calendar of await readCalendars(access)) {
      for await (const json of sharingsOf(access, `/calendars/${encodeURIComponent(calendar.id)}`)) {
        const { address, role, isInside } = toSharing(json)
        if (role === 'none' || (address === '' && role === everybodysRole)) continue
        const custom = role in rights ? undefined : await readCustomRights(access, calendar.id as FolderId, address)
        const value: Sharing = { mailbox: access.user, calendarId: calendar.id, calendar: calendar.name, isDefault: calendar.isDefault, address, role, isInside, ...(custom && { custom }) }
        const id = `${calendar.id} ${jsonText(json, 'id')}`
        const name = `${calendar.name}: ${address === '' ? 'everybody' : address}`
        found.push({ type: 'extra', extra: { kind, id, name, value: value as unknown as Json } })
      }
    }
    return found
  },

  async find(access, asked, { placeOf, addressNow }): Promise<readonly ExtraStanding[]> {
    const calendars = new Map<string, Promise<SharedCalendar>>()
    const standings: ExtraStanding[] = []
    for (const extra of asked) {
      const { address, ...sharing } = extra.value as unknown as Sharing
      const place = placeOf(sharing.calendarId as FolderId)
      const path = calendarPath(sharing, place)
      if (path === undefined) {
        standings.push({ type: 'handwork', handwork: { sentence: `The calendar "${sharing.calendar}" did not travel, and so nobody can share it.`, commands: [] } })
        continue
      }
      const looking = calendars.get(path) ?? lookAt(access, path, place === undefined ? [sharing.calendar] : namesAt(place, access.folders?.()))
      calendars.set(path, looking)
      standings.push(await standingOf(access, { ...sharing, address: addressNow(address) }, await looking))
    }
    return standings
  },

  async write(access, extra, { wanted, beside, found }): Promise<FoundExtra> {
    const { address, role } = wanted as unknown as Pick<Sharing, 'address' | 'role'>
    const { path, folder } = beside as unknown as { readonly path: string; readonly folder: string }
    await access.exchange?.run({
      name: found === undefined ? 'Add-MailboxFolderPermission' : 'Set-MailboxFolderPermission',
      parameters: { Identity: folder, User: address === '' ? 'Default' : address, AccessRights: [rights[role]] },
    })
    const now = (await readRoles(access, path)).get(address.toLowerCase())
    if (now !== undefined) return toFound(address, now)
    throw new MigrationError('transient', 'graph.sharing-not-seen', {
      message: `The calendar is not yet shown as shared, although Exchange has accepted it ("${extra.name.slice(0, 80)}").`,
      hint: 'The next pass looks again.',
    })
  },
}

/** A calendar of the target's, and who may do what with it. */
interface SharedCalendar {
  /** Below the user, as Graph has it. */
  readonly path: string
  /** As Exchange's own commands name it; undefined where none can. */
  readonly folder: string | undefined
  readonly roles: ReadonlyMap<string, string>
  /** Whether the app may run the commands for it. */
  readonly isGivable: boolean
}

async function lookAt(access: ExtrasAccess, path: string, names: readonly string[]): Promise<SharedCalendar> {
  const folder = commandFolder(access.user, names)
  const { exchange } = access
  const seen = exchange !== undefined && folder !== undefined ? await unlessRefused(() => exchange.run({ name: 'Get-MailboxFolderPermission', parameters: { Identity: folder } })) : undefined
  return { path, folder, roles: await readRoles(access, path), isGivable: Array.isArray(seen) }
}

async function standingOf(access: ExtrasAccess, sharing: Sharing, calendar: SharedCalendar): Promise<ExtraStanding> {
  const { address, role, isInside } = sharing
  const there = calendar.roles.get(address.toLowerCase())
  const isGivable = calendar.isGivable && givenRoles.has(role) && (address === '' || (isInside && (there !== undefined || (await isKnown(access, address)))))
  if (!isGivable) {
    const isDone = role in rights ? there === role : await hasRights(access, sharing, calendar.folder)
    return isDone ? { type: 'done' } : { type: 'handwork', handwork: byHand(sharing, calendar.folder, there !== undefined) }
  }
  const { path, folder } = calendar
  return { type: 'possible', wanted: valueOf(address, role), beside: { path, folder: folder ?? '' }, ...(there !== undefined && { found: toFound(address, there) }) }
}

/** Whether anybody in the target's organization has the address. */
async function isKnown({ graph }: ExtrasAccess, address: string): Promise<boolean> {
  const query = { $filter: `proxyAddresses/any(p:p eq 'smtp:${address.replaceAll("'", "''")}')`, $select: 'id' }
  const read = await unlessRefused(() => graph.call({ method: 'GET', path: '/users', query, permission: 'User.Read.All' }))
  return !(read instanceof MigrationError) && jsonObjects(read.json, 'value').length > 0
}

function toFound(address: string, role: string): FoundExtra {
  // Everybody has some right from the start.
  return { id: address === '' ? 'everybody' : address.toLowerCase(), value: valueOf(address, role), ...(address === '' && { isGiven: true }) }
}

function valueOf(address: string, role: string): Json {
  return { address: address.toLowerCase(), role }
}

function calendarPath({ isDefault }: Pick<Sharing, 'isDefault'>, place: ReturnType<FindPlace>): string | undefined {
  if (isDefault) return '/calendar'
  return place === undefined ? undefined : `/calendars/${encodeURIComponent(place.id)}`
}

function byHand({ mailbox, calendar, address, role, isInside, custom }: Sharing, place: string | undefined, isThere: boolean): Handwork {
  const sharedWith = `The calendar "${calendar}" is shared with ${address === '' ? 'everybody in the organization' : address}`
  if (address !== '' && !isInside) {
    return { sentence: `${sharedWith}, who is outside of the organization: only its owner can do that again, from Outlook, which writes to them.`, commands: [] }
  }
  const give = 'give the right to the address that this person has in the target\'s organization.'
  if (place === undefined) {
    return { sentence: `${sharedWith} (${custom?.join(', ') ?? role}): ${address === '' ? 'give that again.' : give} No command can name it because of a backslash in a name: do it in Outlook.`, commands: [] }
  }
  const right = rights[role] ?? custom?.map(rightText).join(',')
  const user = address === '' ? 'Default' : powershellText(address)
  const command = `${address === '' || isThere ? 'Set' : 'Add'}-MailboxFolderPermission -Identity ${powershellText(place)} -User ${user} -AccessRights`
  if (right === undefined) {
    return {
      sentence: `${sharedWith} in a way that Microsoft Graph does not tell.`,
      commands: [`Get-MailboxFolderPermission -Identity ${powershellText(`${mailbox}:\\${calendar}`)} # in the source's organization`, `${command} RIGHTS`],
    }
  }
  if (address === '') return { sentence: `Everybody in the organization may see more than when the calendar "${calendar}" is free.`, commands: [`${command} ${right}`] }
  return { sentence: `${sharedWith}${custom === undefined ? '' : ` (${custom.join(', ')})`}: ${give}`, commands: [`${command} ${right}`] }
}

/** What somebody may do in a calendar of the source's; undefined where the app may not ask, or nothing is said. */
async function readCustomRights(access: ExtrasAccess, calendar: FolderId, address: string): Promise<readonly string[] | undefined> {
  const tree = access.folders?.()
  const names = tree && namedFolders(tree).find(({ id }) => id === calendar)?.names
  const identity = names && commandFolder(access.user, names)
  if (access.exchange === undefined || identity === undefined) return undefined
  return readRightsOf(access.exchange, identity, address)
}

/** Whether somebody has by now what has no name in Graph; where nobody can say, not. */
async function hasRights({ exchange }: ExtrasAccess, { address, custom }: Pick<Sharing, 'address' | 'custom'>, folder: string | undefined): Promise<boolean> {
  if (exchange === undefined || folder === undefined || custom === undefined) return false
  return (await readRightsOf(exchange, folder, address))?.toSorted().join() === custom.toSorted().join()
}

async function readRightsOf(exchange: ExchangeAdmin, folder: string, address: string): Promise<readonly string[] | undefined> {
  const grants = await readGrants(exchange, folder, new RecipientNames(exchange))
  return grants?.find(({ person }) => (address === '' ? person === 'Default' : person.toLowerCase() === address.toLowerCase()))?.rights
}

interface Calendar {
  readonly id: string
  readonly name: string
  readonly isDefault: boolean
}

/** The mailbox's own; those that others share with it are listed as well. */
async function readCalendars(access: ExtrasAccess): Promise<readonly Calendar[]> {
  const listed: (Calendar & { readonly owner: string })[] = []
  for await (const json of graphValues(access.graph, { method: 'GET', path: userPath(access, '/calendars'), permission })) {
    const owner = json['owner']
    const address = typeof owner === 'object' && owner !== null ? jsonText(owner as JsonObject, 'address') : ''
    listed.push({ id: jsonText(json, 'id'), name: jsonText(json, 'name'), isDefault: json['isDefaultCalendar'] === true, owner: address })
  }
  const own = listed.find(({ isDefault }) => isDefault)?.owner
  return listed.filter(({ id, owner }) => id !== '' && owner === own)
}

/** Roles by address in small letters; of everybody under the empty one. */
async function readRoles(access: ExtrasAccess, calendar: string): Promise<ReadonlyMap<string, string>> {
  const roles = new Map<string, string>()
  for await (const json of sharingsOf(access, calendar)) {
    const { address, role } = toSharing(json)
    roles.set(address.toLowerCase(), role)
  }
  return roles
}

async function* sharingsOf(access: ExtrasAccess, calendar: string): AsyncIterable<JsonObject> {
  yield* graphValues(access.graph, { method: 'GET', path: userPath(access, `${calendar}/calendarPermissions`), expects: [404], permission })
}

function toSharing(json: JsonObject): Pick<Sharing, 'address' | 'role' | 'isInside'> {
  const person = json['emailAddress']
  const address = typeof person === 'object' && person !== null ? jsonText(person as JsonObject, 'address') : ''
  return { address, role: jsonText(json, 'role'), isInside: json['isInsideOrganization'] !== false }
}
