import { GraphError, resourceNotFound } from '../http/graph-error.ts'
import type { GraphRequest } from '../http/route.ts'
import { fromMailboxId } from '../mailbox/ids.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { MailboxStore } from '../mailbox/mailbox-store.ts'
import { findUser } from '../tenant/directory-store.ts'

/** A sandbox's mailboxes, by tenant id. */
export type MailboxStores = (tenantId: string) => MailboxStore

/**
 * The mailbox that a request speaks of: `/users/{id}` by object id, user principal name or any of its addresses, or
 * `MBX:<guid>@<tenantId>` (exchange.md 2.3). Throws 404 `Request_ResourceNotFound` or `ErrorInvalidUser` for an unknown
 * user and 404 `MailboxNotEnabledForRESTAPI` where there is no mailbox, or not yet.
 */
export function openMailbox(request: GraphRequest, stores: MailboxStores, name = request.params['id'] ?? ''): Mailbox {
  const store = stores(request.tenant.id)
  if (name.toUpperCase().startsWith('MBX:')) return byMailboxId(request, store, name)
  const user = findUser(request.tenant.directory, name)
  if (user === undefined) {
    throw name.includes('@') ? new GraphError(404, 'ErrorInvalidUser', `The requested user '${name}' is invalid.`) : resourceNotFound(name)
  }
  const mailbox = store.ofUser(user.id)
  if (mailbox === undefined || !store.isReady(mailbox)) throw noMailbox()
  return mailbox
}

/** 404 for a user whose mailbox is elsewhere, inactive, deleted or not made yet. */
export function noMailbox(): GraphError {
  return new GraphError(
    404,
    'MailboxNotEnabledForRESTAPI',
    'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  )
}

function byMailboxId(request: GraphRequest, store: MailboxStore, name: string): Mailbox {
  const id = fromMailboxId(name)
  if (id === undefined) throw new GraphError(400, 'ErrorInvalidMailboxId', 'The mailbox id is malformed.')
  const mailbox = id.tenantId === request.tenant.id ? store.byGuid(id.guid) : undefined
  if (mailbox === undefined || !store.isReady(mailbox)) throw noMailbox()
  return mailbox
}
