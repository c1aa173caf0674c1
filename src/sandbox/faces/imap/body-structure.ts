import type { HeaderBlock } from '../../../formats/mime/header-block.ts'
import type { MimePart } from '../../../formats/mime/part-tree.ts'
import { parseStructuredField, type StructuredField } from '../../../formats/mime/structured-field.ts'
import { formatEnvelope } from './envelope.ts'
import { messageWithin, type ParsedMessage } from './message-parts.ts'
import { encodedText, nstring } from './strings.ts'

const depthMax = 64

/** BODYSTRUCTURE, or BODY without the extension data (RFC 3501 section 7.4.2). */
export function formatBodyStructure(message: ParsedMessage, isExtended: boolean): string {
  return formatPart(message, message.root, isExtended, 0)
}

function formatPart(message: ParsedMessage, part: MimePart, isExtended: boolean, depth: number): string {
  const { header, contentType } = part
  const [type = 'text', subtype = 'plain'] = contentType.value.split('/')
  if (part.children.length > 0 && depth < depthMax) {
    const children = part.children.map((child) => formatPart(message, child, isExtended, depth + 1)).join('')
    const extension = isExtended ? ` ${formatParameters(contentType)} ${dispositionOf(header)} ${commonExtension(header)}` : ''
    return `(${children} ${nstring(subtype)}${extension})`
  }
  const encoding = header.first('content-transfer-encoding') ?? '7bit'
  const fields = [
    nstring(type),
    nstring(subtype),
    formatParameters(contentType),
    optional(header, 'content-id'),
    optional(header, 'content-description'),
    nstring(parseStructuredField(encoding).value),
    String(part.bodyEnd - part.bodyStart),
  ]
  const inner = depth < depthMax ? messageWithin(message, part) : undefined
  if (inner !== undefined) fields.push(formatEnvelope(inner.root.header), formatPart(inner, inner.root, isExtended, depth + 1))
  if (inner !== undefined || type === 'text') fields.push(String(countLines(message, part)))
  if (isExtended) fields.push('NIL', dispositionOf(header), commonExtension(header))
  return `(${fields.join(' ')})`
}

function formatParameters({ parameters }: StructuredField): string {
  const written = [...parameters].map(([name, value]) => `${nstring(name)} ${nstring(encodedText(value))}`)
  return written.length === 0 ? 'NIL' : `(${written.join(' ')})`
}

function dispositionOf(header: HeaderBlock): string {
  const text = header.first('content-disposition')
  if (text === undefined) return 'NIL'
  const disposition = parseStructuredField(text)
  return `(${nstring(disposition.value)} ${formatParameters(disposition)})`
}

/** Language and location. */
function commonExtension(header: HeaderBlock): string {
  return `${optional(header, 'content-language')} ${optional(header, 'content-location')}`
}

function optional(header: HeaderBlock, key: string): string {
  const value = header.first(key)
  return nstring(value === undefined ? undefined : encodedText(value))
}

function countLines({ bytes }: ParsedMessage, { bodyStart, bodyEnd }: MimePart): number {
  let lines = 0
  for (let at = bytes.indexOf(0x0a, bodyStart); at >= 0 && at < bodyEnd; at = bytes.indexOf(0x0a, at + 1)) lines++
  return lines
}
