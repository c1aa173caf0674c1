import { afterAll, beforeAll, expect, it } from 'vitest'
import { graphConnector } from '../../../src/connectors/graph/index.ts'
import type { FolderId, ItemId } from '../../../src/core/model/ids.ts'
import { messageProperties as known } from '../../../src/formats/mapi/message-properties.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { TenantPair } from './tenant-pair.ts'

let pair: TenantPair

beforeAll(async () => {
  pair = await TenantPair.start(1, 40)
})

afterAll(async () => {
  await pair.close()
  expect(pair.defects).toEqual([])
})

const inboxOf = (mailbox: Mailbox) => mailbox.items.list(mailbox.folders.wellKnown('inbox')!.id)
const sentFrom = () => pair.sandbox.tenants.map(({ store }) => store.outbox.count)

/** Every message of the inbox is unread, and its sender wants to know when that changes. */
function askForReceipts(mailbox: Mailbox): void {
  for (const { id } of inboxOf(mailbox)) mailbox.items.edit(id, (bag) => bag.set(known.messageFlags, 0).set(known.readReceiptRequested, true))
}

it('nobody hears of a message that is removed before it was read', async () => {
  const [source, target] = [pair.source(), pair.freshTarget()]
  askForReceipts(source)
  const store = await openStore({ path: ':memory:' })
  const ledger = await store.mailbox({ sourceUrl: 'm365://a/a', targetUrl: 'm365://b/b' })
  await pair.run(source, target, ledger)
  expect(inboxOf(target)).toHaveLength(inboxOf(source).length)
  const [first, second] = inboxOf(source)
  for (const { id } of [first!, second!]) source.items.remove(id)
  const [before] = sentFrom()
  await pair.run(source, target, ledger, { rules: { policy: 'mirror' } })
  expect(inboxOf(target)).toHaveLength(inboxOf(source).length)
  // Removing them at the source was the user's own doing, of which the senders heard; nothing has come since.
  expect(sentFrom()).toEqual([before, 0])
  await store.close()
})

it('nobody hears of a message that is marked as read', async () => {
  const target = pair.freshTarget()
  const inbox = target.folders.wellKnown('inbox')!
  target.items.create(inbox.id, { message: pair.source().items.message(inboxOf(pair.source())[0]!.id) })
  askForReceipts(target)
  const side = await graphConnector.openTarget(pair.configOf('target', target), pair.context(), 'mail')
  const folder = (await side.discover()).find(({ role }) => role === 'inbox')!
  const ids: ItemId[] = []
  for await (const page of side.enumerate(folder)) ids.push(...page.refs.map(({ id }) => id))
  await side.updateKeywords?.(ids.map((id) => ({ id, folderId: folder.id as FolderId, keywords: ['$seen'] })))
  await side.close()
  expect(inboxOf(target).map(({ messageFlags }) => messageFlags & 1)).toEqual([1])
  expect(sentFrom()[1]).toBe(0)
})
