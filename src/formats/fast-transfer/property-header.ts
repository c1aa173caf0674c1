import { Buffer } from 'node:buffer'
import { propertyTypeCodes } from '../mapi/property-type.ts'
import type { Property } from '../mapi/property.ts'
import { FastTransferError } from './fast-transfer-error.ts'
import { guidBytes } from './guid.ts'
import { dnPrefixId, isMarker, isMetaProperty } from './markers.ts'

/** Names of properties are short; Exchange takes 255 characters. */
export const nameCharactersMax = 1024
/** Unicode text as Exchange itself writes it: a string of code page 1200. */
const unicodeStringType = 0x84b0

/** What stands before the value of a property, and may be written as it is but for the number of a named one. */
export interface PropertyHeader {
  readonly bytes: Buffer
  readonly isNamed: boolean
}

// Properties are few objects that live as long as the process, or are held by the reader that found them.
const headers = new WeakMap<Property, PropertyHeader>()

/**
 * The type, id and name of a property as the stream has them (exchange.md 8.4); a named one has 0 for its id. Throws
 * `unwritable` for names that the stream cannot hold and for tags that steer it.
 */
export function headerOf(property: Property): PropertyHeader {
  let header = headers.get(property)
  if (header === undefined) headers.set(property, (header = makeHeader(property)))
  return header
}

function makeHeader({ name, type, key }: Property): PropertyHeader {
  const typeCode = type === 'string' ? unicodeStringType : propertyTypeCodes[type]
  if ('id' in name) {
    const tag = name.id * 0x10000 + typeCode
    const isSteering = isMarker(tag) || isMetaProperty(tag) || (name.id === dnPrefixId && type === 'string')
    if (!(name.id >= 0 && name.id < 0x8000) || isSteering) throw unwritable(key)
    return { bytes: tagBytes(typeCode, name.id), isNamed: false }
  }
  const set = guidBytes(name.set)
  if (set === undefined) throw unwritable(key)
  const tag = tagBytes(typeCode, 0)
  if ('lid' in name) {
    if (name.lid !== name.lid >>> 0) throw unwritable(key)
    const lid = Buffer.alloc(5)
    lid.writeUInt32LE(name.lid, 1)
    return { bytes: Buffer.concat([tag, set, lid]), isNamed: true }
  }
  if (name.name.length > nameCharactersMax || name.name.includes('\0')) throw unwritable(key)
  const text = Buffer.from(`${name.name}\0`, 'utf16le')
  return { bytes: Buffer.concat([tag, set, Buffer.of(1), text]), isNamed: true }
}

function tagBytes(type: number, id: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(type, 0)
  bytes.writeUInt16LE(id, 2)
  return bytes
}

function unwritable(key: string): FastTransferError {
  return new FastTransferError('unwritable', `The property ${key.slice(0, 200)} has no form in a FastTransfer stream`)
}
