import { Buffer } from 'node:buffer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { calendarProperties } from '../../../src/formats/mapi/calendar-properties.ts'
import { contactProperties } from '../../../src/formats/mapi/contact-properties.ts'
import type { MapiMessage } from '../../../src/formats/mapi/message.ts'
import { messageProperties as known } from '../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../src/formats/mapi/property-bag.ts'
import { recipientProperties } from '../../../src/formats/mapi/recipient-properties.ts'
import { taskProperties } from '../../../src/formats/mapi/task-properties.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import type { ItemRow } from '../../../src/sandbox/mailbox/rows.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { TenantPair } from './tenant-pair.ts'

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
    const tally = await pair.verify(source, target, ledger)
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
})
