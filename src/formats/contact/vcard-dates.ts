import type { VcardLine } from './vcard-line.ts'

/** The year of a day whose year nobody knows, for Outlook and Apple alike: a leap year. */
const noYear = '1604'

/**
 * The day `yyyy-mm-dd` of a `BDAY` or `ANNIVERSARY` in any of its forms (RFC 6350 section 4.3.1, RFC 2426 section
 * 3.1.5); the time of day is not read. Without a year (`--0412`) it is one of 1604. Undefined for anything else.
 */
export function dayOf(line: VcardLine): string | undefined {
  const match = /^(\d{4}|--)-?(\d\d)-?(\d\d)(?:[T ].*)?$/.exec(line.value.trim())
  if (match === null) return undefined
  const [, year = '', month = '', day = ''] = match
  const isYearless = year === '--' || line.parameters.get('X-APPLE-OMIT-YEAR')?.[0] === year
  const text = `${isYearless ? noYear : year}-${month}-${day}`
  const isReal = Number(text.slice(0, 4)) > 1600 && toIsoDay(text) === text
  return isReal ? text : undefined
}

/** The value and parameters of a day in a vCard of this version. */
export function dayValue(day: string, version: '3.0' | '4.0'): readonly [string, Readonly<Record<string, string>>] {
  const isYearless = day.startsWith(noYear)
  if (version === '4.0') return [isYearless ? `--${day.slice(5).replace('-', '')}` : day.replaceAll('-', ''), {}]
  return [day, isYearless ? { 'X-APPLE-OMIT-YEAR': noYear } : {}]
}

function toIsoDay(text: string): string | undefined {
  const timeMs = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(timeMs) ? undefined : new Date(timeMs).toISOString().slice(0, 10)
}
