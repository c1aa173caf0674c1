import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties } from '../../../../src/formats/mapi/message-properties.ts'
import { journalProperties, noteProperties } from '../../../../src/formats/mapi/note-properties.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { type JournalEntry, readJournalEntry, writeJournalEntry } from '../../../../src/formats/note/journal-entry.ts'
import { noteColors, readStickyNote, writeStickyNote } from '../../../../src/formats/note/sticky-note.ts'

const pixels = fc.option(fc.integer({ min: 1, max: 4000 }), { nil: undefined })
const time = fc.date({ min: new Date('1700-01-01'), max: new Date('2400-01-01'), noInvalidDate: true })

describe('a sticky note', () => {
  const notes = fc.record({
    text: fc.string(),
    color: fc.constantFrom(...noteColors),
    widthPixels: pixels,
    heightPixels: pixels,
    leftPixels: pixels,
    topPixels: pixels,
    categories: fc.array(fc.string()),
  })

  it('comes back from its message as it was', () => {
    fc.assert(
      fc.property(notes, (note) => {
        expect(readStickyNote(writeStickyNote(note))).toEqual(note)
      }),
    )
  })

  it('is a yellow one in Outlook, named by its first line', () => {
    const { properties } = writeStickyNote({ text: '\r\n Milk\r\nBread', color: 'yellow', categories: [] })
    expect(properties.get(messageProperties.messageClass)).toBe('IPM.StickyNote')
    expect(properties.get(messageProperties.subject)).toBe(' Milk')
    expect(properties.get(messageProperties.iconIndex)).toBe(771)
    expect(properties.get(noteProperties.color)).toBe(3)
  })

  it('of no known colour is yellow', () => {
    const properties = new PropertyBag().set(noteProperties.color, 77).set(messageProperties.subject, 'only a subject')
    expect(readStickyNote({ properties, recipients: [], attachments: [] })).toMatchObject({
      color: 'yellow',
      text: 'only a subject',
    })
  })
})

describe('a journal entry', () => {
  const entries: fc.Arbitrary<JournalEntry> = fc.record({
    subject: fc.string(),
    entryType: fc.oneof(fc.constantFrom('Phone call', 'Meeting'), fc.string()),
    text: fc.string(),
    start: time.map((date) => date.toISOString()),
    end: fc.constant(undefined),
    companies: fc.array(fc.string()),
    contacts: fc.array(fc.string()),
    categories: fc.array(fc.string()),
  })

  it('comes back from its message as it was', () => {
    fc.assert(
      fc.property(entries, fc.nat(1e9), (entry, lengthMs) => {
        const end = new Date(Date.parse(entry.start ?? '') + lengthMs).toISOString()
        expect(readJournalEntry(writeJournalEntry({ ...entry, end }))).toEqual({ ...entry, end })
      }),
    )
  })

  it('has its duration in minutes, and the icon of its kind', () => {
    const { properties } = writeJournalEntry({
      subject: 'Call',
      entryType: 'Phone call',
      text: '',
      start: '2026-01-05T10:00:00Z',
      end: '2026-01-05T10:45:30Z',
      companies: [],
      contacts: [],
      categories: [],
    })
    expect(properties.get(journalProperties.durationMinutes)).toBe(45)
    expect(properties.get(journalProperties.type)).toBe('Phone call')
    expect(properties.get(messageProperties.iconIndex)).toBe(0x60a)
  })

  it('ends after its duration when nothing else says when', () => {
    const start = toFileTime(Date.parse('2026-01-05T10:00:00Z'))
    const properties = new PropertyBag().set(journalProperties.start, start).set(journalProperties.durationMinutes, 30)
    expect(readJournalEntry({ properties, recipients: [], attachments: [] }).end).toBe('2026-01-05T10:30:00.000Z')
  })

  it.each([
    ['never', undefined],
    ['1500-01-01T00:00:00Z', undefined],
    ['2026-01-05T10:00:00Z', '2026-01-05T09:00:00Z'],
  ])('from %s to %s is refused', (start, end) => {
    const entry = { subject: '', entryType: '', text: '', start, end, companies: [], contacts: [], categories: [] }
    expect(() => writeJournalEntry(entry)).toThrow(expect.objectContaining({ kind: 'item', code: 'journal.bad-date' }))
  })
})
