import { type Property, type PropertyName, named, numbered, tagged } from '../../formats/mapi/property.ts'
import { propertySets } from '../../formats/mapi/property-sets.ts'
import type { PropertyType } from '../../formats/mapi/property-type.ts'

const typesByName: Readonly<Record<string, PropertyType>> = {
  string: 'string',
  integer: 'integer32',
  short: 'integer16',
  long: 'integer64',
  boolean: 'boolean',
  systemtime: 'time',
  applicationtime: 'floatingTime',
  binary: 'binary',
  double: 'float64',
  float: 'float32',
  currency: 'currency',
  clsid: 'guid',
  stringarray: 'strings',
  integerarray: 'integer32s',
  shortarray: 'integer16s',
  longarray: 'integer64s',
  systemtimearray: 'times',
  applicationtimearray: 'floatingTimes',
  binaryarray: 'binaries',
  doublearray: 'float64s',
  floatarray: 'float32s',
  currencyarray: 'currencies',
  clsidarray: 'guids',
}

const namesByType: Readonly<Partial<Record<PropertyType, string>>> = {
  string: 'String',
  integer32: 'Integer',
  integer16: 'Short',
  integer64: 'Long',
  boolean: 'Boolean',
  time: 'SystemTime',
  floatingTime: 'ApplicationTime',
  binary: 'Binary',
  float64: 'Double',
  float32: 'Float',
  currency: 'Currency',
  guid: 'CLSID',
  strings: 'StringArray',
  integer32s: 'IntegerArray',
  integer16s: 'ShortArray',
  integer64s: 'LongArray',
  times: 'SystemTimeArray',
  floatingTimes: 'ApplicationTimeArray',
  binaries: 'BinaryArray',
  float64s: 'DoubleArray',
  float32s: 'FloatArray',
  currencies: 'CurrencyArray',
  guids: 'CLSIDArray',
}

/**
 * The property that an extended property's id names: `Integer 0x0E07`, `String {guid} Name x`, `String {guid} Id
 * 0x8102` (exchange.md 3.2; type names in any case). Undefined for any other text.
 */
export function parseExtendedPropertyId(id: string): Property | undefined {
  const [, typeName = '', rest = ''] = /^\s*(\w+)\s+(.+?)\s*$/s.exec(id) ?? []
  const type = typesByName[typeName.toLowerCase()]
  if (type === undefined) return undefined
  const tag = /^0x([0-9a-f]{1,4})$/i.exec(rest)?.[1]
  if (tag !== undefined) return Number.parseInt(tag, 16) < 0x8000 ? tagged(Number.parseInt(tag, 16), type) : undefined
  const [, set = '', kind = '', name = ''] = /^\{([0-9a-f-]{36})\}\s+(Id|Name)\s+(.+)$/is.exec(rest) ?? []
  if (kind.toLowerCase() === 'name')
    return named(set, set.toLowerCase() === propertySets.internetHeaders ? name.toLowerCase() : name, type)
  const lid = /^0x([0-9a-f]{1,8})$/i.exec(name)?.[1]
  return lid === undefined ? undefined : numbered(set, Number.parseInt(lid, 16), type)
}

/** The id as Graph writes it back; undefined for types that extended properties do not have. */
export function toExtendedPropertyId({ type, name }: Property): string | undefined {
  const typeName = namesByType[type]
  return typeName === undefined ? undefined : `${typeName} ${nameText(name)}`
}

function nameText(name: PropertyName): string {
  if ('id' in name) return `0x${name.id.toString(16)}`
  return 'lid' in name ? `{${name.set}} Id 0x${name.lid.toString(16)}` : `{${name.set}} Name ${name.name}`
}

/** Whether it is one of `multiValueExtendedProperties`. */
export function isMultiValued({ type }: Property): boolean {
  return namesByType[type]?.endsWith('Array') === true
}
