import type { JsonObject } from '../../connectors/kit/microsoft/read-json.ts'

/** A text of an answer; undefined when it is absent, null, empty or no text. */
export function textOf(json: JsonObject, name: string): string | undefined {
  const value = json[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A number of an answer; 0 when it is absent or no number. */
export function numberOf(json: JsonObject, name: string): number {
  const value = Number(json[name])
  return Number.isFinite(value) ? value : 0
}

/** The texts of a list of an answer. */
export function textsOf(json: JsonObject, name: string): readonly string[] {
  const value = json[name]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

/** An object of an answer; an empty one when there is none. */
export function objectOf(json: JsonObject, name: string): JsonObject {
  const value = json[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}
