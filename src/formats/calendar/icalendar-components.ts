import ICAL from 'ical.js'
import { calendarError } from './calendar-error.ts'

/** A content line as read: `values` are those of jCal (RFC 7265), times as `2024-02-29T09:00:00` with `Z` when in UTC. */
export interface CalendarProperty {
  /** Lower case. */
  readonly name: string
  /** Names in lower case; of several values the first. */
  readonly parameters: Readonly<Record<string, string>>
  readonly type: string
  readonly values: readonly unknown[]
}

/** A component with what stands in it. */
export interface CalendarComponent {
  /** Lower case. */
  readonly name: string
  readonly properties: readonly CalendarProperty[]
  readonly components: readonly CalendarComponent[]
  /** Names of properties whose line cannot be read, in lower case. */
  readonly unreadable: readonly string[]
}

/** Exchange takes no item beyond 150 MB; a calendar of that size in text is no export of a person. */
const textCharactersMax = 150 * 1024 * 1024
const componentsMax = 200_000
const depthMax = 8

/**
 * The VCALENDARs of a text, in order. A line that cannot be read spoils its component only. Throws
 * `calendar.unparsable` when there is no VCALENDAR, `calendar.too-large` beyond the limits.
 */
export function parseComponents(text: string): readonly CalendarComponent[] {
  if (text.length > textCharactersMax) throw calendarError('too-large', 'The calendar is larger than 150 MB.')
  const root = open('')
  const stack = [root]
  let count = 0
  for (const line of unfoldedLines(text)) {
    const [, keyword, name] = /^(begin|end):\s*([\w-]+)\s*$/i.exec(line) ?? []
    const top = stack.at(-1) ?? root
    if (keyword === undefined || name === undefined) {
      if (stack.length > 1) addLine(top, line)
    } else if (keyword.toLowerCase() === 'begin') {
      if (++count > componentsMax || stack.length > depthMax)
        throw calendarError('too-large', 'The calendar has too many components.')
      const child = open(name.toLowerCase())
      top.components.push(child)
      stack.push(child)
    } else closeTo(stack, name.toLowerCase())
  }
  const calendars = root.components.filter((each) => each.name === 'vcalendar')
  if (calendars.length === 0) throw calendarError('unparsable', 'There is no VCALENDAR in the text.')
  return calendars
}

interface OpenComponent {
  readonly name: string
  readonly properties: CalendarProperty[]
  readonly components: OpenComponent[]
  readonly unreadable: string[]
}

function open(name: string): OpenComponent {
  return { name, properties: [], components: [], unreadable: [] }
}

/** Closes the innermost component of that name and what was left open in it; an END of nothing is passed over. */
function closeTo(stack: OpenComponent[], name: string): void {
  const at = stack.findLastIndex((each) => each.name === name)
  if (at > 0) stack.length = at
}

/** Folded lines are joined (RFC 5545 section 3.1); line ends may be any. */
function* unfoldedLines(text: string): Generator<string> {
  let parts: string[] = []
  for (const [line] of text.replace(/^\ufeff/, '').matchAll(/[^\r\n]+/g)) {
    if (/^[ \t]/.test(line)) parts.push(line.slice(1))
    else {
      if (parts.length > 0) yield parts.join('')
      parts = [line]
    }
  }
  if (parts.length > 0) yield parts.join('')
}

function addLine(component: OpenComponent, line: string): void {
  try {
    const [name, parameters, type, ...values] = ICAL.parse.property(line) as [
      string,
      Record<string, string | string[]>,
      string,
      ...unknown[],
    ]
    component.properties.push({
      name,
      parameters: Object.fromEntries(
        Object.entries(parameters).map(([key, value]) => [key, Array.isArray(value) ? (value[0] ?? '') : value]),
      ),
      type,
      values: values.map((value) => (type === 'unknown' && typeof value === 'string' ? unescapeText(value) : value)),
    })
  } catch {
    // The parser says only that the line is bad; whoever needs the property decides what that means.
    component.unreadable.push(/^[\w-]*/.exec(line)?.[0].toLowerCase() ?? '')
  }
}

/** What ical.js does for properties it knows to be texts (RFC 5545 section 3.3.11). */
function unescapeText(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_, character: string) => (/n/i.test(character) ? '\n' : character))
}

/** The first property of a name. */
export function firstOf({ properties }: CalendarComponent, name: string): CalendarProperty | undefined {
  return properties.find((each) => each.name === name)
}

/** All properties of a name. */
export function allOf({ properties }: CalendarComponent, name: string): readonly CalendarProperty[] {
  return properties.filter((each) => each.name === name)
}

/** The text of the first property of a name; undefined when there is none or it is empty. */
export function textOf(component: CalendarComponent, name: string): string | undefined {
  const value = firstOf(component, name)?.values[0]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The whole number of the first property of a name. */
export function integerOf(component: CalendarComponent, name: string): number | undefined {
  const value = Number(firstOf(component, name)?.values[0] ?? Number.NaN)
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : undefined
}

/** Refuses a component of which one of these properties cannot be read: `calendar.unparsable`. */
export function assertReadable({ unreadable }: CalendarComponent, names: readonly string[]): void {
  const bad = unreadable.find((name) => names.includes(name))
  if (bad !== undefined) throw calendarError('unparsable', `The ${bad.toUpperCase()} of an entry cannot be read.`)
}
