import type { MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'

/** Why Exchange would have sent something. */
export type SendReason = 'invitation' | 'update' | 'cancellation' | 'response' | 'forward' | 'sharing'

/** Writes down what Exchange would have sent; to nobody, nothing is sent. Part of the caller's transaction. */
export function recordSent(
  request: GraphRequest,
  stores: MailboxStores,
  mailbox: Mailbox,
  reason: SendReason,
  subject: string,
  recipients: readonly string[],
): void {
  if (recipients.length === 0) return
  stores(request.tenant.id).outbox.record({ mailboxId: mailbox.row.id, sentMs: request.tenant.clock.nowMs(), reason, subject, recipients })
}
