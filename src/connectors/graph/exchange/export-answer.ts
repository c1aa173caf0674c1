import { Buffer } from 'node:buffer'
import { MigrationError } from '../../../core/errors.ts'
import { decodeBase64InPlace } from '../../../formats/decode-base64-in-place.ts'
import { readJson } from '../../kit/microsoft/read-json.ts'
import { jsonObjects, jsonText } from '../../kit/microsoft/json-values.ts'

/** What `exportItems` answers for one item. */
export type Exported =
  | { readonly type: 'data'; readonly itemId: string; readonly changeKey: string; readonly data: Uint8Array }
  | { readonly type: 'error'; readonly itemId: string; readonly code: string; readonly text: string }

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/**
 * Reads an answer of `exportItems` and decodes the data where they stand: they are never held as text, and a second time
 * neither; `answer` is spoilt. Throws `transient` when it ends too early or its data are no base64.
 */
export function readExportAnswer(answer: Uint8Array): readonly Exported[] {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
  const spans = findData(bytes)
  const rest: Buffer[] = []
  let at = 0
  for (const [number, { start, end }] of spans.entries()) {
    rest.push(bytes.subarray(at, start), Buffer.from(String(number)))
    at = end
  }
  rest.push(bytes.subarray(at))
  // What is left after the data were cut out is small.
  const json = readJson(Buffer.concat(rest))
  if (json === undefined) throw cutShort()
  return jsonObjects(json, 'value').map((one) => {
    const itemId = jsonText(one, 'itemId')
    const error = one['error']
    if (typeof error === 'object' && error !== null) {
      const told = error as Readonly<Record<string, unknown>>
      return { type: 'error', itemId, code: jsonText(told, 'code'), text: jsonText(told, 'message') }
    }
    const span = spans[Number(jsonText(one, 'data') || Number.NaN)]
    if (span === undefined) return { type: 'error', itemId, code: '', text: '' }
    return { type: 'data', itemId, changeKey: jsonText(one, 'changeKey'), data: decode(bytes, span) }
  })
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Where the texts of the members `data` stand, without their quotes. */
function findData(json: Buffer): readonly Span[] {
  const spans: Span[] = []
  let isData = false
  for (let at = json.indexOf(quote); at !== -1; at = json.indexOf(quote, at + 1)) {
    const end = endOfText(json, at + 1)
    if (end === -1) throw cutShort()
    const isName = json[skipSpace(json, end + 1)] === colon
    if (isName) isData = end - at === 5 && json.toString('latin1', at + 1, end) === 'data'
    else {
      if (isData) spans.push({ start: at + 1, end })
      isData = false
    }
    at = end
  }
  return spans
}

function endOfText(json: Buffer, start: number): number {
  for (let end = json.indexOf(quote, start); end !== -1; end = json.indexOf(quote, end + 1)) {
    let escapes = 0
    while (json[end - 1 - escapes] === backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  return -1
}

function skipSpace(json: Buffer, start: number): number {
  let at = start
  while (json[at] === 0x20 || json[at] === 0x09 || json[at] === 0x0a || json[at] === 0x0d) at++
  return at
}

function decode(bytes: Buffer, { start, end }: Span): Uint8Array {
  const escape = bytes.subarray(start, end).indexOf(backslash)
  const stop = escape === -1 ? end : unescape(bytes, start, end)
  const data = decodeBase64InPlace(bytes, start, stop)
  if (data === undefined) throw cutShort()
  return data
}

/** Some writers of JSON escape the plus sign or the slash. */
function unescape(bytes: Buffer, start: number, end: number): number {
  const text = JSON.parse(`"${bytes.toString('latin1', start, end)}"`) as string
  return start + bytes.write(text, start, end - start, 'latin1')
}

function cutShort(): MigrationError {
  return new MigrationError('transient', 'graph.answer.cut-short', {
    message: 'An answer of Microsoft Graph with exported items ended before it was whole.',
    hint: 'It is asked for again.',
  })
}
