import { attachmentRoutes } from '../../graph-mailbox/attachment-routes.ts'
import type { Route } from '../../http/route.ts'
import { deleteMessage, moveMessage, replaceMime, updateMessage } from './change-message.ts'
import { createFolder, deleteFolder, moveFolder, showFolder, updateFolder } from './change-folders.ts'
import { createMessage } from './create-message.ts'
import { folderDelta } from './folder-delta.ts'
import { listFolders } from './list-folders.ts'
import { listMessages } from './list-messages.ts'
import type { MailOptions } from './mail-options.ts'
import {
  openUploadSession,
  readMail,
  readMailBasic,
  sendMail as sending,
  translateIds,
  writeMail,
} from './mail-permissions.ts'
import { messageDelta } from './message-delta.ts'
import { messageOf, messagesContext, openFolder } from './message-place.ts'
import { answerAndSend, createAnswer } from './reply-message.ts'
import { sendDraft, sendMail } from './send-message.ts'
import { embeddedMime, showMessage, showMime } from './show-message.ts'
import { translateExchangeIds } from './translate-ids.ts'

const read = { area: 'mailbox', permissions: readMail } as const
const readBasic = { area: 'mailbox', permissions: readMailBasic } as const
const write = { area: 'mailbox', permissions: writeMail } as const
const send = { area: 'mailbox', permissions: sending } as const

/** Mail as Graph has it (exchange.md 3.1 to 3.4): folders, messages, MIME, attachments, delta, ids, and sending that sends nothing. */
export function graphMailRoutes(options: MailOptions): readonly Route[] {
  const user = '/users/{id}'
  const folder = `${user}/mailFolders/{folderId}`
  const nested = `${user}/mailFolders/{parentId}/childFolders/{folderId}`
  return [
    { method: 'GET', path: `${user}/mailFolders`, ...readBasic, handle: (request) => listFolders(request, options) },
    { method: 'POST', path: `${user}/mailFolders`, ...write, handle: (request) => createFolder(request, options) },
    { method: 'GET', path: `${user}/mailFolders/delta`, ...readBasic, handle: (request) => folderDelta(request, options) },
    ...[folder, nested].flatMap((path) => [...folderRoutes(path, options), ...messageRoutes(`${path}/messages`, options)]),
    ...messageRoutes(`${user}/messages`, options),
    { method: 'POST', path: `${user}/sendMail`, ...send, handle: (request) => sendMail(request, options) },
    {
      method: 'POST',
      path: `${user}/translateExchangeIds`,
      area: 'mailbox',
      permissions: translateIds,
      handle: (request) => translateExchangeIds(request, options),
    },
  ]
}

function folderRoutes(path: string, options: MailOptions): readonly Route[] {
  return [
    { method: 'GET', path, ...readBasic, handle: (request) => showFolder(request, options) },
    { method: 'PATCH', path, ...write, handle: (request) => updateFolder(request, options) },
    { method: 'DELETE', path, ...write, handle: (request) => deleteFolder(request, options, false) },
    { method: 'POST', path: `${path}/permanentDelete`, ...write, handle: (request) => deleteFolder(request, options, true) },
    { method: 'POST', path: `${path}/move`, ...write, handle: (request) => moveFolder(request, options, 'move') },
    { method: 'POST', path: `${path}/copy`, ...write, handle: (request) => moveFolder(request, options, 'copy') },
    { method: 'GET', path: `${path}/childFolders`, ...readBasic, handle: (request) => listFolders(request, options) },
    { method: 'POST', path: `${path}/childFolders`, ...write, handle: (request) => createFolder(request, options) },
    { method: 'GET', path: `${path}/messages/delta`, ...readBasic, handle: (request) => messageDelta(request, options) },
  ]
}

function messageRoutes(path: string, options: MailOptions): readonly Route[] {
  const one = `${path}/{messageId}`
  const answers = (['reply', 'replyAll', 'forward'] as const).flatMap((way): Route[] => {
    const creating = `create${way.slice(0, 1).toUpperCase()}${way.slice(1)}`
    return [
      { method: 'POST', path: `${one}/${way}`, ...send, handle: (request) => answerAndSend(request, options, way) },
      { method: 'POST', path: `${one}/${creating}`, ...write, handle: (request) => createAnswer(request, options, way) },
    ]
  })
  return [
    { method: 'GET', path, ...readBasic, handle: (request) => listMessages(request, options) },
    { method: 'POST', path, ...write, handle: (request) => createMessage(request, options) },
    { method: 'GET', path: one, ...readBasic, handle: (request) => showMessage(request, options) },
    { method: 'PATCH', path: one, ...write, handle: (request) => updateMessage(request, options) },
    { method: 'DELETE', path: one, ...write, handle: (request) => deleteMessage(request, options, false) },
    { method: 'GET', path: `${one}/$value`, ...read, handle: (request) => showMime(request, options) },
    { method: 'PUT', path: `${one}/$value`, ...write, handle: (request) => replaceMime(request, options) },
    { method: 'POST', path: `${one}/permanentDelete`, ...write, handle: (request) => deleteMessage(request, options, true) },
    { method: 'POST', path: `${one}/move`, ...write, handle: (request) => moveMessage(request, options, 'move') },
    { method: 'POST', path: `${one}/copy`, ...write, handle: (request) => moveMessage(request, options, 'copy') },
    { method: 'POST', path: `${one}/send`, ...send, handle: (request) => sendDraft(request, options) },
    ...answers,
    ...attachmentRoutes(options.stores, {
      path: one,
      contextOf: (request) => `${messagesContext(request)}('${encodeURIComponent(request.params['messageId'] ?? '')}')`,
      uploadSegment: 'Messages',
      findItem: (request, mailbox) => messageOf(request, mailbox, openFolder(request, options.stores).folder),
      read: readMail,
      write: writeMail,
      upload: openUploadSession,
      embeddedMime: embeddedMime(options),
      ...(options.embeddedJson === undefined ? {} : { embeddedJson: options.embeddedJson }),
      ...(options.makeEmbedded === undefined ? {} : { makeEmbedded: options.makeEmbedded }),
    }),
  ]
}
