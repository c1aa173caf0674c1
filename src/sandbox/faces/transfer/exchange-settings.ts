import { noMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { resourceNotFound } from '../../http/graph-error.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { toEntity } from '../../http/odata/answer-collection.ts'
import { parseQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { toMailboxId } from '../../mailbox/ids.ts'
import { findUser } from '../../tenant/directory-store.ts'
import { requireWorldwide } from './opened-mailbox.ts'
import { transferPermissions } from './permissions.ts'
import type { TransferParts } from './transfer-parts.ts'

/** `GET /users/{id}/settings/exchange`: the ids of a user's mailboxes (exchange.md 2.3). */
export function exchangeSettingsRoute(parts: TransferParts): Route {
  return {
    method: 'GET',
    path: '/users/{id}/settings/exchange',
    area: 'directory',
    permissions: transferPermissions.readSettings,
    handle: (request) => readSettings(request, parts),
  }
}

function readSettings(request: GraphRequest, { stores }: TransferParts): Response {
  requireWorldwide(request)
  parseQuery(request.query, { type: 'microsoft.graph.exchangeSettings', options: [] })
  const name = request.params['id'] ?? ''
  const user = findUser(request.tenant.directory, name)
  if (user === undefined) throw resourceNotFound(name)
  const store = stores(request.tenant.id)
  const primary = store.ofUser(user.id)
  if (primary === undefined || !store.isReady(primary)) throw noMailbox()
  const archive = request.version === 'beta' ? store.ofUser(user.id, 'archive') : undefined
  return jsonAnswer(
    200,
    toEntity(request, `users('${encodeURIComponent(name)}')/settings/exchange/$entity`, {
      primaryMailboxId: toMailboxId(primary.row.guid, request.tenant.id),
      ...(archive === undefined || !store.isReady(archive)
        ? {}
        : { inPlaceArchiveMailboxId: toMailboxId(archive.row.guid, request.tenant.id) }),
    }),
  )
}
