import type { Buffer } from 'node:buffer'
import { propertyTypeCodes as codes } from '../mapi/property-type.ts'
import type { PropertyValue } from '../mapi/property-type.ts'
import { decodeCodePage, unicodeCodePage } from './code-pages.ts'
import { guidText } from './guid.ts'
import type { ReadHeader } from './read-header.ts'
import type { StreamReader } from './stream-reader.ts'

/**
 * Reads the value that follows a header. Byte strings are views of the stream. `codePage` is that of the header, or the
 * message's for text that has none of its own. Throws `truncated`, `unknown-code-page`, `too-many`.
 */
export function readValue(reader: StreamReader, { code }: ReadHeader, codePage: number): PropertyValue {
  const { bytes } = reader
  switch (code) {
    case codes.string:
      return readText(reader, codePage)
    case codes.binary:
    case codes.serverId:
    case codes.object:
      return readBytes(reader)
    case codes.integer16:
      return bytes.readInt16LE(reader.take(2))
    case codes.integer32:
      return bytes.readInt32LE(reader.take(4))
    case codes.boolean: {
      const at = reader.take(2)
      return bytes[at] !== 0 || bytes[at + 1] !== 0
    }
    case codes.time:
    case codes.integer64:
    case codes.currency:
      return readInteger64(bytes, reader.take(8))
    case codes.error:
      return bytes.readUInt32LE(reader.take(4))
    case codes.float32:
      return bytes.readFloatLE(reader.take(4))
    case codes.float64:
    case codes.floatingTime:
      return bytes.readDoubleLE(reader.take(8))
    case codes.guid:
      return guidText(bytes, reader.take(16))
    case codes.strings:
      return readMany(reader, () => readText(reader, codePage))
    case codes.binaries:
      return readMany(reader, () => readBytes(reader))
    case codes.integer16s:
      return readFixed(reader, 2, (at) => bytes.readInt16LE(at))
    case codes.integer32s:
      return readFixed(reader, 4, (at) => bytes.readInt32LE(at))
    case codes.float32s:
      return readFixed(reader, 4, (at) => bytes.readFloatLE(at))
    case codes.float64s:
    case codes.floatingTimes:
      return readFixed(reader, 8, (at) => bytes.readDoubleLE(at))
    case codes.integer64s:
    case codes.currencies:
    case codes.times:
      return readFixed(reader, 8, (at) => readInteger64(bytes, at))
    case codes.guids:
      return readFixed(reader, 16, (at) => guidText(bytes, at))
    default:
      throw new Error(`no reader for the property type ${code}`)
  }
}

function readText(reader: StreamReader, codePage: number): string {
  const sizeBytes = reader.takeCount()
  const start = reader.take(sizeBytes)
  const { bytes } = reader
  if (codePage === unicodeCodePage) {
    const isEnded = sizeBytes >= 2 && bytes[reader.at - 1] === 0 && bytes[reader.at - 2] === 0
    return bytes.toString('utf16le', start, isEnded ? reader.at - 2 : reader.at)
  }
  const text = decodeCodePage(bytes.subarray(start, reader.at), codePage)
  if (text === undefined) throw reader.fault('unknown-code-page', `Text is in the unknown code page ${codePage}`)
  return text.endsWith('\0') ? text.slice(0, -1) : text
}

function readBytes(reader: StreamReader): Buffer {
  const start = reader.take(reader.takeCount())
  return reader.bytes.subarray(start, reader.at)
}

/** Values of any size: each has a size of 4 bytes before it. */
function readMany<V>(reader: StreamReader, readOne: () => V): V[] {
  const count = reader.takeCount()
  reader.need(count * 4)
  reader.countValues(count)
  return Array.from({ length: count }, readOne)
}

function readFixed<V>(reader: StreamReader, sizeBytes: number, readAt: (at: number) => V): V[] {
  const count = reader.takeCount()
  const start = reader.take(count * sizeBytes)
  return Array.from({ length: count }, (_, index) => readAt(start + index * sizeBytes))
}

function readInteger64(bytes: Buffer, at: number): bigint {
  return bytes.readBigInt64LE(at)
}
