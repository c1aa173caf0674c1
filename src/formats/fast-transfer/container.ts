import { Buffer } from 'node:buffer'
import { FastTransferError } from './fast-transfer-error.ts'

/** The records of the container (exchange.md 8.3). */
const opcodes = { config: 1, transferBuffer: 2, isInterfaceOk: 3, tellPartnerVersion: 4 } as const

const copyTo = 1
const messageInterface = Buffer.from('0703020000000000c000000000000046', 'hex')

/**
 * What a container begins with: Config (no flags, CopyTo), IsInterfaceOk (CopyTo, IID_IMessage, and the flags of every
 * sample), TellPartnerVersion (Exchange Online 15.20.4566.6022).
 */
export const containerHead: Buffer = Buffer.concat([
  record(opcodes.config, uint32s(0, copyTo)),
  record(opcodes.isInterfaceOk, Buffer.concat([uint32s(copyTo), messageInterface, uint32s(0x80002400)])),
  record(opcodes.tellPartnerVersion, Buffer.from('140fd6918617', 'hex')),
])

/** What stands before each buffer of the stream. */
export function transferBufferHead(sizeBytes: number): Buffer {
  return uint32s(opcodes.transferBuffer, sizeBytes)
}

/**
 * The FastTransfer stream in a container, or what it begins with: a view of it when it is in one piece, else a copy. Throws
 * `FastTransferError` when the bytes are no container, one of something that is no message, or cut short.
 */
export function streamOf(container: Buffer, sizeBytesMax = Number.POSITIVE_INFINITY): Buffer {
  const found = measure(container)
  const sizeBytes = Math.min(found.sizeBytes, sizeBytesMax)
  if (found.count === 1) return container.subarray(found.last, found.last + sizeBytes)
  const stream = Buffer.allocUnsafe(sizeBytes)
  let at = 0
  for (let offset = 0; offset < container.length && at < sizeBytes;) {
    const end = offset + 8 + container.readUInt32LE(offset + 4)
    if (container.readUInt32LE(offset) === opcodes.transferBuffer) at += container.copy(stream, at, offset + 8, end)
    offset = end
  }
  return stream
}

/** Which Exchange wrote a container, as `15.20`; undefined when it does not tell, or is none. */
export function partnerVersionOf(container: Buffer): string | undefined {
  for (let offset = 0; offset + 8 <= container.length;) {
    const lengthBytes = container.readUInt32LE(offset + 4)
    const content = container.subarray(offset + 8, offset + 8 + lengthBytes)
    if (container.readUInt32LE(offset) === opcodes.tellPartnerVersion && content.length === 6) return versionText(content.readUInt16LE(0))
    offset += 8 + lengthBytes
  }
  return undefined
}

/** `01 0E` is 14.1, `14 0F` is 15.20 (exchange.md 8.3). */
function versionText(version: number): string {
  return `${version >> 8}.${version & 0xff}`
}

/** Checks all records; `last` is where the content of the last buffer starts. */
function measure(container: Buffer): { count: number; sizeBytes: number; last: number } {
  let count = 0
  let sizeBytes = 0
  let last = 0
  for (let offset = 0; offset < container.length;) {
    if (offset + 8 > container.length) throw cutAt(offset)
    const opcode = container.readUInt32LE(offset)
    const lengthBytes = container.readUInt32LE(offset + 4)
    if (offset === 0 && (opcode !== opcodes.config || lengthBytes !== 8)) throw notFastTransfer(offset)
    if (opcode < opcodes.config || opcode > opcodes.tellPartnerVersion) throw notFastTransfer(offset)
    if (lengthBytes > container.length - offset - 8) throw cutAt(offset)
    const content = offset + 8
    if (opcode === opcodes.transferBuffer) {
      count++
      sizeBytes += lengthBytes
      last = content
    } else {
      checkRecord(opcode, container.subarray(content, content + lengthBytes), offset)
    }
    offset = content + lengthBytes
  }
  if (container.length === 0) throw notFastTransfer(0)
  if (count === 0) throw cutAt(container.length)
  return { count, sizeBytes, last }
}

/** The version of the writer says nothing that reading depends on. */
function checkRecord(opcode: number, content: Buffer, offset: number): void {
  const isMessage =
    opcode === opcodes.config
      ? content.length === 8 && content.readUInt32LE(4) === copyTo
      : opcode !== opcodes.isInterfaceOk || content.subarray(4, 20).equals(messageInterface)
  if (!isMessage)
    throw new FastTransferError('not-a-message', 'The FastTransfer container holds no copy of a message', offset)
}

function cutAt(offset: number): FastTransferError {
  return new FastTransferError('truncated', 'The FastTransfer container ends too early', offset)
}

function notFastTransfer(offset: number): FastTransferError {
  return new FastTransferError('not-fast-transfer', 'The bytes are no FastTransfer container', offset)
}

function record(opcode: number, content: Buffer): Buffer {
  return Buffer.concat([uint32s(opcode, content.length), content])
}

function uint32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4))
  return bytes
}
