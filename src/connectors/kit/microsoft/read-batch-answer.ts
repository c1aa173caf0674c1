import type { HttpAnswer } from '../http/http-client.ts'
import { jsonObjects } from './json-values.ts'
import type { JsonObject } from './read-json.ts'

/** The answers within the answer to a `$batch`, by the ids of their requests, each as if it had come alone (exchange.md 3.3). */
export function readBatchAnswer(json: JsonObject): ReadonlyMap<string, HttpAnswer> {
  return new Map(jsonObjects(json, 'responses').map((one) => [String(one['id']), toAnswer(one)]))
}

function toAnswer({ status, headers, body }: JsonObject): HttpAnswer {
  // A part's headers are written as Graph likes them: an HTTP client gives them in small letters.
  const named = Object.entries(typeof headers === 'object' && headers !== null ? headers : {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  const answer = { status: Number(status), headers: Object.fromEntries(named) }
  if (body === undefined || body === null) return { ...answer, body: new Uint8Array() }
  // JSON comes as it is, anything else in base64.
  return { ...answer, body: typeof body === 'string' ? Buffer.from(body, 'base64') : Buffer.from(JSON.stringify(body)) }
}
