import { graphError, readGraphRefusal } from '../../../connectors/kit/microsoft/graph-errors.ts'
import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { type JsonObject, readJson } from '../../../connectors/kit/microsoft/read-json.ts'
import { retryAfterMsOf } from '../../../connectors/kit/microsoft/retry-after.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import { FastTransferError } from '../../../formats/fast-transfer/fast-transfer-error.ts'
import { readFastTransfer } from '../../../formats/fast-transfer/read-fast-transfer.ts'
import { writeFastTransfer } from '../../../formats/fast-transfer/write-fast-transfer.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { mimeToMapi } from '../../../formats/mime/mime-to-mapi.ts'
import { objectsOf, textOf } from '../bootstrap/directory.ts'
import { absent, bad, type Finding, finding, good } from './finding.ts'
import type { PatientConnection } from './probe-tenant.ts'

/** A folder that is there for a moment; its name tells who finds it what it is. */
const folderName = 'Mailvan probe (may be deleted)'

/** PidTagAttributeHidden: mail programs do not show it. */
const hidden = [{ id: 'Boolean 0x10F4', value: 'true' }]

const receivedAt = '2020-02-29T12:34:56Z'
const probeMessage = [
  'Date: Sat, 29 Feb 2020 12:34:56 +0000',
  'From: Mailvan <mailvan@example.org>',
  'To: Mailvan <mailvan@example.org>',
  'Subject: Mailvan probe',
  'Message-ID: <probe@mailvan.example.org>',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'This note finds out whether items can be stored. It may be deleted.',
  '',
].join('\r\n')

/** Whether Exchange takes items that this program has made, and gives them back as they were. Leaves nothing behind. */
export function probeOwnItems(connection: PatientConnection, mailboxId: string, context: Context): Promise<Finding> {
  const probe = { about: 'probe', name: 'own items' } as const
  return finding(probe, async () => {
    const { graph } = connection
    const base = graphPath`/admin/exchange/mailboxes/${mailboxId}`
    const folder = await graph.call({
      method: 'POST',
      path: `${base}/folders`,
      body: { displayName: folderName, type: 'IPF.Note', singleValueExtendedProperties: hidden },
      permission: 'MailboxFolder.ReadWrite.All',
    })
    const folderId = textOf(folder.json, 'id')
    try {
      const made = mimeToMapi(Buffer.from(probeMessage), { receivedMs: Date.parse(receivedAt) })
      const session = await graph.call({ method: 'POST', path: `${base}/createImportSession`, permission: 'MailboxItem.ImportExport.All' })
      const itemId = await importItem(connection, textOf(session.json, 'importUrl'), folderId, writeFastTransfer(made), context)
      const exported = await graph.call({ method: 'POST', path: `${base}/exportItems`, body: { itemIds: [itemId] } })
      const data = textOf(objectsOf(exported.json['value'])[0] ?? {}, 'data')
      const lost = lostProperties(made, data)
      if (lost === undefined) return bad(probe, 'Exchange took an item and did not give it back readable', 'Move mail by IMAP or as messages.')
      return good(probe, lost === 0 ? 'Exchange takes items as they are made here' : `Exchange takes items as they are made here, and leaves ${lost} of their properties out`)
    } finally {
      await graph.call({ method: 'DELETE', path: `${base}${graphPath`/folders/${folderId}`}`, expects: [404] })
    }
  })
}

/** Whether messages can be written as they are, not as drafts, with the date they were received. Leaves nothing behind. */
export function probeMimeWriting(graph: GraphCaller, user: string): Promise<Finding> {
  const probe = { about: 'probe', name: 'native MIME' } as const
  return finding(probe, async () => {
    const base = graphPath`/users/${user}/mailFolders`
    const folder = await graph.call({ method: 'POST', path: base, body: { displayName: folderName, isHidden: true }, permission: 'Mail.ReadWrite' })
    const folderId = textOf(folder.json, 'id')
    try {
      const answer = await graph.call({
        method: 'POST',
        path: `${base}${graphPath`/${folderId}/messages`}`,
        body: Buffer.from(Buffer.from(probeMessage).toString('base64')),
        headers: { 'content-type': 'text/plain' },
        expects: [400, 405, 415],
      })
      if (answer.status !== 201) return absent(probe, 'Graph does not take messages as they are; they go by import or IMAP')
      const isWhole = answer.json['isDraft'] === false && answer.json['receivedDateTime'] === receivedAt
      return isWhole ? good(probe, 'Graph takes messages as they are, with their dates') : absent(probe, 'Graph makes drafts of messages, or dates them anew; they go by import or IMAP')
    } finally {
      await graph.call({ method: 'DELETE', path: `${base}${graphPath`/${folderId}`}`, expects: [404] })
    }
  })
}

/** The import URL is a secret of its own and takes no token (exchange.md 2.3). */
async function importItem({ http }: PatientConnection, importUrl: string, folderId: string, item: Uint8Array, context: Context): Promise<string> {
  const body = JSON.stringify({ FolderId: folderId, Mode: 'create', Data: Buffer.from(item).toString('base64') })
  return withPatience(async () => {
    const answer = await http.send({ method: 'POST', url: importUrl, headers: { 'content-type': 'application/json' }, body, signal: context.signal })
    const json: JsonObject | undefined = readJson(answer.body)
    if (answer.status >= 200 && answer.status < 300) return textOf(json ?? {}, 'itemId')
    const retryAfterMs = retryAfterMsOf(answer.headers, context.clock.now())
    throw graphError(readGraphRefusal(answer.status, answer.headers, answer.body), { retryAfterMs })
  }, context)
}

/** How many properties of the message did not come back; undefined when it cannot be read or lacks what people see. */
function lostProperties(made: MapiMessage, data: string): number | undefined {
  try {
    const got = readFastTransfer(Buffer.from(data, 'base64'))
    const lost = [...made.properties.entries()].filter(({ property }) => !got.properties.has(property))
    return got.properties.size === 0 || got.recipients.length !== made.recipients.length ? undefined : lost.length
  } catch (error) {
    if (error instanceof FastTransferError || error instanceof MigrationError) return undefined
    throw error
  }
}
