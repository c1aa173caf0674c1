import { Buffer } from 'node:buffer'
import { decodeBase64Text, findTexts, type TextSpan } from '../../../formats/json-text-span.ts'
import { corruptData, invalidRequest } from './import-error.ts'

/** What an import URL is asked to do (exchange.md 2.3). */
export type ImportBody = {
  readonly folderId: string
  /** The item's FastTransfer form: a view of the bytes that came in. */
  readonly data: Buffer
} & ({ readonly mode: 'create' } | { readonly mode: 'update'; readonly itemId: string; readonly changeKey: string })

const members = ['FolderId', 'Mode', 'Data', 'ItemId', 'ChangeKey'] as const
type Member = (typeof members)[number]
type Texts = Readonly<Partial<Record<Member, string>>>

/**
 * Reads a body and decodes the data over it, so that a large item is in memory once; `bytes` are spoilt. Throws an
 * ImportError, 400: no JSON, members that are unknown, missing or no strings, an item named in mode `create` or not
 * named in mode `update`, data that are no base64.
 */
export function readImportBody(bytes: Buffer): ImportBody {
  const spans = findTexts(bytes, 'Data', 1)
  if (spans.length > 1) throw unreadable()
  const [span = { start: 0, end: 0 }] = spans
  const texts = parseMembers(Buffer.concat([bytes.subarray(0, span.start), bytes.subarray(span.end)]))
  const { FolderId: folderId, Mode: mode, ItemId: itemId, ChangeKey: changeKey } = texts
  if (folderId === undefined) throw missing('FolderId')
  if (mode === undefined) throw missing('Mode')
  if (span.start === span.end) throw missing('Data')
  if (mode !== 'create' && mode !== 'update') throw invalidRequest(`Requested value '${mode}' was not found.`)
  if (mode === 'create') {
    if (itemId !== undefined || changeKey !== undefined) {
      throw invalidRequest('ItemId and ChangeKey must not be specified when Mode is create.')
    }
    return { mode, folderId, data: decode(bytes, span) }
  }
  if (itemId === undefined) throw missing('ItemId')
  if (changeKey === undefined) throw missing('ChangeKey')
  return { mode, folderId, itemId, changeKey, data: decode(bytes, span) }
}

/** Parses what is left once the data are cut out. */
function parseMembers(json: Buffer): Texts {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))
  } catch {
    throw unreadable()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable()
  for (const [name, text] of Object.entries(value)) {
    if (!members.includes(name as Member))
      throw invalidRequest(`The parameter '${name}' in the request payload is not a valid parameter.`)
    if (typeof text !== 'string') throw invalidRequest(`The parameter '${name}' in the request payload is no string.`)
  }
  return value as Texts
}

function decode(bytes: Buffer, span: TextSpan): Buffer {
  const data = decodeBase64Text(bytes, span)
  if (data === undefined) throw corruptData('The Data parameter is not a valid Base64 string.')
  return data
}

function unreadable(): Error {
  return invalidRequest('Unable to read JSON request payload. Please ensure the payload is of valid JSON format.')
}

function missing(name: Member): Error {
  return invalidRequest(`The required parameter '${name}' is missing.`)
}
