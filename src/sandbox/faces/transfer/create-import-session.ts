import { GraphError } from '../../http/graph-error.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest } from '../../http/route.ts'
import { importUrl, signImportSession } from './import-session.ts'
import type { OpenedMailbox } from './opened-mailbox.ts'
import type { TransferParts } from './transfer-parts.ts'

/** `POST .../createImportSession`, without a body: a URL that needs no other token until it expires (exchange.md 2.3). */
export async function createImportSession(
  request: GraphRequest,
  { mailboxId }: OpenedMailbox,
  parts: TransferParts,
): Promise<Response> {
  const body = await request.bytes()
  if (body.byteLength > 0 && !/^\s*\{\s*\}\s*$/.test(new TextDecoder().decode(body))) {
    throw new GraphError(400, 'RequestBodyRead', 'The action createImportSession has no parameters.')
  }
  const { keys, settings } = parts
  const { clock } = request.tenant
  const expiresAtMs = Math.ceil((clock.nowMs() + settings.importSessionMs) / 1000) * 1000
  const { tenant, caller, version, endpoints } = request
  const token = signImportSession(
    { tenantId: tenant.id, appId: caller.appId, mailboxId, version, expiresAtMs },
    keys,
    clock,
  )
  return jsonAnswer(
    200,
    toEntity(request, 'microsoft.graph.mailboxItemImportSession', {
      importUrl: importUrl(endpoints.outlook, mailboxId, version, token),
      expirationDateTime: `${new Date(expiresAtMs).toISOString().slice(0, -1)}0000Z`,
    }),
  )
}
