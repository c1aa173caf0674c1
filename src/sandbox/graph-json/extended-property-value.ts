import { fromFileTime, toFileTime } from '../../formats/mapi/file-time.ts'
import type { PropertyType, PropertyValue } from '../../formats/mapi/property-type.ts'

/** A single value as Graph's text for it; times in UTC without fractions, binary in base64. */
export function toValueText(type: PropertyType, value: PropertyValue): string {
  if (type === 'time' || type === 'times') return toDateTime(value as bigint)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return String(value)
}

/** The text of a value as MAPI keeps it; undefined when it does not fit the type. */
export function parseValueText(type: PropertyType, text: string): PropertyValue | undefined {
  switch (type) {
    case 'string':
      return text
    case 'boolean':
      return /^(?:true|1)$/i.test(text) ? true : /^(?:false|0)$/i.test(text) ? false : undefined
    case 'integer16':
    case 'integer32':
      return /^-?\d{1,10}$/.test(text) && fits(Number(text), type === 'integer16' ? 15 : 31) ? Number(text) : undefined
    case 'integer64':
    case 'currency':
      return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? BigInt(text) : undefined
    case 'float32':
    case 'float64':
    case 'floatingTime':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'time':
      return /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text) && !Number.isNaN(Date.parse(text)) ? toFileTime(Date.parse(text)) : undefined
    case 'binary':
      return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
    case 'guid':
      return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : undefined
    default:
      return undefined
  }
}

const elementTypes: Readonly<Partial<Record<PropertyType, PropertyType>>> = {
  strings: 'string',
  integer16s: 'integer16',
  integer32s: 'integer32',
  integer64s: 'integer64',
  times: 'time',
  floatingTimes: 'floatingTime',
  binaries: 'binary',
  float32s: 'float32',
  float64s: 'float64',
  currencies: 'currency',
  guids: 'guid',
}

/** The texts of a multi-valued property. */
export function toValueTexts(type: PropertyType, values: readonly PropertyValue[]): readonly string[] {
  return values.map((value) => toValueText(elementTypes[type] ?? type, value))
}

/** Undefined when one of the texts does not fit. */
export function parseValueTexts(type: PropertyType, texts: readonly string[]): PropertyValue | undefined {
  const element = elementTypes[type]
  const values = element === undefined ? [undefined] : texts.map((text) => parseValueText(element, text))
  return values.includes(undefined) ? undefined : (values as unknown as PropertyValue)
}

function toDateTime(ticks: bigint): string {
  const timeMs = Math.floor(fromFileTime(ticks) / 1000) * 1000
  return new Date(timeMs).toISOString().replace('.000Z', 'Z')
}

function fits(value: number, bits: number): boolean {
  return value >= -(2 ** bits) && value < 2 ** bits
}
