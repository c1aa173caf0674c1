import { createHash } from 'node:crypto'
import type { Json } from '../model/extra.ts'

/** SHA-256, hex, of a value whatever the order of its members; members without a value are none. */
export function jsonDigest(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_, part: Json) => (isObject(part) ? sorted(part) : part))
}

function sorted(value: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  // Without a prototype a member of any name is just a member.
  const result = Object.create(null) as Record<string, Json>
  for (const name of Object.keys(value).toSorted()) result[name] = value[name]!
  return result
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
