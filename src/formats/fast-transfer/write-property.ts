import { Buffer } from 'node:buffer'
import type { PropertyEntry } from '../mapi/property-bag.ts'
import type { Property } from '../mapi/property.ts'
import { FastTransferError } from './fast-transfer-error.ts'
import { guidBytes } from './guid.ts'
import { headerOf, type PropertyHeader } from './property-header.ts'
import { type StreamWriter, wholeBytesMax } from './stream-writer.ts'

/**
 * Adds one property (exchange.md 8.4): the header and a value of fixed size stay in one piece, so do the header and a
 * short value; longer ones may be split. Throws `unwritable` when the value does not fit the type.
 */
export function writeProperty(stream: StreamWriter, { property, value }: PropertyEntry): void {
  const header = headerOf(property)
  switch (property.type) {
    case 'string':
      return writeText(stream, header, property.key, value as string)
    case 'binary':
    case 'serverId':
    case 'object':
      return writeBytes(stream, header, property.key, value as Uint8Array)
    case 'strings':
    case 'binaries':
      return writeMany(stream, header, property.key, value as readonly (string | Uint8Array)[])
    default: {
      const fixed = fixedTypes[property.type]
      if (!Array.isArray(value)) {
        startProperty(stream, header, property.key, fixed.sizeBytes)
        fixed.write(stream, value as never, property)
        return
      }
      startProperty(stream, header, property.key, 4)
      writeCount(stream, value.length)
      for (const one of value) {
        stream.room(fixed.sizeBytes)
        fixed.write(stream, one as never, property)
      }
    }
  }
}

/** Up to here a call into Node costs more than the writing. */
const shortTextCharactersMax = 64

interface FixedType<V> {
  readonly sizeBytes: number
  /** Writes where room was made. */
  write(stream: StreamWriter, value: V, property: Property): void
}

const integer16: FixedType<number> = {
  sizeBytes: 2,
  write(stream, value, property) {
    if ((value << 16) >> 16 !== value && (value & 0xffff) !== value) throw misfit(property)
    stream.block[stream.at++] = value
    stream.block[stream.at++] = value >> 8
  },
}
const integer32: FixedType<number> = {
  sizeBytes: 4,
  write(stream, value, property) {
    if ((value | 0) !== value && value >>> 0 !== value) throw misfit(property)
    stream.at = stream.block.writeInt32LE(value | 0, stream.at)
  },
}
const boolean: FixedType<boolean> = {
  sizeBytes: 2,
  write(stream, value) {
    stream.block[stream.at++] = value ? 1 : 0
    stream.block[stream.at++] = 0
  },
}
const float32: FixedType<number> = {
  sizeBytes: 4,
  write(stream, value) {
    stream.at = stream.block.writeFloatLE(value, stream.at)
  },
}
const float64: FixedType<number> = {
  sizeBytes: 8,
  write(stream, value) {
    stream.at = stream.block.writeDoubleLE(value, stream.at)
  },
}
const integer64: FixedType<bigint> = {
  sizeBytes: 8,
  write(stream, value, property) {
    if (BigInt.asIntN(64, value) !== value) throw misfit(property)
    stream.at = stream.block.writeBigInt64LE(value, stream.at)
  },
}
const guid: FixedType<string> = {
  sizeBytes: 16,
  write(stream, value, property) {
    const bytes = guidBytes(value)
    if (bytes === undefined) throw misfit(property)
    stream.at += bytes.copy(stream.block, stream.at)
  },
}

/** The types of one size, and the lists of them. */
const fixedTypes = {
  integer16,
  integer32,
  error: integer32,
  float32,
  float64,
  floatingTime: float64,
  currency: integer64,
  integer64,
  time: integer64,
  boolean,
  guid,
  integer16s: integer16,
  integer32s: integer32,
  float32s: float32,
  float64s: float64,
  floatingTimes: float64,
  currencies: integer64,
  integer64s: integer64,
  times: integer64,
  guids: guid,
} as const

/** Makes room for a header and what follows it directly, and writes the header. */
function startProperty(stream: StreamWriter, header: PropertyHeader, key: string, followingBytes: number): void {
  const { bytes } = header
  stream.room(bytes.length + followingBytes)
  const { block, at } = stream
  if (bytes.length === 4) {
    block[at] = bytes[0]!
    block[at + 1] = bytes[1]!
    block[at + 2] = bytes[2]!
    block[at + 3] = bytes[3]!
  } else {
    block.set(bytes, at)
  }
  if (header.isNamed) block.writeUInt16LE(stream.idOfNamed(key), at + 2)
  stream.at = at + bytes.length
}

function writeText(stream: StreamWriter, header: PropertyHeader, key: string, text: string): void {
  const sizeBytes = (text.length + 1) * 2
  if (sizeBytes <= wholeBytesMax) {
    startProperty(stream, header, key, 4 + sizeBytes)
    putText(stream, text)
  } else {
    startProperty(stream, header, key, 4)
    writeCount(stream, sizeBytes)
    stream.addLong(Buffer.from(`${text}\0`, 'utf16le'))
  }
}

function writeBytes(stream: StreamWriter, header: PropertyHeader, key: string, bytes: Uint8Array): void {
  if (bytes.length <= wholeBytesMax) {
    startProperty(stream, header, key, 4 + bytes.length)
    putBytes(stream, bytes)
  } else {
    startProperty(stream, header, key, 4)
    writeCount(stream, bytes.length)
    stream.addLong(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  }
}

function writeMany(
  stream: StreamWriter,
  header: PropertyHeader,
  key: string,
  values: readonly (string | Uint8Array)[],
): void {
  startProperty(stream, header, key, 4)
  writeCount(stream, values.length)
  for (const value of values) {
    const sizeBytes = typeof value === 'string' ? (value.length + 1) * 2 : value.length
    if (sizeBytes > wholeBytesMax) {
      stream.room(4)
      writeCount(stream, sizeBytes)
      stream.addLong(
        typeof value === 'string'
          ? Buffer.from(`${value}\0`, 'utf16le')
          : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      )
      continue
    }
    stream.room(4 + sizeBytes)
    if (typeof value === 'string') putText(stream, value)
    else putBytes(stream, value)
  }
}

/** Writes a size and a text with its terminator where room was made. */
function putText(stream: StreamWriter, text: string): void {
  const sizeBytes = (text.length + 1) * 2
  writeCount(stream, sizeBytes)
  const { block, at } = stream
  if (text.length <= shortTextCharactersMax) putCharacters(block, at, text)
  else block.write(text, at, sizeBytes - 2, 'utf16le')
  block[at + sizeBytes - 2] = 0
  block[at + sizeBytes - 1] = 0
  stream.at = at + sizeBytes
}

function putCharacters(block: Uint8Array, start: number, text: string): void {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    block[start + index * 2] = unit
    block[start + index * 2 + 1] = unit >> 8
  }
}

function putBytes(stream: StreamWriter, bytes: Uint8Array): void {
  writeCount(stream, bytes.length)
  stream.block.set(bytes, stream.at)
  stream.at += bytes.length
}

function writeCount(stream: StreamWriter, count: number): void {
  stream.at = stream.block.writeUInt32LE(count, stream.at)
}

function misfit({ key, type }: Property): FastTransferError {
  return new FastTransferError(
    'unwritable',
    `A value of the property ${key.slice(0, 200)} does not fit its type ${type}`,
  )
}
