import { inGraphWords } from '../../graph-mailbox/store-errors.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { MovedToAuxiliary, type OpenedMailbox, openMailboxById } from './opened-mailbox.ts'
import type { TransferParts } from './transfer-parts.ts'

/** What a call does, once it is known in which mailbox. */
export type MailboxCall = (request: GraphRequest, opened: OpenedMailbox) => Response | Promise<Response>

/**
 * A route below `/admin/exchange/mailboxes/{mailboxId}`. Refusals of the store are said in Graph's words; what an
 * auxiliary archive holds by now is answered by 308 (exchange.md 2.3).
 */
export function mailboxRoute(
  parts: TransferParts,
  method: Route['method'],
  path: string,
  permissions: Route['permissions'],
  call: MailboxCall,
): Route {
  return {
    method,
    path: `/admin/exchange/mailboxes/{mailboxId}${path}`,
    area: 'mailbox',
    permissions,
    handle: async (request) => {
      try {
        return await call(request, openMailboxById(request, parts))
      } catch (error) {
        if (error instanceof MovedToAuxiliary) return movedPermanently(request, error.mailboxId)
        return inGraphWords(() => {
          throw error
        })
      }
    },
  }
}

/** The same URL in the mailbox that holds it. */
function movedPermanently(request: GraphRequest, mailboxId: string): Response {
  const path = request.path.replace(/\/mailboxes(?:\/[^/]+|\('[^']*'\))/i, `/mailboxes/${mailboxId}`)
  const query = request.query.toString()
  const location = `${request.endpoints.graph}${path}${query === '' ? '' : `?${query}`}`
  return new Response(null, {
    status: 308,
    headers: { Location: location, 'Content-Length': '0' },
  })
}
