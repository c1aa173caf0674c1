import type { JsonObject } from './read-json.ts'

/** A member that is text; empty when it is none. */
export function jsonText(json: JsonObject, name: string): string {
  const value = json[name]
  return typeof value === 'string' ? value : ''
}

/** A member that is a number; 0 when it is none. */
export function jsonNumber(json: JsonObject, name: string): number {
  const value = json[name]
  return typeof value === 'number' ? value : 0
}

/** The objects of a member that is a list of them; none when it is no list. */
export function jsonObjects(json: JsonObject, name: string): readonly JsonObject[] {
  const value = json[name]
  return Array.isArray(value) ? value.filter((one): one is JsonObject => typeof one === 'object' && one !== null) : []
}
