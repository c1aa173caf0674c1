import type { Handwork, Json } from '../../../core/model/extra.ts'
import type { FolderId } from '../../../core/model/ids.ts'
import type { ExtraStanding, FindPlace, ListedExtra } from '../../../core/ports/connector.ts'
import { graphValues } from '../../kit/microsoft/graph-pages.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonText } from '../json-values.ts'
import { type ExtraFamily, type ExtrasAccess, userPath } from './extras-access.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'

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

/**
 * With whom calendars are shared. Graph would tell those people by mail (exchange.md 3.6), so it is work for a person, by
 * commands that tell nobody; once the target says that it is done, it is no longer listed as such.
 */
export const calendarSharing: ExtraFamily = {
  kinds: [kind],

  async list(access): Promise<readonly ListedExtra[]> {
    const found: ListedExtra[] = []
    for (const calendar of await readCalendars(access)) {
      for await (const json of sharingsOf(access, `/calendars/${encodeURIComponent(calendar.id)}`)) {
        const { address, role, isInside } = toSharing(json)
        if (role === 'none' || (address === '' && role === everybodysRole)) continue
        const value: Sharing = { mailbox: access.user, calendarId: calendar.id, calendar: calendar.name, isDefault: calendar.isDefault, address, role, isInside }
        const id = `${calendar.id} ${jsonText(json, 'id')}`
        const name = `${calendar.name}: ${address === '' ? 'everybody' : address}`
        found.push({ type: 'extra', extra: { kind, id, name, value: value as unknown as Json } })
      }
    }
    return found
  },

  async find(access, asked, placeOf): Promise<readonly ExtraStanding[]> {
    const there = new Map<string, ReadonlyMap<string, string>>()
    const standings: ExtraStanding[] = []
    for (const extra of asked) {
      const sharing = extra.value as unknown as Sharing
      const place = placeOf(sharing.calendarId as FolderId)
      const calendar = calendarPath(sharing, place)
      if (calendar === undefined) {
        standings.push({ type: 'handwork', handwork: { sentence: `The calendar "${sharing.calendar}" did not travel, and so nobody can share it.`, commands: [] } })
        continue
      }
      const roles = there.get(calendar) ?? (await readRoles(access, calendar))
      there.set(calendar, roles)
      const isDone = roles.get(sharing.address.toLowerCase()) === sharing.role
      standings.push(isDone ? { type: 'done' } : { type: 'handwork', handwork: byHand(sharing, access.user, place?.path) })
    }
    return standings
  },
}

function calendarPath({ isDefault }: Sharing, place: ReturnType<FindPlace>): string | undefined {
  if (isDefault) return '/calendar'
  return place === undefined ? undefined : `/calendars/${encodeURIComponent(place.id)}`
}

function byHand({ mailbox, calendar, address, role, isInside }: Sharing, user: string, path: readonly string[] = [calendar]): Handwork {
  const folder = powershellText(`${user}:\\${path.join('\\')}`)
  const right = rights[role]
  if (address !== '' && !isInside) {
    return {
      sentence: `The calendar "${calendar}" is shared with ${address}, who is outside of the organization: only its owner can do that again, from Outlook, which writes to them.`,
      commands: [],
    }
  }
  if (right === undefined) {
    return {
      sentence: `The calendar "${calendar}" is shared with ${address === '' ? 'everybody' : address} in a way that Microsoft Graph does not tell.`,
      commands: [
        `Get-MailboxFolderPermission -Identity ${powershellText(`${mailbox}:\\${calendar}`)} # in the source's organization`,
        `Add-MailboxFolderPermission -Identity ${folder} -User ${powershellText(address)} -AccessRights RIGHTS`,
      ],
    }
  }
  if (address === '') {
    return {
      sentence: `Everybody in the organization may see more than when the calendar "${calendar}" is free.`,
      commands: [`Set-MailboxFolderPermission -Identity ${folder} -User Default -AccessRights ${right}`],
    }
  }
  return {
    sentence: `The calendar "${calendar}" is shared with ${address}: give the right to the address that this person has in the target's organization.`,
    commands: [`Add-MailboxFolderPermission -Identity ${folder} -User ${powershellText(address)} -AccessRights ${right}`],
  }
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
