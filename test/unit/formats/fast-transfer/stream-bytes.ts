/** Builds FastTransfer bytes by hand, as exchange.md 8.3 and 8.4 describe them, independently of the writer. */
export const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const uint16 = (value: number) => Buffer.of(value & 0xff, value >> 8)

/** A property with a number: what follows the type and id is given as bytes. */
export const property = (type: number, id: number, ...value: readonly Uint8Array[]) =>
  Buffer.concat([uint16(type), uint16(id), ...value])

/** A size and the bytes. */
export const sized = (bytes: Uint8Array) => Buffer.concat([uint32(bytes.length), bytes])

/** A size and text of one byte a character, terminated. */
export const text8 = (text: string) => sized(Buffer.from(`${text}\0`, 'latin1'))

/** A size and Unicode text, terminated. */
export const text16 = (text: string) => sized(Buffer.from(`${text}\0`, 'utf16le'))

/** One record of the container. */
export const record = (opcode: number, content: Uint8Array) => Buffer.concat([uint32(opcode), sized(content)])

/** What every Microsoft sample begins with. */
export const head = Buffer.from('AQAAAAgAAAAAAAAAAQAAAAMAAAAYAAAAAQAAAAcDAgAAAAAAwAAAAAAAAEYAJACA', 'base64')

/** A container of these buffers. */
export const container = (...buffers: readonly Uint8Array[]) =>
  Buffer.concat([head, record(4, Buffer.from('010e8b800000', 'hex')), ...buffers.map((buffer) => record(2, buffer))])

/** The records of a container. */
export function recordsOf(bytes: Buffer): { opcode: number; content: Buffer }[] {
  const records = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 8 + bytes.readUInt32LE(at + 4)
    records.push({ opcode: bytes.readUInt32LE(at), content: bytes.subarray(at + 8, end) })
    at = end
  }
  return records
}
