import ICAL from 'ical.js'

/** What an event says, as ical.js alone reads it; times in a form that does not depend on how their zone is called. */
export interface EventFacts {
  readonly uid: string
  readonly recurrenceId: string
  readonly start: string
  readonly end: string
  readonly summary: string
  readonly location: string
  readonly description: string
  /** The first fifty starts by rule, without exclusions. */
  readonly ruleStarts: readonly string[]
  /** The first fifty starts by rule and exclusions. */
  readonly starts: readonly string[]
  readonly attendees: readonly string[]
  readonly organizer: string
  readonly categories: readonly string[]
}

const expansionMax = 50
const iterationsMax = 5_000

/**
 * The events of a calendar by UID and RECURRENCE-ID. Undefined when ical.js cannot read it. Of two versions of an
 * event the one with the higher SEQUENCE counts, of equals the later. Events of the UIDs in `without` are left out:
 * ical.js counts an absurd duration second by second.
 */
export function factsOf(
  text: string,
  without: ReadonlySet<string | undefined>,
): ReadonlyMap<string, EventFacts> | undefined {
  const calendars = calendarsOf(text)
  if (calendars === undefined) return undefined
  const facts = new Map<string, EventFacts>()
  const sequences = new Map<string, number>()
  for (const calendar of calendars) {
    for (const event of calendar.getAllSubcomponents('vevent')) {
      if (without.has(String(event.getFirstPropertyValue('uid')))) continue
      const read = readEvent(event)
      if (read === undefined) continue
      const key = `${read.uid} ${read.recurrenceId.slice(0, 10)}`
      const sequence = Number(event.getFirstPropertyValue('sequence') ?? 0) || 0
      if (sequence < (sequences.get(key) ?? Number.NEGATIVE_INFINITY)) continue
      sequences.set(key, sequence)
      facts.set(key, read)
    }
  }
  return facts
}

function calendarsOf(text: string): readonly ICAL.Component[] | undefined {
  try {
    const jcal: unknown[] = ICAL.parse(text)
    const all = (typeof jcal[0] === 'string' ? [jcal] : jcal) as unknown[][]
    return all.map((each) => new ICAL.Component(each))
  } catch {
    return undefined
  }
}

function readEvent(event: ICAL.Component): EventFacts | undefined {
  try {
    const start = timeOf(event, 'dtstart')
    if (start === undefined) return undefined
    const end = timeOf(event, 'dtend') ?? endByDuration(event, start)
    // An end without a zone is meant by the clock of the start.
    if (
      end.zone === ICAL.Timezone.localTimezone &&
      !end.isDate &&
      event.getFirstProperty('dtend')?.getParameter('tzid') === undefined
    )
      end.zone = start.zone
    const excluded = new Set(timesOf(event, 'exdate').map(moment))
    const rule = event.getFirstPropertyValue('rrule')
    const expanded = rule instanceof ICAL.Recur ? expand(rule, start, excluded) : { ruleStarts: [], starts: [] }
    return {
      uid: String(event.getFirstPropertyValue('uid')),
      recurrenceId: textOfTime(timeOf(event, 'recurrence-id')),
      start: toText(start),
      end: toText(end.compare(start) < 0 ? start : end),
      summary: String(event.getFirstPropertyValue('summary') ?? ''),
      location: String(event.getFirstPropertyValue('location') ?? ''),
      description: String(event.getFirstPropertyValue('description') ?? ''),
      ...expanded,
      attendees: event.getAllProperties('attendee').map(attendeeText).toSorted(),
      organizer: addressText(event.getFirstProperty('organizer')),
      categories: event
        .getAllProperties('categories')
        .flatMap((each) => each.getValues().map(String))
        .toSorted(),
    }
  } catch {
    // ical.js gives up on a value only when it is asked for it.
    return undefined
  }
}

function expand(
  rule: ICAL.Recur,
  start: ICAL.Time,
  excluded: ReadonlySet<string>,
): Pick<EventFacts, 'ruleStarts' | 'starts'> {
  const iterator = rule.iterator(start)
  const ruleStarts: string[] = []
  const starts: string[] = []
  for (let n = 0; n < iterationsMax && starts.length < expansionMax; n++) {
    const next = iterator.next() as ICAL.Time | null
    if (next === null || next.year > 2034) break
    const text = toText(next)
    if (ruleStarts.length < expansionMax) ruleStarts.push(text)
    if (!excluded.has(moment(next))) starts.push(text)
  }
  return { ruleStarts, starts }
}

function timeOf(event: ICAL.Component, name: string): ICAL.Time | undefined {
  const value = event.getFirstPropertyValue(name)
  return value instanceof ICAL.Time ? value : undefined
}

function timesOf(event: ICAL.Component, name: string): readonly ICAL.Time[] {
  return event.getAllProperties(name).flatMap((each) => each.getValues().filter((value) => value instanceof ICAL.Time))
}

function endByDuration(event: ICAL.Component, start: ICAL.Time): ICAL.Time {
  const duration = event.getFirstPropertyValue('duration')
  const end = start.clone()
  if (duration instanceof ICAL.Duration) end.addDuration(duration)
  else if (start.isDate) end.adjust(1, 0, 0, 0)
  return end
}

function textOfTime(time: ICAL.Time | undefined): string {
  return time === undefined ? '' : toText(time)
}

/** A date as it is, a time as the clock shows it and, where ical.js knows the zone, the instant. */
function toText(time: ICAL.Time): string {
  if (time.isDate) return time.toString()
  const clock = time.toString().slice(0, 19)
  return time.zone === ICAL.Timezone.localTimezone
    ? clock
    : `${clock} ${new Date(time.toUnixTime() * 1000).toISOString().slice(0, 19)}Z`
}

/** The instant where it is known, else the clock. */
function moment(time: ICAL.Time): string {
  const [clock = '', instant = clock] = toText(time).split(' ')
  return instant
}

/**
 * Whether a time came back: the same instant; the same clock where only the program that wrote it knows the zone, or
 * none was meant.
 */
export function isSameTime(before: string, after: string): boolean {
  const [clock, instant] = before.split(' ')
  const [clockAfter, instantAfter] = after.split(' ')
  return instant === undefined ? clock === clockAfter : instant === instantAfter
}

function attendeeText(property: ICAL.Property): string {
  const partstat = String(property.getParameter('partstat') ?? '').toUpperCase()
  const answer = ['ACCEPTED', 'TENTATIVE', 'DECLINED'].includes(partstat) ? partstat : 'none'
  return `${addressText(property)} ${answer}`
}

function addressText(property: ICAL.Property | null): string {
  if (property === null) return ''
  const value = String(property.getFirstValue()).toLowerCase()
  const email = property.getParameter('email')
  if (value.startsWith('mailto:')) return value
  // Apple's addresses are ids of its server with the mail address beside them.
  return email === undefined ? value.replace(/^(?=[^:]+@)/, 'mailto:') : `mailto:${String(email).toLowerCase()}`
}

/** A calendar of Apple's tests with its placeholders filled in: years, days, people, ids. */
export function filledIn(text: string): string {
  return text
    .replace(/\$now\.year\.(\d):/g, (_, years: string) => String(2025 + Number(years)))
    .replace(/\$now\.(-?\d+):/g, (_, days: string) =>
      new Date(Date.UTC(2025, 5, 15 + Number(days))).toISOString().slice(0, 10).replaceAll('-', ''),
    )
    .replace(/\$cuaddrurn(\d):/g, 'urn:uuid:0000000$1')
    .replace(/\$cuaddr(?:alt)?(\d):/g, 'mailto:person$1@example.com')
    .replace(/\$email(\d):/g, 'person$1@example.com')
    .replace(/\$(username|uid)(\d):/g, '$1$2')
}
