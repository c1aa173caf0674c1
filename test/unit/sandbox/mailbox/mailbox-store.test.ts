import { beforeEach, describe, expect, it } from 'vitest'
import { attachmentProperties } from '../../../../src/formats/mapi/attachment-properties.ts'
import { toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { messageProperties as known } from '../../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { recipientProperties } from '../../../../src/formats/mapi/recipient-properties.ts'
import { fromFolderId, fromItemId, toFolderId, toImmutableItemId, toItemId } from '../../../../src/sandbox/mailbox/ids.ts'
import type { Mailbox } from '../../../../src/sandbox/mailbox/mailbox.ts'
import { MailboxStore } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import { inTransaction, openDatabase } from '../../../../src/sandbox/tenant/open-database.ts'

const start = Date.UTC(2026, 0, 1)
let nowMs = start
let store: MailboxStore
let mailbox: Mailbox

beforeEach(() => {
  nowMs = start
  store = new MailboxStore(openDatabase(':memory:'), { nowMs: () => nowMs, sleep: async () => {} })
  mailbox = store.create({ userId: 'u1', address: 'a@example.com' })
})

const inbox = () => mailbox.folders.wellKnown('inbox')!
const drafts = () => mailbox.folders.wellKnown('drafts')!

function mail(subject: string, ...files: readonly string[]): MapiMessage {
  return {
    properties: new PropertyBag()
      .set(known.messageClass, 'IPM.Note')
      .set(known.subject, subject)
      .set(known.deliveryTime, toFileTime(start - 86_400_000))
      .set(known.messageFlags, 1)
      .set(known.keywords, ['Blue', 'Grün']),
    recipients: [new PropertyBag().set(recipientProperties.emailAddress, 'b@example.com')],
    attachments: files.map((text) => ({
      properties: new PropertyBag().set(attachmentProperties.longFileName, `${text}.txt`).set(attachmentProperties.data, Buffer.from(text)),
    })),
  }
}

const textOf = (message: MapiMessage) => message.attachments.map((each) => Buffer.from(each.properties.get(attachmentProperties.data)!).toString())

it('a receipt that was asked for is counted when a message is read, or removed unread', () => {
  const asking = mail('please')
  asking.properties.set(known.messageFlags, 0).set(known.readReceiptRequested, true).set(known.senderSmtpAddress, 'bob@example.com')
  const [first, second, third] = [1, 2, 3].map(() => mailbox.items.create(inbox().id, { message: asking }))
  mailbox.items.edit(first!.id, (bag) => bag.set(known.messageFlags, 1))
  mailbox.items.remove(first!.id)
  expect(store.outbox.latest(9)).toMatchObject([{ reason: 'receipt', recipients: ['bob@example.com'] }])
  mailbox.items.remove(second!.id)
  expect(store.outbox.count).toBe(2)
  mailbox.items.edit(third!.id, (bag) => bag.set(known.messageFlags, 1).set(known.readReceiptRequested, false))
  expect(store.outbox.count).toBe(2)
})

describe('items', () => {
  it('come back as they were given, completed by what the store adds', () => {
    const inner = mail('inner', 'deep')
    const outer = mail('outer', 'one', 'two')
    const embedded = { properties: new PropertyBag().set(attachmentProperties.method, 5), embedded: inner }
    const item = mailbox.items.create(inbox().id, { message: { ...outer, attachments: [...outer.attachments, embedded] } })
    const message = mailbox.items.message(item.id)
    expect(message.properties.get(known.subject)).toBe('outer')
    expect(message.properties.get(known.keywords)).toEqual(['Blue', 'Grün'])
    expect(message.properties.get(known.searchKey)).toHaveLength(16)
    expect(message.properties.get(known.hasAttachments)).toBe(true)
    expect(message.recipients[0]?.get(recipientProperties.emailAddress)).toBe('b@example.com')
    expect(textOf({ ...message, attachments: message.attachments.slice(0, 2) })).toEqual(['one', 'two'])
    expect(textOf(message.attachments[2]!.embedded!)).toEqual(['deep'])
    expect(item).toMatchObject({ subject: 'outer', messageFlags: 0x11, categories: ['Blue', 'Grün'], attachmentCount: 3, uid: 1 })
    expect(mailbox.sizeBytes).toBe(item.sizeBytes)
  })

  it('keep an id of their own through a move, and are gone from where they were', () => {
    const item = mailbox.items.create(inbox().id, { message: mail('moving') })
    const before = mailbox.change
    const { guid } = mailbox.row
    const moved = mailbox.items.move(item.id, drafts().id)
    expect(fromItemId(guid, toImmutableItemId(guid, moved.id))).toEqual({ itemId: item.id })
    expect(toItemId(guid, moved)).not.toBe(toItemId(guid, item))
    expect(mailbox.items.list(inbox().id)).toEqual([])
    expect(mailbox.items.departuresSince(inbox().id, before)).toMatchObject([{ itemId: item.id, uid: 1, reason: 'moved' }])
    expect(mailbox.items.changedSince(drafts().id, before, 10)).toEqual([moved])
  })

  it('change their version at every change and keep the attachments apart', () => {
    const item = mailbox.items.create(inbox().id, { message: mail('x', 'one') })
    const read = mailbox.items.edit(item.id, (properties) => properties.set(known.messageFlags, 0))
    expect(read).toMatchObject({ messageFlags: 0x10, attachmentCount: 1 })
    expect(read.change).toBeGreaterThan(item.change)
    const number = mailbox.items.addAttachment(item.id, mail('', 'two').attachments[0]!)
    mailbox.items.removeAttachment(item.id, 0)
    expect(mailbox.items.attachments(item.id)).toMatchObject([{ number, name: 'two.txt' }])
    mailbox.items.removeAttachment(item.id, number)
    expect(mailbox.items.get(item.id)).toMatchObject({ messageFlags: 0, attachmentCount: 0 })
    mailbox.items.remove(item.id)
    expect(mailbox.sizeBytes).toBe(0)
    expect(() => mailbox.items.get(item.id)).toThrow('not found')
  })

  it('are refused beyond the limits of the mailbox', () => {
    mailbox.changeSettings({ maxReceiveSizeBytes: 10_000, quotaBytes: 1500 })
    expect(() => mailbox.checkRoom(10_001)).toThrow(expect.objectContaining({ code: 'message-too-large' }))
    const item = mailbox.items.create(inbox().id, { message: mail('fills') })
    expect(() => mailbox.checkRoom(1500 - item.sizeBytes + 1)).toThrow(expect.objectContaining({ code: 'quota-exceeded' }))
    expect(() => mailbox.checkRoom(1500 - item.sizeBytes)).not.toThrow()
  })
})

describe('folders', () => {
  it('come in the language of the mailbox, with Exchange’s names for the well-known ones', () => {
    const german = store.create({ userId: 'u2', address: 'c@example.com', language: 'de-DE' })
    expect(german.folders.wellKnown('Inbox')).toMatchObject({ name: 'Posteingang', folderClass: 'IPF.Note', wellKnown: 'inbox' })
    expect(german.folders.pathTo(german.folders.wellKnown('conflicts')!.id).map(({ wellKnown }) => wellKnown)).toEqual([
      'conflicts',
      'syncissues',
      'msgfolderroot',
      'root',
    ])
  })

  it('refuse what Exchange refuses', () => {
    const { folders } = mailbox
    const made = folders.create(inbox().id, { name: 'Sub', folderClass: 'IPF.Note' })
    const code = (name: string) => expect.objectContaining({ code: name })
    expect(() => folders.create(inbox().id, { name: 'sUB', folderClass: 'IPF.Note' })).toThrow(code('folder-exists'))
    expect(() => folders.create(inbox().id, { name: ' ', folderClass: 'IPF.Note' })).toThrow(code('folder-name-invalid'))
    expect(() => folders.rename(inbox().id, 'Other')).toThrow(code('folder-is-default'))
    const below = folders.create(made.id, { name: 'Below', folderClass: 'IPF.Note' })
    expect(() => folders.move(made.id, below.id)).toThrow(code('folder-moves-into-itself'))
    expect(folders.rename(made.id, 'SUB').name).toBe('SUB')
  })

  it('tell what changed and what went', () => {
    const { folders } = mailbox
    const made = folders.create(inbox().id, { name: 'Sub', folderClass: 'IPF.Note' })
    const since = mailbox.change
    const other = folders.create(made.id, { name: 'Below', folderClass: 'IPF.Note' })
    expect(folders.changesSince(since)).toEqual({ changed: [other], gone: [] })
    folders.remove(made.id)
    expect([...folders.changesSince(since).gone].sort()).toEqual([made.id, other.id].sort())
  })
})

describe('ids', () => {
  it('tell the mailbox, the kind and a typing error', () => {
    const { guid } = mailbox.row
    const id = toFolderId(guid, 7)
    expect(id).toMatch(/^AAMkA/)
    expect(fromFolderId(guid, id)).toBe(7)
    expect(fromItemId(guid, id)).toBeUndefined()
    expect(fromFolderId(crypto.randomUUID(), id)).toBeUndefined()
    expect(fromFolderId(guid, `${id.slice(0, 20)}${id[20] === 'x' ? 'y' : 'x'}${id.slice(21)}`)).toBeUndefined()
  })
})

describe('mailboxes', () => {
  it('that were undone leave nothing to the next one', () => {
    const database = openDatabase(':memory:')
    const undone = new MailboxStore(database, { nowMs: () => nowMs, sleep: async () => {} })
    const make = (address: string) => undone.create({ userId: address, address })
    expect(() =>
      inTransaction(database, () => {
        make('undone@example.com')
        throw new Error('undone')
      }),
    ).toThrow('undone')
    const made = make('made@example.com')
    expect(undone.byGuid(made.row.guid)?.row).toEqual(made.row)
    expect(undone.ofUser('made@example.com')?.row.address).toBe('made@example.com')
    expect(undone.ofUser('undone@example.com')).toBeUndefined()
  })
})
