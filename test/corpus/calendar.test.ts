import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../src/core/errors.ts'
import { convertIcalendar } from '../../src/formats/calendar/icalendar-to-mapi.ts'
import { mapiToIcalendar } from '../../src/formats/calendar/mapi-to-icalendar.ts'
import type { EventFacts } from './calendar-comparison.ts'
import { factsOf, filledIn, isSameTime } from './calendar-comparison.ts'
import { corpusIsThere, corpusNote, corpusRoot } from './corpus.ts'

const root = join(corpusRoot, 'ics')

/** A fact of an event that came back otherwise. */
interface Difference {
  readonly file: string
  readonly key: string
  readonly field: string
  readonly before: EventFacts
  readonly after: EventFacts | undefined
}

/** What is known to come back otherwise, and how many facts of the corpus do. The numbers may only go down. */
const knownDifferences: readonly {
  readonly reason: string
  readonly countMax: number
  readonly holds: (difference: Difference) => boolean
}[] = [
  {
    reason: 'the zone that a name stands for wins over the (old) rules that the file brings under that name',
    countMax: 215,
    holds: ({ field, before, after }) => isTimeField(field) && hasSameClocks(before, after, field),
  },
  {
    reason: 'a whole day that ends where it begins is that day',
    countMax: 30,
    holds: ({ field, before, after }) =>
      field === 'end' && before.end === before.start && before.start.length === 10 && after?.start === before.start,
  },
  {
    reason: 'a subject is one line',
    countMax: 95,
    holds: ({ field, before, after }) =>
      field === 'summary' && /[\r\n]/.test(before.summary) && plain(before.summary) === plain(after?.summary),
  },
  {
    reason: 'an original start is a day of the series: its own time of day, or a date in a series of whole days',
    countMax: 6,
    holds: ({ field, before, after }) =>
      field === 'recurrenceId' &&
      !hasSameClocks(before, after, field) &&
      before.recurrenceId.slice(0, 10) === after?.recurrenceId.slice(0, 10),
  },
  {
    reason: 'an empty category is none',
    countMax: 5,
    holds: ({ field, before }) => field === 'categories' && before.categories.includes(''),
  },
  {
    reason: 'control characters are no text',
    countMax: 1,
    holds: ({ field, before, after }) =>
      field === 'description' && before.description.replace(/[\0-\x08\x0b-\x1f]/g, '') === after?.description,
  },
  ...Object.entries({
    'ical4j/samples/invalid/CalendarDataFile.ics': 'the 31st of every month is its last day to Exchange',
    'ical4j/samples/valid/Christian32Holidays.ics':
      'ical.js carries 29 February over to March, RFC 5545 and Exchange do not',
    'ical4j/samples/valid/mathBirthdays.ics': 'ical.js carries 29 February over to March, RFC 5545 and Exchange do not',
    'ical4j/samples/valid/EXDATE-IN-UTC.ics':
      'ical.js cannot compare an EXDATE in UTC with a start whose zone is not defined',
    'ical4j/samples/valid/blalor.ics': 'an occurrence that is both changed and excluded is changed',
    'ical4j/samples/valid/lotr.ics': 'a series that ends before it starts has its start',
    'ical4j/samples/valid/lotr-updated.ics': 'a series that ends before it starts has its start',
    'ical4j/samples/valid/classify.ics': 'several calendars of one file have events of one UID',
    'ical.net/Serialization/Parameter2.ics': 'an empty UID is none',
    'caldavtester/errors/45.ics': 'a changed occurrence has no rule of its own',
    'caldavtester/errors/46.ics': 'a changed occurrence has no rule of its own',
    'node-ical/test/fixtures/multi-event-basic.ics': 'the end of a time is a time',
    'node-ical/test/fixtures/recurrence-sequence.ics': 'two changes of one day: the series has one occurrence on it',
  }).map(([file, reason]) => ({ reason, countMax: 6, holds: (difference: Difference) => difference.file === file })),
]

describe.skipIf(!corpusIsThere)(`iCalendar through Exchange${corpusNote}`, () => {
  const outcome = corpusIsThere ? convertAll() : undefined

  it('takes every calendar in, or says in a typed error why not', () => {
    expect(outcome?.files).toBe(1009)
    expect(outcome?.untyped).toEqual([])
    // What fails is what Exchange has no pattern for, what no program can read, and Apple's deliberate errors.
    expect(outcome?.failures).toMatchInlineSnapshot(`
      {
        "calendar.incomplete": 75,
        "calendar.recurrence-unsupported": 56,
        "calendar.unparsable": 91,
        "calendar.unsupported": 27,
      }
    `)
  })

  it('gives every item back as a calendar that can be read', () => {
    expect(outcome?.unreadable).toEqual([])
    expect(outcome?.items).toBeGreaterThan(5_700)
  })

  it('brings back UID, times, rule, exclusions, people and texts', () => {
    expect(outcome?.compared).toBeGreaterThan(5_400)
    const unknown = outcome?.differences.filter((each) => !knownDifferences.some(({ holds }) => holds(each)))
    expect(unknown?.map(({ file, key, field }) => `${file} ${key} ${field}`)).toEqual([])
  })

  it.each(knownDifferences)('differs where that is known: $reason', ({ holds, countMax }) => {
    const count = outcome?.differences.filter(holds).length
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThanOrEqual(countMax)
  })
})

function convertAll() {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const failures: Record<string, number> = {}
  const [untyped, unreadable]: [string[], string[]] = [[], []]
  const differences: Difference[] = []
  let [items, compared] = [0, 0]
  for (const path of paths.map((entry) => join(entry.parentPath, entry.name)).toSorted()) {
    const file = relative(root, path)
    const text = filledIn(readFileSync(path, 'utf8'))
    try {
      const result = convertIcalendar(text)
      for (const { error } of result.failures) failures[error.code] = (failures[error.code] ?? 0) + 1
      const after = new Map<string, EventFacts>()
      for (const { uid, message } of result.items) {
        items++
        const facts = factsOf(mapiToIcalendar(message), new Set())
        if (facts === undefined) unreadable.push(`${file} ${uid}`)
        for (const [key, fact] of facts ?? []) after.set(key, fact)
      }
      for (const [key, before] of factsOf(text, new Set(result.failures.map(({ uid }) => uid))) ?? []) {
        // One without a UID gets one, so nothing can be told of it.
        if (before.uid === 'null') continue
        compared++
        const found = after.get(key)
        if (found === undefined) differences.push({ file, key, field: 'uid', before, after: undefined })
        else differences.push(...differingFields(before, found).map((field) => ({ file, key, field, before, after: found })))
      }
    } catch (error) {
      if (!(error instanceof MigrationError)) untyped.push(`${file}: ${String(error)}`)
      else failures[error.code] = (failures[error.code] ?? 0) + 1
    }
  }
  return { files: paths.length, items, compared, failures, untyped, unreadable, differences }
}

function differingFields(before: EventFacts, after: EventFacts): readonly string[] {
  return (Object.keys(before) as (keyof EventFacts)[]).filter((field) => {
    const [a, b] = [[before[field]].flat(), [after[field]].flat()]
    return (
      a.length !== b.length || !a.every((value, n) => (isTimeField(field) ? isSameTime(value, b[n] ?? '') : value === b[n]))
    )
  })
}

function isTimeField(field: string): boolean {
  return ['start', 'end', 'recurrenceId', 'starts', 'ruleStarts'].includes(field)
}

function hasSameClocks(before: EventFacts, after: EventFacts | undefined, field: string): boolean {
  const [a, b] = [valueOf(before, field), valueOf(after, field)].map((value) =>
    [value].flat().map((time) => String(time).split(' ')),
  )
  return (
    a !== undefined &&
    b !== undefined &&
    a.length === b.length &&
    a.every(([clock, instant], n) => instant !== undefined && clock === b[n]?.[0])
  )
}

function valueOf(facts: EventFacts | undefined, field: string): unknown {
  return facts === undefined ? undefined : facts[field as keyof EventFacts]
}

function plain(text: string | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim()
}
