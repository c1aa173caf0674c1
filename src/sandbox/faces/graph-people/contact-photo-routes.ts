import { createHash } from 'node:crypto'
import { pictureType, readPhoto, writePhoto } from '../../../formats/contact/contact-photo.ts'
import { contactProperties } from '../../../formats/mapi/contact-properties.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { requireUnchanged } from '../../graph-mailbox/change-preconditions.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { contactsContext } from './contact-folder.ts'
import { contactOf } from './contact-of.ts'
import { readsContacts, writesContacts } from './permissions.ts'
import { pictureSize } from './picture-size.ts'

/** exchange.md 3.5; Graph's page on updating profilePhoto: "up to 4 MB". */
const photoBytesMax = 4 * 1024 * 1024

/** The picture of a contact, and what is known of it (Graph's pages on profilePhoto). */
export function contactPhotoRoutes(stores: MailboxStores): readonly Route[] {
  const places = ['/users/{id}', '/users/{id}/contactFolders/{folderId}'].map((place) => `${place}/contacts/{contactId}/photo`)
  const common = { area: 'mailbox', versions: ['v1.0'] } as const
  return places.flatMap((place): readonly Route[] => [
    { ...common, method: 'GET', path: place, permissions: readsContacts, handle: (request) => describePhoto(request, stores) },
    { ...common, method: 'GET', path: `${place}/$value`, permissions: readsContacts, handle: (request) => sendPhoto(request, stores) },
    ...(['PUT', 'PATCH'] as const).map((method): Route => ({
      ...common,
      method,
      path: `${place}/$value`,
      permissions: writesContacts,
      bodyBytesMax: photoBytesMax,
      handle: (request) => takePhoto(request, stores),
    })),
  ])
}

function describePhoto(request: GraphRequest, stores: MailboxStores): Response {
  const bytes = photoOf(request, stores)
  const size = pictureSize(bytes)
  const context = `${contactsContext(request)}('${encodeURIComponent(request.params['contactId'] ?? '')}')/photo/$entity`
  return jsonAnswer(
    200,
    toEntity(request, context, {
      '@odata.mediaContentType': pictureType(bytes),
      '@odata.mediaEtag': etagOf(bytes),
      id: size === undefined ? 'default' : `${size.width}X${size.height}`,
      height: size?.height ?? null,
      width: size?.width ?? null,
    }),
  )
}

function sendPhoto(request: GraphRequest, stores: MailboxStores): Response {
  const bytes = photoOf(request, stores)
  return new Response(Buffer.from(bytes), {
    status: 200,
    headers: { 'Content-Type': pictureType(bytes), ETag: etagOf(bytes), 'Cache-Control': 'no-cache' },
  })
}

async function takePhoto(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const type = request.headers.get('content-type') ?? ''
  if (!/^image\//i.test(type)) throw new GraphError(415, 'UnsupportedMediaType', `The media type '${type}' is no picture's.`)
  const bytes = await request.bytes()
  const size = pictureSize(bytes)
  if (size === undefined || size.width <= 0 || size.height <= 0) throw new GraphError(400, 'ErrorInvalidArgument', 'The photo is no picture.')
  changing(request, () => {
    const row = contactOf(mailbox, request)
    requireUnchanged(request, mailbox, row)
    mailbox.checkRoom(bytes.byteLength)
    const message = mailbox.items.message(row.id)
    message.properties.set(contactProperties.hasPicture, true)
    mailbox.items.replace(row.id, { ...message, attachments: writePhoto(message.attachments, { bytes }) })
  })
  return emptyAnswer(200)
}

function photoOf(request: GraphRequest, stores: MailboxStores): Uint8Array {
  const mailbox = openMailbox(request, stores)
  const row = contactOf(mailbox, request)
  const photo = row.attachmentCount === 0 ? undefined : readPhoto(mailbox.items.message(row.id).attachments)
  if (photo === undefined) throw new GraphError(404, 'ErrorItemNotFound', "The specified object was not found in the store., The photo wasn't found.")
  return photo.bytes
}

function etagOf(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase()}"`
}
