import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseComponents } from '../../../../src/formats/calendar/icalendar-components.ts'
import { vtimezoneZone } from '../../../../src/formats/calendar/vtimezone-zone.ts'
import { vtimezoneOf } from '../../../../src/formats/calendar/vtimezone.ts'
import { toIcalendar } from '../../../../src/formats/calendar/jcal.ts'
import { windowsNameOf, zoneByName } from '../../../../src/formats/calendar/windows-zone.ts'
import { readZoneDefinition, writeZoneDefinition } from '../../../../src/formats/calendar/zone-blobs.ts'
import { definitionOf, isSameBias, zoneByRules } from '../../../../src/formats/calendar/zone-rules.ts'
import { transitionsIn } from '../../../../src/formats/calendar/zone-transitions.ts'
import { ianaZone, toLocal, toUtc } from '../../../../src/formats/calendar/zone.ts'
import type { Zone } from '../../../../src/formats/calendar/zone.ts'
import { calendarProperties } from '../../../../src/formats/mapi/calendar-properties.ts'
import { outlookSamples, samplesAreThere } from './outlook-samples.ts'

const zoneNames = [
  'Europe/Vienna',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Tokyo',
  'America/Santiago',
  'Asia/Kathmandu',
  'Africa/Casablanca',
]
const fiveDaysMs = 5 * 86_400_000
const [from, to] = [Date.UTC(2020, 0, 1), Date.UTC(2027, 0, 1)]

describe('a time zone', () => {
  it('has a gap in spring and an hour twice in autumn', () => {
    const vienna = known('Europe/Vienna')
    expect(toUtc(vienna, Date.UTC(2024, 2, 31, 2, 30))).toBe(Date.UTC(2024, 2, 31, 1, 30))
    expect(toUtc(vienna, Date.UTC(2024, 9, 27, 2, 30))).toBe(Date.UTC(2024, 9, 27, 0, 30))
    expect(toLocal(vienna, Date.UTC(2024, 9, 27, 1, 30))).toBe(Date.UTC(2024, 9, 27, 2, 30))
  })

  it('is local and UTC and back, but for the second of two equal hours', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zoneNames), fc.integer({ min: from, max: to }), (name, utcMs) => {
        const zone = known(name)
        const back = toUtc(zone, toLocal(zone, utcMs))
        expect(toLocal(zone, back)).toBe(toLocal(zone, utcMs))
        expect(back).toBeLessThanOrEqual(utcMs)
      }),
    )
  })

  it.each(zoneNames)('%s is written as VTIMEZONE and read with the same clocks', (name) => {
    const zone = known(name)
    expect(differing(zone, readBack(zone, 2020, 2026))).toEqual([])
  })

  it.each(zoneNames.filter((name) => name !== 'Africa/Casablanca'))(
    '%s is stored in rules and read with the same clocks',
    (name) => {
      const zone = known(name)
      const { keyName, rules } = readZoneDefinition(writeZoneDefinition(definitionOf(zone, 'Some Zone', 2020, 2026)))
      expect(keyName).toBe('Some Zone')
      expect(differing(zone, zoneByRules(keyName, rules))).toEqual([])
    },
  )

  it.skipIf(!samplesAreThere)('has the rules that Windows has for it', () => {
    const sample = outlookSamples().find(({ name }) => name === 'Appointment_sample_EST.msg')
    const stored = readZoneDefinition(
      sample?.message.properties.get(calendarProperties.zoneDefinitionEnd) ?? Buffer.alloc(0),
    )
    const ours = definitionOf(known('America/New_York'), 'Eastern Standard Time', 2006, 2022)
    expect(stored.rules).toHaveLength(2)
    expect(ours.rules.map(({ flags, start: { year } }) => [flags, year])).toEqual([
      [0, 1601],
      [2, 2007],
    ])
    expect(ours.rules.map((rule, n) => isSameBias(rule, stored.rules[n] ?? rule))).toEqual([true, true])
  })

  it.each([
    ['Europe/Vienna', 'W. Europe Standard Time'],
    ['W. Europe Standard Time', 'W. Europe Standard Time'],
    ['US/Eastern', 'Eastern Standard Time'],
    ['/mozilla.org/20050126_1/Europe/Berlin', 'W. Europe Standard Time'],
    ['/softwarestudio.org/Olson_20011030_5/America/Indiana/Indianapolis', 'US Eastern Standard Time'],
    ['/freeassociation.sourceforge.net/Tzfile/Asia/Tokyo', 'Tokyo Standard Time'],
    ['Etc/UTC', 'UTC'],
  ])('%s is %s', (name, windowsName) => {
    expect(windowsNameOf(known(name), 2024)).toBe(windowsName)
  })

  it('that nobody knows is none', () => {
    for (const name of ['Customized Time Zone', '+05:30', '', '../../etc/passwd', 'Bogus/City'])
      expect(zoneByName(name)).toBeUndefined()
  })

  it('of another name is found by its rules', () => {
    const custom = { id: 'Home', offsetMsAt: (utcMs: number) => known('Australia/Lord_Howe').offsetMsAt(utcMs) }
    expect(windowsNameOf(custom, 2024)).toBe('Lord Howe Standard Time')
    expect(windowsNameOf({ id: 'Ship', offsetMsAt: () => 17 * 60_000 }, 2024)).toBeUndefined()
  })

  it('with rules that never end or repeat every second takes no time', () => {
    const [calendar] = parseComponents(
      [
        'BEGIN:VCALENDAR',
        'BEGIN:VTIMEZONE',
        'TZID:Mad',
        'BEGIN:STANDARD',
        'DTSTART:19700101T000000',
        'RRULE:FREQ=SECONDLY',
        'TZOFFSETFROM:+0100',
        'TZOFFSETTO:+0200',
        'END:STANDARD',
        'END:VTIMEZONE',
        'END:VCALENDAR',
      ].join('\n'),
    )
    const zone = vtimezoneZone(
      'Mad',
      calendar?.components[0] ?? { name: '', properties: [], components: [], unreadable: [] },
    )
    expect([zone.offsetMsAt(Date.UTC(1960, 0, 1)), zone.offsetMsAt(Date.UTC(4000, 0, 1))]).toEqual([3_600_000, 7_200_000])
  })
})

function known(name: string): Zone {
  const zone = zoneByName(name) ?? ianaZone(name)
  if (zone === undefined) throw new Error(`${name} is not known`)
  return zone
}

function readBack(zone: Zone, fromYear: number, toYear: number): Zone {
  const text = toIcalendar(['vcalendar', [], [vtimezoneOf(zone, { from: fromYear, to: toYear })]])
  const definition = parseComponents(text)[0]?.components[0]
  if (definition === undefined) throw new Error('no time zone was written')
  return vtimezoneZone(zone.id, definition)
}

/** Times at which two zones differ: the hours around each change of the first, and one in five days, in seven years. */
function differing(a: Zone, b: Zone): readonly string[] {
  const years = Array.from({ length: 7 }, (_, n) => 2020 + n)
  const hours = years.flatMap((year) => transitionsIn(a, year).flatMap(({ utcMs }) => around(utcMs)))
  const days = Array.from({ length: (to - from) / fiveDaysMs }, (_, n) => from + n * fiveDaysMs)
  const times = [...hours, ...days].filter((ms) => a.offsetMsAt(ms) !== b.offsetMsAt(ms))
  return times.slice(0, 5).map((ms) => new Date(ms).toISOString())
}

function around(utcMs: number): readonly number[] {
  return Array.from({ length: 49 }, (_, n) => utcMs + (n - 24) * 3_600_000).flatMap((ms) => [ms - 1, ms])
}
