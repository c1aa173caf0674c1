import type { PropertyType } from './property-type.ts'

/** What identifies a property beyond its type: a number below 0x8000, or a property set with a number or a name. */
export type PropertyName =
  | { readonly id: number }
  | { readonly set: string; readonly lid: number }
  | { readonly set: string; readonly name: string }

/** A property as code speaks of it. Within one object a `key` stands for one value, whatever its type. */
export interface Property<T extends PropertyType = PropertyType> {
  /** `0037` for a tagged property, `{set}/8102` and `{set}:Name` for named ones; hex digits are lower case. */
  readonly key: string
  readonly type: T
  readonly name: PropertyName
}

/** A property with a number of its own (MS-OXPROPS): `tagged(0x0037, 'string')` is the subject. */
export function tagged<T extends PropertyType>(id: number, type: T): Property<T> {
  return { key: id.toString(16).padStart(4, '0'), type, name: { id } }
}

/** A named property with a number in its set (a long id, LID). `set` is a GUID without braces. */
export function numbered<T extends PropertyType>(set: string, lid: number, type: T): Property<T> {
  const lower = set.toLowerCase()
  return { key: `{${lower}}/${lid.toString(16).padStart(4, '0')}`, type, name: { set: lower, lid } }
}

/** A named property with a name in its set. Names are compared exactly, but those of internet headers are lower case. */
export function named<T extends PropertyType>(set: string, name: string, type: T): Property<T> {
  const lower = set.toLowerCase()
  return { key: `{${lower}}:${name}`, type, name: { set: lower, name } }
}
