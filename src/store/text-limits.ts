/** How much of a header value is kept for finding a message again. */
const headerCharsMax = 300
/** How much of a reason or hint is kept. */
const noteCharsMax = 1_000

/** A header value as it is kept: cut, and without NUL, which PostgreSQL refuses in text. */
export function limitHeader(value: string): string {
  return limit(value, headerCharsMax)
}

/** A reason or hint as it is kept. */
export function limitNote(value: string): string {
  return limit(value, noteCharsMax)
}

function limit(value: string, charsMax: number): string {
  const text = value.length > charsMax ? value.slice(0, charsMax) : value
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text
}
