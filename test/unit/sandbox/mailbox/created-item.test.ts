import fc from 'fast-check'
import { expect, test } from 'vitest'
import { messageProperties as known } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { MailboxStore } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import { openDatabase } from '../../../../src/sandbox/tenant/open-database.ts'
import { createStandingClock } from '../standing-clock.ts'

const database = openDatabase(':memory:')
const store = new MailboxStore(database, createStandingClock())
const attachment = { properties: new PropertyBag().set(known.subject, 'stands for any property') }

test('what creating an item tells of it is what the store tells later, whatever its properties are', () => {
  const mailbox = store.create({ userId: 'user', address: 'anna@contoso.onmicrosoft.com' })
  const inbox = mailbox.folders.wellKnown('inbox')!
  const times = fc.bigInt({ min: 0n, max: 2n ** 62n })
  const properties = fc.record(
    {
      subject: fc.string({ unit: fc.integer({ min: 0x20, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
      internetMessageId: fc.string(),
      messageClass: fc.constantFrom('IPM.Note', 'IPM.Task', 'IPM.Appointment'),
      messageFlags: fc.integer({ min: 0, max: 0xffff }),
      flagStatus: fc.integer({ min: 0, max: 2 }),
      keywords: fc.array(fc.string()),
      deliveryTime: times,
      clientSubmitTime: times,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(properties, fc.nat({ max: 2 }), fc.boolean(), (values, attachments, isAssociated) => {
      const bag = new PropertyBag()
      for (const [name, value] of Object.entries(values)) bag.set(known[name as keyof typeof values], value as never)
      const message = { properties: bag, recipients: [], attachments: Array.from({ length: attachments }, () => attachment) }
      const sizeBefore = mailbox.sizeBytes
      const created = mailbox.items.create(inbox.id, { message, isAssociated })
      expect(created).toEqual(mailbox.items.get(created.id))
      expect(created.change).toBe(mailbox.change)
      expect(mailbox.sizeBytes).toBe(sizeBefore + created.sizeBytes)
    }),
  )
})

test('a removed mailbox takes everything with it and nothing of another one', () => {
  const [gone, kept] = ['gone', 'kept'].map((userId) => {
    const mailbox = store.create({ userId, address: `${userId}@contoso.onmicrosoft.com` })
    const inbox = mailbox.folders.wellKnown('inbox')!
    const message = { properties: new PropertyBag(), recipients: [], attachments: [attachment] }
    for (let count = 0; count < 3; count++) mailbox.items.create(inbox.id, { message })
    return mailbox
  }) as [ReturnType<MailboxStore['create']>, ReturnType<MailboxStore['create']>]
  const rows = (table: string) => Number(database.prepare(`select count(*) as n from ${table}`).get()?.['n'])
  const [itemsBefore, attachmentsBefore] = [rows('items'), rows('attachments')]
  store.remove(gone)
  expect(store.ofUser('gone')).toBeUndefined()
  expect(rows('items')).toBe(itemsBefore - 3)
  expect(rows('attachments')).toBe(attachmentsBefore - 3)
  expect(kept.itemsTotal).toBe(3)
})
