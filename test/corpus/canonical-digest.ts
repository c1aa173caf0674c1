import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'

/** How bytes differ from the form in which a mail server was seen to keep them; the names are those of the ledger. */
export type Change = 'line-ends' | 'nul' | 'final-cr'

const rules: readonly (readonly [change: Change, from: RegExp, to: string])[] = [
  ['nul', /\0/g, '\x80'],
  // Whatever number of CRs stands before a LF, none included.
  ['line-ends', /(?<!\r)\n|\r{2,}\n/g, '\r\n'],
  ['final-cr', /\r+$/, ''],
]

/** The form that is the same before and after what Dovecot 2.3.19 was seen to change while it said OK. */
export function canonical(bytes: Buffer): Buffer {
  const text = rules.reduce((changed, [, from, to]) => changed.replace(from, to), bytes.toString('latin1'))
  const decoded = text.split(/(?=\r\n--)/).map(decodePart).join('')
  return Buffer.from(decoded, 'latin1')
}

/** Undoes base64, into which Dovecot puts a part that was sent as `binary` with NUL in the message. */
function decodePart(part: string): string {
  const [, header = '', encoding = '', rest = '', body = ''] =
    /^([^]*?\r\nContent-Transfer-Encoding: )(base64|binary)((?:\r\n[^\r][^\r\n]*)*\r\n\r\n)([^]*)$/i.exec(part) ?? []
  if (encoding === '') return part
  const isBase64 = encoding.toLowerCase() === 'base64'
  const content = isBase64 ? Buffer.from(body, 'base64').toString('latin1').replaceAll('\0', '\x80') : body
  return `${header}*${rest}${content}`
}

/** How many messages both sides have with exactly the same bytes, by digest. */
export function countShared(some: Readonly<Record<string, number>>, others: Readonly<Record<string, number>>): number {
  return Object.entries(some).reduce((sum, [key, count]) => sum + Math.min(count, others[key] ?? 0), 0)
}

/** What `canonical` changes in these bytes, sorted by name, comma-separated; empty when nothing. */
export function changesOf(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  return rules
    .filter(([, from]) => text.search(from) >= 0)
    .map(([change]) => change)
    .sort()
    .join(',')
}

/** SHA-256 of the bytes, hex. */
export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** How often each key occurs: multisets compare with `toEqual`. */
export function countBy<T>(values: Iterable<T>, keyOf: (value: T) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const value of values) {
    const key = keyOf(value)
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}
