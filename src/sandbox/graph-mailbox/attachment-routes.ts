import { attachmentFieldNames, attachmentJson } from '../graph-json/attachment-json.ts'
import type { ItemSource } from '../graph-json/message-json.ts'
import type { RoutePermissions } from '../http/authorize.ts'
import { GraphError } from '../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../http/json-answer.ts'
import { type Structure, complex, flag, int64, oneOf, text } from '../http/json/kinds.ts'
import { readJsonBody } from '../http/json/read-json-body.ts'
import { contextOf, linkTo, toCollection, toEntity } from '../http/odata/answer-collection.ts'
import { matchesFilter } from '../http/odata/matches-filter.ts'
import { sortBy } from '../http/odata/sort-by.ts'
import type { GraphRequest, Route } from '../http/route.ts'
import { toAttachmentId } from '../mailbox/ids.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { ItemRow } from '../mailbox/rows.ts'
import { attachmentOf, type EmbeddedMaker } from './attachment-input.ts'
import { attachmentSessionsOf } from './attachment-sessions.ts'
import {
  attachmentFile,
  attachmentNumber,
  attachmentSources,
  type EmbeddedJson,
  expandedAttachmentJson,
} from './attachment-source.ts'
import { attachmentType } from './attachment-type.ts'
import { changing } from './changing.ts'
import { parseItemQuery } from './item-query.ts'
import { itemSources } from './item-source.ts'
import { type MailboxStores, openMailbox } from './open-mailbox.ts'
import { inGraphWords } from './store-errors.ts'

/** Where a face has attachments. */
export interface AttachmentPlace {
  /** Below the version, with the item: `/users/{id}/messages/{messageId}`. */
  readonly path: string
  /** The item's place in a context URL: `users('a')/messages('b')`. */
  readonly contextOf: (request: GraphRequest) => string
  /** The segment of upload URLs: `Messages`, `Events`. */
  readonly uploadSegment: string
  readonly findItem: (request: GraphRequest, mailbox: Mailbox) => ItemRow
  readonly read: RoutePermissions
  readonly write: RoutePermissions
  /** For opening an upload session; those of `write` where absent. */
  readonly upload?: RoutePermissions
  /** For items of other classes inside attachments; messages need none. */
  readonly embeddedJson?: EmbeddedJson
  readonly makeEmbedded?: EmbeddedMaker
  /** MIME of an item inside an attachment, for `$value`. */
  readonly embeddedMime?: (mailbox: Mailbox, item: ItemRow, number: number) => Uint8Array
}

const attachmentItemType = {
  name: 'microsoft.graph.attachmentItem',
  properties: {
    attachmentType: oneOf('attachmentType', ['file', 'item', 'reference']),
    name: text,
    size: int64,
    contentType: text,
    isInline: flag,
    contentId: text,
  },
} as const satisfies Structure

const uploadParameters = {
  name: 'microsoft.graph.createUploadSession',
  properties: { AttachmentItem: complex(attachmentItemType) },
} as const satisfies Structure

/** exchange.md 3.2: sessions are for files of 3 to 150 MB. */
const uploadBytesMin = 3 * 1024 * 1024
const uploadBytesMax = 150 * 1024 * 1024

/** The routes of an item's attachments: list, get, `$value`, create, delete, upload session. */
export function attachmentRoutes(stores: MailboxStores, place: AttachmentPlace): readonly Route[] {
  const open = (request: GraphRequest) => {
    const mailbox = openMailbox(request, stores)
    return { mailbox, item: place.findItem(request, mailbox) }
  }
  const read = { area: 'mailbox', permissions: place.read } as const
  const write = { area: 'mailbox', permissions: place.write } as const
  const path = `${place.path}/attachments`
  return [
    { method: 'GET', path, ...read, handle: (request) => list(request, open(request), place) },
    { method: 'POST', path, ...write, handle: (request) => create(request, open(request), place) },
    { method: 'GET', path: `${path}/{attachmentId}`, ...read, handle: (request) => get(request, open(request), place) },
    {
      method: 'GET',
      path: `${path}/{attachmentId}/$value`,
      ...read,
      handle: (request) => getFile(request, open(request), place),
    },
    { method: 'DELETE', path: `${path}/{attachmentId}`, ...write, handle: (request) => remove(request, open(request)) },
    {
      method: 'POST',
      path: `${path}/createUploadSession`,
      ...write,
      permissions: place.upload ?? place.write,
      handle: (request) => openUpload(request, open(request), place),
    },
  ]
}

interface Opened {
  readonly mailbox: Mailbox
  readonly item: ItemRow
}

/** `$expand` may name the item inside as a cast. */
const itemExpansions = ['microsoft.graph.itemAttachment/item', 'item']

function queryOf(request: GraphRequest, isList: boolean) {
  return parseItemQuery(request, {
    type: 'microsoft.graph.attachment',
    options: isList ? ['$select', '$expand', '$filter', '$orderby', '$top', '$skip', '$count'] : ['$select', '$expand'],
    properties: new Set([...attachmentFieldNames, 'item']),
    expandable: itemExpansions,
  })
}

function list(request: GraphRequest, { mailbox, item }: Opened, place: AttachmentPlace): Response {
  const query = queryOf(request, true)
  const around = itemSources(request, mailbox).of(item)
  const all = inGraphWords(() => attachmentSources(mailbox, item))
  const toJson = (source: (typeof all)[number]) => attachmentAnswer(mailbox, source, around, query, place)
  // Without a filter the files that are not on the page are not read.
  const isPlain = query.filter === undefined && query.orderBy.length === 0
  const skip = query.skip ?? 0
  const end = query.top === undefined ? undefined : skip + query.top
  const { filter, orderBy } = query
  const matching = isPlain
    ? all
    : sortBy(
        all
          .map((source) => ({
            source,
            json: attachmentJson(
              source,
              [...attachmentFieldNames].filter((name) => name !== 'contentBytes'),
            ),
          }))
          .filter(({ json }) => filter === undefined || matchesFilter(filter, json))
          .map(({ source, json }) => ({ ...json, source })),
        orderBy,
      ).map((entry) => entry.source as (typeof all)[number])
  const page = matching.slice(skip, end)
  const hasMore = end !== undefined && end < matching.length
  return jsonAnswer(
    200,
    toCollection(request, {
      context: contextOf(`${place.contextOf(request)}/attachments`, query.select),
      value: page.map(toJson),
      count: query.count ? matching.length : undefined,
      nextLink: hasMore ? linkTo(request, { $skip: String(end) }) : undefined,
    }),
  )
}

function get(request: GraphRequest, { mailbox, item }: Opened, place: AttachmentPlace): Response {
  const query = queryOf(request, false)
  const around = itemSources(request, mailbox).of(item)
  const number = attachmentNumber(mailbox, item, request.params['attachmentId'] ?? '')
  const source = attachmentSources(mailbox, item).find(({ id }) => id === toAttachmentId(mailbox.row.guid, item.id, number))
  if (source === undefined)
    throw new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
  const context = contextOf(`${place.contextOf(request)}/attachments`, query.select, '/$entity')
  return jsonAnswer(200, toEntity(request, context, attachmentAnswer(mailbox, source, around, query, place)))
}

function attachmentAnswer(
  mailbox: Mailbox,
  source: ReturnType<typeof attachmentSources>[number],
  around: ItemSource,
  query: ReturnType<typeof queryOf>,
  place: AttachmentPlace,
): Record<string, unknown> {
  const wantsItem = query.expand.some(({ property }) => itemExpansions.includes(property))
  return wantsItem
    ? expandedAttachmentJson(mailbox, source, around, query.select, place.embeddedJson)
    : attachmentJson(source, query.select)
}

function getFile(request: GraphRequest, { mailbox, item }: Opened, place: AttachmentPlace): Response {
  const number = attachmentNumber(mailbox, item, request.params['attachmentId'] ?? '')
  const isEmbedded = mailbox.items.attachments(item.id).some((row) => row.number === number && row.isEmbedded)
  if (isEmbedded && place.embeddedMime !== undefined) {
    const mime = place.embeddedMime(mailbox, item, number)
    return new Response(Uint8Array.from(mime), { status: 200, headers: { 'Content-Type': 'text/plain' } })
  }
  const { mimeType, data } = attachmentFile(mailbox, item, number)
  return new Response(Uint8Array.from(data), { status: 200, headers: { 'Content-Type': mimeType } })
}

async function create(request: GraphRequest, { mailbox, item }: Opened, place: AttachmentPlace): Promise<Response> {
  const body = await readJsonBody(request, attachmentType, { required: ['name'] })
  const nowMs = request.tenant.clock.nowMs()
  const number = changing(request, () => {
    const attachment = attachmentOf(body, { nowMs, address: mailbox.row.address }, place.makeEmbedded)
    // Base64 of the body is what the size comes from; the rest of an attachment is small.
    mailbox.checkRoom(item.sizeBytes + sizeOfBody(body))
    return mailbox.items.addAttachment(item.id, attachment)
  })
  const after = mailbox.items.get(item.id)
  const source = attachmentSources(mailbox, after).find(({ id }) => id === toAttachmentId(mailbox.row.guid, item.id, number))
  if (source === undefined) throw new Error('the attachment just made is not there')
  return jsonAnswer(201, toEntity(request, `${place.contextOf(request)}/attachments/$entity`, attachmentJson(source)))
}

function remove(request: GraphRequest, { mailbox, item }: Opened): Response {
  changing(request, () => {
    mailbox.items.removeAttachment(item.id, attachmentNumber(mailbox, item, request.params['attachmentId'] ?? ''))
  })
  return emptyAnswer()
}

async function openUpload(request: GraphRequest, { mailbox, item }: Opened, place: AttachmentPlace): Promise<Response> {
  const body = await readJsonBody(request, uploadParameters, { required: ['AttachmentItem'] })
  const { attachmentType: kind, name, size, contentType, isInline, contentId } = body.AttachmentItem ?? {}
  if (kind?.toLowerCase() !== 'file')
    throw new GraphError(400, 'ErrorInvalidArgument', "Upload sessions are for attachments of the type 'file'.")
  if (typeof name !== 'string' || name.trim() === '')
    throw new GraphError(400, 'ErrorRequiredPropertyMissing', 'Required property is missing: name.')
  if (typeof size !== 'number')
    throw new GraphError(400, 'ErrorRequiredPropertyMissing', 'Required property is missing: size.')
  if (size < uploadBytesMin) {
    throw new GraphError(
      400,
      'ErrorAttachmentSizeShouldNotBeLessThanMinimumSize',
      `Attachment size must be at least ${uploadBytesMin} bytes.`,
    )
  }
  if (size > uploadBytesMax)
    throw new GraphError(413, 'ErrorAttachmentSizeLimitExceeded', `The attachment is larger than ${uploadBytesMax} bytes.`)
  const session = attachmentSessionsOf(request.tenant).open(mailbox, item, {
    name,
    sizeBytes: size,
    contentType: contentType ?? null,
    isInline: isInline === true,
    contentId: contentId ?? null,
  })
  const owner = `Users('${mailbox.row.userId}@${request.tenant.id}')`
  const around = `${place.uploadSegment}('${itemSources(request, mailbox).of(item).id}')`
  return jsonAnswer(201, {
    ...toEntity(request, 'microsoft.graph.uploadSession', {}),
    uploadUrl: `${request.endpoints.outlook}/api/v2.0/${owner}/${around}/AttachmentSessions('${session.id}')?authtoken=${session.authToken}`,
    expirationDateTime: new Date(session.expiresMs).toISOString(),
    nextExpectedRanges: ['0-'],
  })
}

function sizeOfBody(body: object): number {
  const { contentBytes } = body as { readonly contentBytes?: string | null }
  return Math.ceil(((contentBytes ?? '').length * 3) / 4)
}
