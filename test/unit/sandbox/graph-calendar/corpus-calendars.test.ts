import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { convertIcalendar } from '../../../../src/formats/calendar/icalendar-to-mapi.ts'
import { answerDifferences, hasCsdl } from '../csdl.ts'
import { CalendarRig, type Json } from './calendar-rig.ts'

const corpus = path.resolve(import.meta.dirname, '../../../../../shared/corpus/ics')
const fileBytesMax = 50_000
/** All of them take half a minute. */
const everyNth = { series: 6, other: 25 }

function readSample(): readonly (readonly [name: string, text: string])[] {
  const files = readdirSync(corpus, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ics') && statSync(path.join(corpus, name)).size < fileBytesMax)
    .toSorted()
    .map((name) => [name, readFileSync(path.join(corpus, name), 'utf8')] as const)
  const hasSeries = ([, text]: (typeof files)[number]) => text.includes('RRULE')
  return [
    ...files.filter(hasSeries).filter((_file, index) => index % everyNth.series === 0),
    ...files.filter((file) => !hasSeries(file)).filter((_file, index) => index % everyNth.other === 0),
  ]
}

/** What an exception of the subject alone must not change. */
const untouched = ['id', 'iCalUId', 'start', 'end', 'isAllDay', 'location', 'showAs', 'sensitivity', 'isReminderOn', 'body', 'attendees', 'categories']

describe.runIf(existsSync(corpus) && hasCsdl)('calendars of the corpus', () => {
  it('are shown, expanded and changed without surprises', { timeout: 60_000 }, async () => {
    const seen = { events: 0, series: 0 }
    for (const [name, text] of readSample()) {
      const rig = new CalendarRig()
      const calendar = rig.mailbox.folders.wellKnown('calendar')!
      for (const { message } of itemsOf(text)) rig.mailbox.items.create(calendar.id, { message })
      for (const event of await rig.list('/events?$top=100')) {
        seen.events++
        expect(answerDifferences(event, 'microsoft.graph.event'), name).toEqual([])
        if (event['type'] !== 'seriesMaster') continue
        seen.series++
        const year = Number((event['start'] as { readonly dateTime: string }).dateTime.slice(0, 4))
        const window = `startDateTime=${year}-01-01&endDateTime=${year + 4}-01-01`
        const [occurrence] = await rig.list(`/events/${String(event['id'])}/instances?${window}`)
        if (occurrence === undefined) continue
        const changed = await rig.adeles('PATCH', `/events/${String(occurrence['id'])}`, { body: { subject: 'Changed' } })
        expect([name, changed.status, changed.json['subject'], changed.json['type']]).toEqual([name, 200, 'Changed', 'exception'])
        const only = (json: Json) => Object.fromEntries(untouched.map((property) => [property, json[property]]))
        expect(only(changed.json), name).toEqual(only(occurrence))
      }
      expect(rig.defects, name).toEqual([])
    }
    expect(seen.events).toBeGreaterThan(60)
    expect(seen.series).toBeGreaterThan(30)
  })
})

function itemsOf(text: string) {
  try {
    return convertIcalendar(text, { ignoresMethod: true }).items
  } catch (error) {
    // No calendar at all; what can be said of those is tested with the conversion.
    expect(error).toMatchObject({ code: expect.stringMatching(/^calendar\./) as string })
    return []
  }
}
