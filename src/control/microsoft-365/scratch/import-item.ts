import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphError, readGraphRefusal } from '../../../connectors/kit/microsoft/graph-errors.ts'
import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonObjects, jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import { readJson } from '../../../connectors/kit/microsoft/read-json.ts'
import { retryAfterMsOf } from '../../../connectors/kit/microsoft/retry-after.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import type { MicrosoftConnection } from '../../../connectors/kit/microsoft/microsoft-access.ts'
import type { Context } from '../../../core/ports/context.ts'

type Version = 'v1.0' | 'beta'

/** A session of a mailbox that takes imports. Its URL is a secret of its own and takes no token (exchange.md 2.3). */
export interface ImportSession {
  readonly url: string
  readonly expiresAtMs: number
}

/** Opens a session; nothing is stored by it. */
export async function beginImport(graph: GraphCaller, mailboxId: string, version: Version = 'v1.0'): Promise<ImportSession> {
  const path = graphPath`/admin/exchange/mailboxes/${mailboxId}/createImportSession`
  const { json } = await graph.call({ method: 'POST', path, version, permission: 'MailboxItem.ImportExport.All' })
  return { url: jsonText(json, 'importUrl'), expiresAtMs: Date.parse(jsonText(json, 'expirationDateTime')) }
}

/** Imports a small item, with patience, and gives its id. */
export async function importItem({ http }: Pick<MicrosoftConnection, 'http'>, url: string, folderId: string, item: Uint8Array, context: Context): Promise<string> {
  const data = Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString('base64')
  const body = JSON.stringify({ FolderId: folderId, Mode: 'create', Data: data })
  return withPatience(async () => {
    const answer = await http.send({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body, signal: context.signal })
    if (answer.status >= 200 && answer.status < 300) return jsonText(readJson(answer.body) ?? {}, 'itemId')
    const retryAfterMs = retryAfterMsOf(answer.headers, context.clock.now())
    throw graphError(readGraphRefusal(answer.status, answer.headers, answer.body), { retryAfterMs })
  }, context)
}

/** An item as Exchange exports it; undefined when it gives none. */
export async function exportItem(graph: GraphCaller, mailboxId: string, itemId: string): Promise<Uint8Array | undefined> {
  const path = graphPath`/admin/exchange/mailboxes/${mailboxId}/exportItems`
  const { json } = await graph.call({ method: 'POST', path, body: { itemIds: [itemId] }, permission: 'MailboxItem.Export.All' })
  const data = jsonText(jsonObjects(json, 'value')[0] ?? {}, 'data')
  return data === '' ? undefined : Buffer.from(data, 'base64')
}
