import type { ItemId } from '../../../core/model/ids.ts'
import type { MailboxClient } from '../mailbox-client.ts'

/** No message, gone, or not for this app by the interface of mail. */
const notTold: readonly number[] = [400, 403, 404]

/**
 * Before a message is removed: when nobody has read it and its sender wants to hear of that, Exchange would write to the sender
 * that it was deleted unread (MS-OXOMSG section 2.2.1.29). The request is taken back first, since nothing is sent to anybody.
 * Needs Mail.ReadWrite; without it nothing can be known.
 */
export async function withdrawReceipt(client: MailboxClient, id: ItemId): Promise<void> {
  const path = `/messages/${encodeURIComponent(id)}`
  const query = { $select: 'isRead,isReadReceiptRequested' }
  const { status, json } = await client.userCall({ method: 'GET', path, query, expects: notTold, permission: 'Mail.ReadWrite' })
  if (notTold.includes(status) || json['isRead'] !== false || json['isReadReceiptRequested'] !== true) return
  const body = { isReadReceiptRequested: false }
  await client.userCall({ method: 'PATCH', path, body, expects: [404], permission: 'Mail.ReadWrite' })
}
