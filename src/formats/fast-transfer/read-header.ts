import { codePageStringOf } from './code-pages.ts'
import { guidText } from './guid.ts'
import { type PropertyType, propertyTypeCodes, propertyTypeOf } from '../mapi/property-type.ts'
import { named, numbered, type Property, tagged } from '../mapi/property.ts'
import { nameCharactersMax } from './property-header.ts'
import type { StreamReader } from './stream-reader.ts'

/** What the header of a property says: which it is, and how its value is to be read. */
export interface ReadHeader {
  readonly property: Property
  /** The wire code of the type in the bag. */
  readonly code: number
  /** Of text: its code page; 0 for 8-bit text in the code page of the message. */
  readonly codePage: number
}

const string8 = 0x001e
const string8s = 0x101e
/** Text of the message's own code page. */
export const messageCodePage = 0

// A mailbox uses some hundreds of properties again and again; names made up by senders must not fill the memory.
const headersMax = 8192
const namedCharactersMax = 100
const taggedHeaders = new Map<number, ReadHeader>()
const namedHeaders = new Map<string, ReadHeader>()

/**
 * Reads the type, id and name of a property. Throws `unknown-type` for types that no property has, `bad-name`,
 * `truncated`.
 */
export function readHeader(reader: StreamReader): ReadHeader {
  const { bytes, at: start } = reader
  const tag = reader.peek()
  return tag < 0x80000000 ? readTagged(reader, tag) : readNamed(reader, bytes.readUInt16LE(start))
}

function readTagged(reader: StreamReader, tag: number): ReadHeader {
  let header = taggedHeaders.get(tag)
  if (header === undefined) {
    header = makeHeader(reader, tag & 0xffff, (type) => tagged(tag >>> 16, type))
    if (taggedHeaders.size < headersMax) taggedHeaders.set(tag, header)
  }
  reader.at += 4
  return header
}

function readNamed(reader: StreamReader, typeCode: number): ReadHeader {
  const { bytes, at: start } = reader
  reader.need(4 + 16 + 1)
  const kind = bytes[start + 20]
  const nameStart = start + 21
  if (kind !== 0 && kind !== 1) throw reader.fault('bad-name', 'A property has neither a number nor a name')
  const end = kind === 0 ? nameStart + 4 : endOfName(reader, nameStart)
  reader.need(end - start)
  const isShort = end - start <= namedCharactersMax
  // All but the number that the source happens to have for the name.
  const key = isShort ? bytes.toString('latin1', start, start + 2) + bytes.toString('latin1', start + 4, end) : ''
  let header = isShort ? namedHeaders.get(key) : undefined
  if (header === undefined) {
    const set = guidText(bytes, start + 4)
    header = makeHeader(reader, typeCode, (type) =>
      kind === 0
        ? numbered(set, bytes.readUInt32LE(nameStart), type)
        : named(set, bytes.toString('utf16le', nameStart, end - 2), type),
    )
    if (isShort && namedHeaders.size < headersMax) namedHeaders.set(key, header)
  }
  reader.at = end
  return header
}

/** Past the terminator. */
function endOfName(reader: StreamReader, start: number): number {
  const { bytes } = reader
  for (let at = start; ; at += 2) {
    reader.need(at + 2 - reader.at)
    if (bytes[at] === 0 && bytes[at + 1] === 0) return at + 2
    if (at - start >= nameCharactersMax * 2) throw reader.fault('bad-name', 'The name of a property does not end')
  }
}

function makeHeader(reader: StreamReader, typeCode: number, make: (type: PropertyType) => Property): ReadHeader {
  if (typeCode === string8 || typeCode === string8s) {
    const type = typeCode === string8 ? 'string' : 'strings'
    return { property: make(type), code: propertyTypeCodes[type], codePage: messageCodePage }
  }
  const text = codePageStringOf(typeCode)
  if (text !== undefined) {
    const type = text.isMultiple ? 'strings' : 'string'
    return { property: make(type), code: propertyTypeCodes[type], codePage: text.codePage }
  }
  const type = propertyTypeOf(typeCode)
  if (type === undefined) {
    throw reader.fault('unknown-type', `A property has the unknown type 0x${typeCode.toString(16).padStart(4, '0')}`)
  }
  return { property: make(type), code: typeCode, codePage: 1200 }
}
