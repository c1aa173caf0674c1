/** A JSON object as it was answered; nothing is known of what is in it. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The JSON object in an answer's bytes; undefined when there is none, or not all of it. */
export function readJson(body: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}
