import type { JsonObject } from '../../kit/microsoft/read-json.ts'

interface ExtendedProperty {
  readonly id: string
  readonly value: string
}

/** `$expand` for these extended properties (`Integer 0x0E08`). */
export function expandExtended(ids: readonly string[]): string {
  return `singleValueExtendedProperties($filter=${ids.map((id) => `id eq '${id}'`).join(' or ')})`
}

/** The value of an extended property that was expanded; undefined where the item has none. Graph spells ids in its own way. */
export function extendedValue(entity: JsonObject, id: string): string | undefined {
  const properties = entity['singleValueExtendedProperties']
  if (!Array.isArray(properties)) return undefined
  const wanted = id.toLowerCase()
  const found = (properties as readonly ExtendedProperty[]).find((property) => normalId(property.id) === normalId(wanted))
  return found === undefined ? undefined : String(found.value)
}

/** `Integer 0xe08` is `Integer 0x0E08`. */
function normalId(id: string): string {
  return id.toLowerCase().replace(/0x0*/, '0x')
}
