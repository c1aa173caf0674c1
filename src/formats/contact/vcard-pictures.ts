import { Buffer } from 'node:buffer'
import { pictureType } from './contact-photo.ts'
import { valueLine, type VcardLine } from './vcard-line.ts'
import { unescapeText } from './vcard-value.ts'

/** The bytes of a line in base64 or with a `data:` URI; undefined when it has a link or nothing. */
export function bytesOf(line: VcardLine): Uint8Array | undefined {
  const text = unescapeText(line.value)
  const isInline = line.parameters.get('ENCODING')?.[0] === 'b'
  const base64 = isInline ? text : /^data:[^,]{0,200};base64,(?<data>[\s\S]*)$/i.exec(text)?.groups?.['data']
  if (base64 === undefined) return undefined
  const bytes = Buffer.from(base64, 'base64')
  return bytes.length === 0 ? undefined : bytes
}

/** The `PHOTO` of a contact: base64 in 3.0 (RFC 2426 section 3.1.4), a `data:` URI in 4.0 (RFC 6350 section 6.2.4). */
export function photoLine(bytes: Uint8Array, version: '3.0' | '4.0'): VcardLine {
  const type = pictureType(bytes)
  const base64 = Buffer.from(bytes).toString('base64')
  if (version === '4.0') return valueLine('PHOTO', `data:${type};base64,${base64}`)
  const word = type.startsWith('image/') ? { TYPE: type.slice('image/'.length).toUpperCase() } : {}
  return valueLine('PHOTO', base64, { ENCODING: 'b', ...word })
}
