import { Buffer } from 'node:buffer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { calendarProperties } from '../../../src/formats/mapi/calendar-properties.ts'
import { contactProperties } from '../../../src/formats/mapi/contact-properties.ts'
import type { ItemRef, ReadResult } from '../../../src/core/model/item.ts'
import type { Target } from '../../../src/core/ports/connector.ts'
import { readFastTransfer } from '../../../src/formats/fast-transfer/read-fast-transfer.ts'
import { writeFastTransfer } from '../../../src/formats/fast-transfer/write-fast-transfer.ts'
import type { MapiMessage } from '../../../src/formats/mapi/message.ts'
import { messageProperties as known } from '../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../src/formats/mapi/property-bag.ts'
import { recipientProperties } from '../../../src/formats/mapi/recipient-properties.ts'
import { taskProperties } from '../../../src/formats/mapi/task-properties.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import type { ItemRow } from '../../../src/sandbox/mailbox/rows.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { everythingIn, TenantPair } from './tenant-pair.ts'

let pair: TenantPair
let source: Mailbox
let target: Mailbox
let ledger: MailboxLedger
let items: number
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  pair = await TenantPair.start(2, 40)
  source = pair.source(0)
  source.items.create(folderId(source, 'notes'), { message: note })
  target = pair.freshTarget()
  const store = await openStore({ path: ':memory:' })
  closing.push(() => store.close())
  ledger = await store.mailbox({ sourceUrl: 'm365://a/a', targetUrl: 'm365://b/b' })
  items = (await pair.run(source, target, ledger)).pass.migrated
})

afterAll(async () => {
  for (const close of closing) await close()
  await pair.close()
  expect(pair.defects).toEqual([])
})

const note: MapiMessage = {
  properties: new PropertyBag().set(known.messageClass, 'IPM.StickyNote').set(known.subject, 'to buy').set(known.body, 'bread'),
  recipients: [],
  attachments: [],
}

function folderId(mailbox: Mailbox, wellKnown: string): number {
  const folder = mailbox.folders.wellKnown(wellKnown)
  if (folder === undefined) throw new Error(`the mailbox has no ${wellKnown}`)
  return folder.id
}

/** A store exports a copy in other bytes than it was given: with its own marks of changes. */
function changedByStore(side: Target): Target {
  const read = side.read.bind(side)
  return Object.assign(side, {
    async *read(requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<ReadResult> {
      for await (const result of read(requests)) {
        if (result.type !== 'item' || !(result.item.content instanceof Uint8Array)) yield result
        else {
          const message = readFastTransfer(result.item.content)
          const properties = message.properties.copy()
          properties.set(known.lastModificationTime, 133_000_000_000_000_000n)
          const content = writeFastTransfer({ ...message, properties })
          yield { ...result, item: { ...result.item, content, sizeBytes: content.byteLength } }
        }
      }
    },
  })
}

type Tamper = (item: ItemRow) => boolean

/** Edits the first copy that lets itself be edited so. */
function tamper(wellKnown: string, edit: Tamper): void {
  const edited = target.items.list(folderId(target, wellKnown)).some((item) => edit(item))
  expect(edited, `something to be tampered with in ${wellKnown}`).toBe(true)
}

const property = (change: (properties: PropertyBag, recipients: readonly PropertyBag[]) => boolean): Tamper => (item) => {
  let isChanged = false
  target.items.edit(item.id, (properties, recipients) => {
    isChanged = change(properties, recipients)
  })
  return isChanged
}

/** Adds to a moment that is there. */
const later = (which: typeof calendarProperties.startWhole): Tamper =>
  property((properties) => {
    const value = properties.get(which)
    if (value !== undefined) properties.set(which, value + 36_000_000_000n)
    return value !== undefined
  })

const otherText = (which: typeof known.subject): Tamper =>
  property((properties) => {
    const value = properties.get(which)
    if (value !== undefined) properties.set(which, `${value}, tampered with`)
    return value !== undefined
  })

const failures = () => pair.events.flatMap((event) => (event.type === 'itemFailed' ? [`${event.path.join('/')}: ${event.code}`] : []))

describe('whole items from tenant to tenant, verified by content', () => {
  it('are read back and found equal, of every kind', async () => {
    const { change } = target
    pair.events.length = 0
    const tally = await pair.verify(source, target, ledger, { adjust: changedByStore })
    expect([tally.fates, failures()]).toMatchObject([{ migrated: items, failed: 0 }, []])
    const proofs = new Set<string>()
    const holding = new Set<string>()
    for (const { key, sourcePath } of await ledger.folders()) {
      for await (const { proof, altered } of ledger.listById(key)) {
        proofs.add(`${proof} ${altered}`)
        holding.add(sourcePath[0] ?? '')
      }
    }
    expect(proofs).toEqual(new Set(['re-read undefined']))
    expect([...holding]).toEqual(expect.arrayContaining(['INBOX', 'Calendar', 'Contacts', 'Notes', 'Tasks']))
    expect(target.change).toBe(change)
  })

  const attendee = property((_, recipients) => {
    const row = recipients.find((one) => one.get(recipientProperties.smtpAddress) !== undefined)
    row?.set(recipientProperties.smtpAddress, 'somebody.else@example.org')
    return row !== undefined
  })
  const recurrence = property((properties) => {
    const value = properties.get(calendarProperties.recurrence)
    if (value === undefined) return false
    const other = Buffer.from(value)
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1
    properties.set(calendarProperties.recurrence, other)
    return true
  })
  const removed: Tamper = (item) => {
    const isThere = target.items.message(item.id).attachments.length > 0
    if (isThere) target.items.removeAttachment(item.id, 0)
    return isThere
  }

  it.each([
    ['an attendee', 'calendar', attendee],
    ['the start', 'calendar', later(calendarProperties.startWhole)],
    ['the end', 'calendar', later(calendarProperties.endWhole)],
    ['a recurrence', 'calendar', recurrence],
    ['the subject of a meeting', 'calendar', otherText(known.subject)],
    ['a place', 'calendar', otherText(calendarProperties.location)],
    ["a note's text", 'notes', otherText(known.body)],
    ["a contact's address", 'contacts', otherText(contactProperties.emails[0]!.address)],
    ["a task's due date", 'tasks', later(taskProperties.dueDate)],
    ['a file', 'inbox', removed],
  ])('%s that was tampered with at the target is named', async (_, wellKnown, edit) => {
    const fresh = pair.freshTarget()
    const before = target
    target = fresh
    try {
      const store = await openStore({ path: ':memory:' })
      closing.push(() => store.close())
      const own = await store.mailbox({ sourceUrl: 'm365://a/a', targetUrl: `m365://b/${fresh.row.id}` })
      await pair.run(source, fresh, own)
      tamper(wellKnown, edit)
      pair.events.length = 0
      const tally = await pair.verify(source, fresh, own)
      expect(tally.fates).toMatchObject({ failed: 1 })
      expect(failures()).toEqual([expect.stringMatching(/: verify\.content-mismatch$/)])
    } finally {
      target = before
    }
  })

  it('what was changed or deleted at the source since is no fault of its copy, and is carried once by the next pass', async () => {
    const [from, into] = [pair.source(1), pair.freshTarget()]
    const store = await openStore({ path: ':memory:' })
    closing.push(() => store.close())
    const own = await store.mailbox({ sourceUrl: 'm365://a/b', targetUrl: 'm365://b/changed' })
    await pair.run(from, into, own)
    const [edited, deleted] = from.items.list(folderId(from, 'inbox'))
    if (edited === undefined || deleted === undefined) throw new Error('too few items were seeded')
    from.items.edit(edited.id, (properties) => void properties.set(known.subject, 'edited since').set(known.normalizedSubject, 'edited since'))
    from.items.remove(deleted.id)
    pair.events.length = 0
    const { change } = into
    expect((await pair.verify(from, into, own, { adjust: changedByStore })).fates).toMatchObject({ failed: 0 })
    expect(pair.events).toContainEqual(expect.objectContaining({ type: 'notice', code: 'copies.not-compared', message: expect.stringContaining('2 copies') }))
    expect(into.change).toBe(change)
    const tally = await pair.run(from, into, own, { rules: { policy: 'mirror' } })
    expect(tally.pass).toMatchObject({ updated: 1, migrated: 0, failed: 0 })
    expect(everythingIn(into)).toEqual(everythingIn(from))
  })

  it('what is written anew in place of its copy is read back, too', async () => {
    const [from, into] = [pair.source(1), pair.freshTarget()]
    const store = await openStore({ path: ':memory:' })
    closing.push(() => store.close())
    const own = await store.mailbox({ sourceUrl: 'm365://a/b', targetUrl: 'm365://b/anew' })
    await pair.run(from, into, own, { verification: 'content' })
    const [edited] = from.items.list(folderId(from, 'inbox'))
    if (edited === undefined) throw new Error('too few items were seeded')
    from.items.edit(edited.id, (properties) => void properties.set(known.subject, 'edited').set(known.normalizedSubject, 'edited'))
    expect((await pair.run(from, into, own, { verification: 'content' })).pass).toMatchObject({ updated: 1 })
    const proofs = new Set<string | undefined>()
    for (const { key } of await own.folders()) for await (const { proof } of own.listById(key)) proofs.add(proof)
    expect(proofs).toEqual(new Set(['re-read']))
  })
})
