import { changing } from '../../graph-mailbox/changing.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { emailAddressType } from '../../graph-mailbox/outlook-types.ts'
import { oneOfNames } from '../../graph-json/event-enums.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { complex, flag, listOf, oneOf, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, pickSelected, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import {
  anonymousPermissionId,
  type FolderPermission,
  folderPermissions,
  organizationPermissionId,
  permissionIdOf,
  type PermissionRole,
  putFolderPermission,
  removeFolderPermission,
} from '../../mailbox/folder-permissions.ts'
import { userContext } from './answer-event.ts'
import { readWhole, writeEvents } from './calendar-permissions.ts'
import { openCalendar, type OpenedCalendar } from './event-place.ts'
import { recordSent } from './record-sent.ts'

const roles = [
  'none',
  'freeBusyRead',
  'limitedRead',
  'read',
  'write',
  'delegateWithoutPrivateEventAccess',
  'delegateWithPrivateEventAccess',
  'custom',
] as const
const role = oneOf('calendarRoleType', roles)

/** An entry of a calendar's permissions as clients give it. */
export const calendarPermissionType = {
  name: 'microsoft.graph.calendarPermission',
  properties: {
    id: text,
    allowedRoles: listOf(role),
    emailAddress: complex(emailAddressType),
    isInsideOrganization: flag,
    isRemovable: flag,
    role,
  },
} as const satisfies Structure

const fieldNames: ReadonlySet<string> = new Set(Object.keys(calendarPermissionType.properties))

const organizationRoles = ['none', 'freeBusyRead', 'limitedRead', 'read', 'write'] as const
const insideRoles = [
  'freeBusyRead',
  'limitedRead',
  'read',
  'write',
  'delegateWithoutPrivateEventAccess',
  'delegateWithPrivateEventAccess',
] as const
/** Delegates have the default calendar only (Graph's page on calendarPermission). */
const otherCalendarRoles = ['freeBusyRead', 'limitedRead', 'read', 'write'] as const
const outsideRoles = ['freeBusyRead', 'limitedRead', 'read'] as const

/** Permissions of calendars (exchange.md 3.6): sharing is written down as sent, "POST sends a sharing mail (recalled)". */
export function sharingRoutes(place: string, stores: MailboxStores): readonly Route[] {
  const read = { area: 'mailbox', permissions: readWhole } as const
  const write = { area: 'mailbox', permissions: writeEvents } as const
  const path = `${place}/calendarPermissions`
  const one = `${path}/{permissionId}`
  return [
    { method: 'GET', path, ...read, handle: (request) => list(request, stores) },
    { method: 'POST', path, ...write, handle: (request) => create(request, stores) },
    { method: 'GET', path: one, ...read, handle: (request) => get(request, stores) },
    { method: 'PATCH', path: one, ...write, handle: (request) => update(request, stores) },
    { method: 'DELETE', path: one, ...write, handle: (request) => remove(request, stores) },
  ]
}

function list(request: GraphRequest, stores: MailboxStores): Response {
  const opened = openCalendar(request, stores)
  const { select } = parseItemQuery(request, { type: 'microsoft.graph.calendarPermission', options: ['$select'], properties: fieldNames })
  const value = permissionsOf(opened).map((entry) => pickSelected(permissionJson(opened, entry), select, ['id']))
  return jsonAnswer(200, toCollection(request, { context: contextOf(contextName(request), select), value }))
}

function get(request: GraphRequest, stores: MailboxStores): Response {
  const opened = openCalendar(request, stores)
  return answer(request, opened, permissionOf(request, opened), 200)
}

async function create(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const opened = openCalendar(request, stores)
  const { mailbox, calendar } = opened
  const body = await readJsonBody(request, calendarPermissionType, { required: ['emailAddress', 'role'] })
  const address = body.emailAddress?.address?.trim() ?? ''
  if (!/^[^\s@]+@[^\s@]+$/.test(address)) throw new GraphError(400, 'ErrorInvalidRecipients', "At least one recipient isn't valid.")
  const entry: FolderPermission = {
    id: permissionIdOf(address),
    name: body.emailAddress?.name ?? address,
    address,
    role: oneOfNames(body.role, roles) ?? 'none',
    isInsideOrganization: isInside(request, address),
  }
  requireRole(opened, entry)
  changing(request, () => {
    if (permissionsOf(opened).some(({ id }) => id === entry.id)) {
      throw new GraphError(409, 'ErrorPermissionEntryExists', 'The calendar is shared with this person already.')
    }
    putFolderPermission(mailbox, calendar.id, entry)
    recordSent(request, stores, mailbox, 'sharing', calendar.name, [address])
  })
  return answer(request, opened, entry, 201)
}

async function update(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const opened = openCalendar(request, stores)
  const before = permissionOf(request, opened)
  const body = await readJsonBody(request, calendarPermissionType, { required: ['role'] })
  const { rights: _rights, ...kept } = before
  const entry: FolderPermission = { ...kept, role: oneOfNames(body.role, roles) ?? before.role }
  requireRole(opened, entry)
  changing(request, () => putFolderPermission(opened.mailbox, opened.calendar.id, entry))
  return answer(request, opened, entry, 200)
}

function remove(request: GraphRequest, stores: MailboxStores): Response {
  const opened = openCalendar(request, stores)
  const { id } = permissionOf(request, opened)
  if (id === organizationPermissionId) throw new GraphError(400, 'ErrorInvalidRequest', 'The permission of the organization cannot be removed.')
  changing(request, () => removeFolderPermission(opened.mailbox, opened.calendar.id, id))
  return emptyAnswer()
}

/** Graph does not show what everybody may do. */
function permissionsOf({ mailbox, calendar }: OpenedCalendar): readonly FolderPermission[] {
  return folderPermissions(mailbox, calendar).filter(({ id }) => id !== anonymousPermissionId)
}

function permissionOf(request: GraphRequest, opened: OpenedCalendar): FolderPermission {
  const entry = permissionsOf(opened).find(({ id }) => id === request.params['permissionId'])
  if (entry === undefined) throw itemNotFound()
  return entry
}

function permissionJson(opened: OpenedCalendar, entry: FolderPermission): Record<string, unknown> {
  return {
    id: entry.id,
    isRemovable: entry.id !== organizationPermissionId,
    isInsideOrganization: entry.isInsideOrganization,
    role: entry.role,
    allowedRoles: allowedRoles(opened, entry),
    emailAddress: { name: entry.name, ...(entry.address === '' ? {} : { address: entry.address }) },
  }
}

function allowedRoles({ calendar }: OpenedCalendar, { id, isInsideOrganization }: FolderPermission): readonly PermissionRole[] {
  if (id === organizationPermissionId) return organizationRoles
  if (!isInsideOrganization) return outsideRoles
  return calendar.wellKnown === 'calendar' ? insideRoles : otherCalendarRoles
}

function requireRole(opened: OpenedCalendar, entry: FolderPermission): void {
  if (allowedRoles(opened, entry).includes(entry.role)) return
  throw new GraphError(400, 'ErrorInvalidRequest', `The role '${entry.role}' cannot be given to this recipient.`)
}

/** A tenant's own domains are inside. */
function isInside({ tenant }: GraphRequest, address: string): boolean {
  const domain = address.split('@')[1]?.toLowerCase() ?? ''
  return tenant.directory.domains.find(domain)?.isVerified === true
}

function answer(request: GraphRequest, opened: OpenedCalendar, entry: FolderPermission, status: number): Response {
  return jsonAnswer(status, toEntity(request, `${contextName(request)}/$entity`, permissionJson(opened, entry)))
}

function contextName(request: GraphRequest): string {
  const { calendarId } = request.params
  return `${userContext(request)}/${calendarId === undefined ? 'calendar' : `calendars('${encodeURIComponent(calendarId)}')`}/calendarPermissions`
}
