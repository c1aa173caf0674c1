import { toFileTime } from '../../src/formats/mapi/file-time.ts'
import type { MapiMessage } from '../../src/formats/mapi/message.ts'
import { messageProperties as known } from '../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../src/formats/mapi/property-bag.ts'
import { createClock } from '../../src/sandbox/clock.ts'
import type { Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { openTenants } from '../../src/sandbox/open-tenants.ts'
import { inTransaction } from '../../src/sandbox/tenant/open-database.ts'

// Run by `measureBigTenant`, in a process of its own: fill-big-tenant.ts FOLDER TENANT MAILBOXES ITEMS

const firstReceivedMs = Date.UTC(2020, 0, 1)
const spacingMs = 60_000
const unreadEvery = 10

/** Makes a tenant in a folder and puts the same number of small items into every mailbox, half in the inbox, half below it. */
async function fillBigTenant(folder: string, tenant: string, mailboxes: number, items: number): Promise<void> {
  const clock = createClock()
  const [open] = await openTenants(
    { folder, tenants: [tenant], users: mailboxes, messagesPerUser: 0, port: 0, profile: 'none', timeFactor: 1, isSecure: false, onDefect: rethrow },
    clock,
  )
  if (open === undefined) throw new Error('no tenant was made')
  const { store } = open
  const { database } = open.tenant
  for (const { guid } of store.all()) {
    const mailbox = store.byGuid(guid)
    if (mailbox !== undefined) inTransaction(database, () => fillMailbox(mailbox, items / mailboxes))
  }
  database.close()
}

function fillMailbox(mailbox: Mailbox, items: number): void {
  const inbox = mailbox.folders.wellKnown('inbox')
  if (inbox === undefined) throw new Error('the mailbox has no inbox')
  const below = mailbox.folders.create(inbox.id, { name: 'Projects', folderClass: 'IPF.Note' })
  for (let serial = 0; serial < items; serial++) {
    mailbox.items.create(serial % 2 === 0 ? inbox.id : below.id, { message: smallItem(serial) })
  }
}

/** About 600 bytes as it is stored. */
function smallItem(serial: number): MapiMessage {
  const receivedAt = toFileTime(firstReceivedMs + serial * spacingMs)
  const properties = new PropertyBag()
    .set(known.messageClass, 'IPM.Note')
    .set(known.messageFlags, serial % unreadEvery === 0 ? 0 : 1)
    .set(known.subject, `Invoice ${serial} of this quarter`)
    .set(known.internetMessageId, `<${serial}.bench@mail.example.org>`)
    .set(known.deliveryTime, receivedAt)
    .set(known.clientSubmitTime, receivedAt)
    .set(known.representingName, 'Accounting')
    .set(known.representingAddress, 'accounting@example.org')
    .set(known.body, `Please find the figures for item ${serial} attached.`)
  return { properties, recipients: [], attachments: [] }
}

function rethrow(error: unknown): never {
  throw error
}

const [folder, tenant, mailboxes, items] = process.argv.slice(2)
if (folder === undefined || tenant === undefined) throw new Error('fill-big-tenant.ts FOLDER TENANT MAILBOXES ITEMS')
await fillBigTenant(folder, tenant, Number(mailboxes), Number(items))
