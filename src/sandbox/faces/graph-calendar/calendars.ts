import { readPropertyList, writePropertyList } from '../../../formats/fast-transfer/stored-form.ts'
import { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import { oneOfNames } from '../../graph-json/event-enums.ts'
import { extendedPropertiesJson, type ExtendedPropertiesInput, type ExtendedPropertySelection, setExtendedProperties } from '../../graph-json/extended-properties.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { expandedProperties, parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { emailAddressType, extendedProperties, extendedPropertyNames } from '../../graph-mailbox/outlook-types.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { type BodyOf, complex, flag, listOf, oneOf, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, linkTo, pickSelected, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import { matchesFilter } from '../../http/odata/matches-filter.ts'
import { sortBy } from '../../http/odata/sort-by.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toChangeKey, toFolderId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import { userContext } from './answer-event.ts'
import { allCalendars, defaultCalendar } from './calendar-folders.ts'
import { changeFacts, factsOf, groupOf, groupOfCalendar } from './calendar-groups.ts'
import { openCalendar, type OpenedCalendar, ownerOf } from './event-place.ts'
import { moveFolderAway } from './move-folder-away.ts'

const colors = ['auto', 'lightBlue', 'lightGreen', 'lightOrange', 'lightGray', 'lightYellow', 'lightTeal', 'lightPink', 'lightBrown', 'lightRed', 'maxColor'] as const
const providers = oneOf('onlineMeetingProviderType', ['unknown', 'skypeForBusiness', 'skypeForConsumer', 'teamsForBusiness'])

/** A calendar as clients give it; name and color are theirs to say. */
export const calendarType = {
  name: 'microsoft.graph.calendar',
  properties: {
    ...extendedProperties,
    id: text,
    allowedOnlineMeetingProviders: listOf(providers),
    canEdit: flag,
    canShare: flag,
    canViewPrivateItems: flag,
    changeKey: text,
    color: oneOf('calendarColor', colors),
    defaultOnlineMeetingProvider: providers,
    hexColor: text,
    isDefaultCalendar: flag,
    isRemovable: flag,
    isTallyingResponses: flag,
    name: text,
    owner: complex(emailAddressType),
  },
} as const satisfies Structure

const calendarFieldNames: ReadonlySet<string> = new Set(
  Object.keys(calendarType.properties).filter((name) => !name.endsWith('ExtendedProperties')),
)

/** `GET /calendars`, or those of a group. */
export function listCalendars(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const owner = ownerOf(request, mailbox)
  const { groupId } = request.params
  const group = groupId === undefined ? undefined : groupOf(mailbox, groupId)
  const query = parseItemQuery(request, {
    type: 'microsoft.graph.calendar',
    options: ['$select', '$expand', '$filter', '$orderby', '$top', '$skip', '$count'],
    properties: calendarFieldNames,
  })
  const { filter } = query
  const expanded = expandedProperties(query.expand)
  const calendars = allCalendars(mailbox)
    .filter(({ id }) => group === undefined || groupOfCalendar(mailbox, id).id === group.id)
    .map((calendar) => calendarJson({ mailbox, calendar, owner }, expanded))
    .filter((json) => filter === undefined || matchesFilter(filter, json))
  const skip = query.skip ?? 0
  const end = query.top === undefined ? calendars.length : skip + query.top
  const page = sortBy(calendars, query.orderBy).slice(skip, end)
  const context = contextOf(`${groupContext(request)}/calendars`, query.select)
  const nextLink = end < calendars.length ? linkTo(request, { $skip: String(end) }) : undefined
  const value = page.map((json) => pickSelected(json, query.select, ['id', ...extendedPropertyNames]))
  return jsonAnswer(200, toCollection(request, { context, count: query.count ? calendars.length : undefined, nextLink, value }))
}

/** `GET /calendar` and `GET /calendars/{id}`. */
export function getCalendar(request: GraphRequest, stores: MailboxStores): Response {
  const opened = openCalendar(request, stores)
  const { select, expand } = parseItemQuery(request, {
    type: 'microsoft.graph.calendar',
    options: ['$select', '$expand'],
    properties: calendarFieldNames,
  })
  const json = pickSelected(calendarJson(opened, expandedProperties(expand)), select, ['id', ...extendedPropertyNames])
  return jsonAnswer(200, toEntity(request, contextOf(`${groupContext(request)}/calendars`, select, '/$entity'), json))
}

/** `POST /calendars`, also in a group: 201. A name is there once, as folders have it. */
export async function createCalendar(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const { groupId } = request.params
  const group = groupId === undefined ? undefined : groupOf(mailbox, groupId)
  const body = await readJsonBody(request, calendarType, { required: ['name'] })
  const calendar = changing(request, () => {
    const folder = mailbox.folders.create(defaultCalendar(mailbox).id, { name: body.name ?? '', folderClass: 'IPF.Appointment' })
    setFolderProperties(mailbox, folder.id, body)
    changeFacts(mailbox, folder.id, { ...colorsOf(body), ...(group === undefined ? {} : { groupId: group.id }) })
    return folder
  })
  return answer(request, { mailbox, calendar, owner: ownerOf(request, mailbox) }, 201)
}

/** `PATCH /calendar` and `PATCH /calendars/{id}`: name and color. The default calendar's folder keeps its own name. */
export async function updateCalendar(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const opened = openCalendar(request, stores)
  const { mailbox, calendar } = opened
  const body = await readJsonBody(request, calendarType)
  const { name } = body
  changing(request, () => {
    if (typeof name === 'string' && name.trim() === '') throw new GraphError(400, 'ErrorInvalidFolderName', 'The calendar name is empty.')
    const isDefault = calendar.wellKnown !== undefined
    if (typeof name === 'string' && !isDefault) mailbox.folders.rename(calendar.id, name)
    setFolderProperties(mailbox, calendar.id, body)
    changeFacts(mailbox, calendar.id, { ...colorsOf(body), ...(typeof name === 'string' && isDefault ? { name } : {}) })
  })
  return answer(request, { ...opened, calendar: mailbox.folders.get(calendar.id) }, 200)
}

/** `DELETE /calendars/{id}`: 204, it goes to the deleted items. Throws 400 for the default one (Graph's page on calendar). */
export function deleteCalendar(request: GraphRequest, stores: MailboxStores): Response {
  const { mailbox, calendar } = openCalendar(request, stores)
  if (calendar.wellKnown !== undefined) {
    throw new GraphError(400, 'ErrorDeleteDistinguishedFolder', 'Distinguished folders cannot be deleted.')
  }
  changing(request, () => moveFolderAway(mailbox, calendar))
  return emptyAnswer()
}

/** Graph's `calendar`. */
function calendarJson({ mailbox, calendar, owner }: OpenedCalendar, expanded?: ExtendedPropertySelection): Record<string, unknown> {
  const { name, color, hexColor, revision } = factsOf(mailbox, calendar.id)
  return {
    id: toFolderId(mailbox.row.guid, calendar.id),
    name: name ?? calendar.name,
    color,
    hexColor,
    isDefaultCalendar: calendar.wellKnown === 'calendar',
    changeKey: toChangeKey(mailbox.row.guid, calendar.change + revision),
    canShare: true,
    canViewPrivateItems: true,
    canEdit: true,
    allowedOnlineMeetingProviders: ['teamsForBusiness'],
    defaultOnlineMeetingProvider: 'teamsForBusiness',
    isTallyingResponses: true,
    isRemovable: calendar.wellKnown === undefined,
    owner: { name: owner.name, address: owner.address },
    ...(expanded === undefined ? {} : extendedPropertiesJson({ bag: folderProperties(mailbox, calendar.id) }, expanded)),
  }
}

function folderProperties(mailbox: Mailbox, folderId: number): PropertyBag {
  const stored = mailbox.folders.properties(folderId)
  return stored === undefined ? new PropertyBag() : readPropertyList(stored)
}

/** Extended properties of a calendar are its folder's. */
function setFolderProperties(mailbox: Mailbox, folderId: number, input: ExtendedPropertiesInput): void {
  if (input.singleValueExtendedProperties === undefined && input.multiValueExtendedProperties === undefined) return
  const bag = folderProperties(mailbox, folderId)
  setExtendedProperties(bag, input)
  mailbox.folders.setProperties(folderId, writePropertyList(bag))
}

function answer(request: GraphRequest, opened: OpenedCalendar, status: number): Response {
  const json = calendarJson(opened)
  const location = `${request.endpoints.graph}/${request.version}/${userContext(request)}/calendars('${encodeURIComponent(String(json['id']))}')`
  return jsonAnswer(status, toEntity(request, `${groupContext(request)}/calendars/$entity`, json), status === 201 ? { Location: location } : {})
}

function groupContext(request: GraphRequest): string {
  const { groupId } = request.params
  return `${userContext(request)}${groupId === undefined ? '' : `/calendarGroups('${encodeURIComponent(groupId)}')`}`
}

function colorsOf({ color, hexColor }: BodyOf<typeof calendarType>): { color?: string; hexColor?: string } {
  const named = oneOfNames(color, colors)
  if (typeof hexColor === 'string' && !/^(?:#?[0-9a-f]{6})?$/i.test(hexColor)) {
    throw new GraphError(400, 'ErrorInvalidArgument', `The color '${hexColor}' is no hexadecimal color code.`)
  }
  return { ...(named === undefined ? {} : { color: named }), ...(typeof hexColor === 'string' ? { hexColor } : {}) }
}
