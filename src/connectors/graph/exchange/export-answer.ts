import { Buffer } from 'node:buffer'
import { MigrationError } from '../../../core/errors.ts'
import { decodeBase64Text, findTexts, type TextSpan } from '../../../formats/json-text-span.ts'
import { readJson } from '../../kit/microsoft/read-json.ts'
import { jsonObjects, jsonText } from '../../kit/microsoft/json-values.ts'

/** What `exportItems` answers for one item. */
export type Exported =
  | { readonly type: 'data'; readonly itemId: string; readonly changeKey: string; readonly data: Uint8Array }
  | { readonly type: 'error'; readonly itemId: string; readonly code: string; readonly text: string }

/** `{"value":[{"data":...}]}` */
const dataDepth = 3

/**
 * Reads an answer of `exportItems` and decodes the data where they stand: they are never held as text, and a second time
 * neither; `answer` is spoilt. Throws `transient` when it ends too early or its data are no base64.
 */
export function readExportAnswer(answer: Uint8Array): readonly Exported[] {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
  const spans = findTexts(bytes, 'data', dataDepth)
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

function decode(bytes: Buffer, span: TextSpan): Uint8Array {
  const data = decodeBase64Text(bytes, span)
  if (data === undefined) throw cutShort()
  return data
}

function cutShort(): MigrationError {
  return new MigrationError('transient', 'graph.answer.cut-short', {
    message: 'An answer of Microsoft Graph with exported items ended before it was whole.',
    hint: 'It is asked for again.',
  })
}
