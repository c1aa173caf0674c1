import ICAL from 'ical.js'

/** A property in jCal (RFC 7265): name and parameters in lower case, type, values. */
export type JcalProperty = [name: string, parameters: Record<string, string>, type: string, ...values: unknown[]]

/** A component in jCal. */
export type JcalComponent = [name: string, properties: readonly JcalProperty[], components: readonly JcalComponent[]]

/** A property with one text; without characters that no iCalendar may hold. */
export function textProperty(name: string, value: string, parameters: Record<string, string> = {}): JcalProperty {
  const clean = value.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '').replace(/\r\n?/g, '\n')
  // ical.js would write VALUE=TEXT, which Outlook does not expect, and leave an unknown type as it is.
  return name.startsWith('x-') ? [name, parameters, 'unknown', escapeText(clean)] : [name, parameters, 'text', clean]
}

function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n')
}

/** A property with whatever value it has. */
export function valueProperty(name: string, type: string, ...values: readonly unknown[]): JcalProperty {
  return [name, {}, type, ...values]
}

/** The text of a calendar, folded, with CRLF. */
export function toIcalendar(calendar: JcalComponent): string {
  return `${ICAL.stringify.component([...calendar], ICAL.design.icalendar)}\r\n`
}

/** A time in UTC, to the second. */
export function utcText(utcMs: number): string {
  return `${new Date(utcMs).toISOString().slice(0, 19)}Z`
}
