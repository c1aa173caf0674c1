/** The provider of one-off addresses (MS-OXCDATA section 2.2.5.1). */
const oneOffProvider = Buffer.from('812b1fa4bea310199d6e00dd010f5402', 'hex')
/** Unicode text, and a sender who says nothing about the recipient's formats. */
const unicodeNoRichInfo = 0x9001

/** An address as an entry id. */
export interface OneOffAddress {
  readonly name: string
  readonly addressType: string
  readonly address: string
}

/** The entry id of an address that no address book holds (MS-OXCDATA section 2.2.5.1), in Unicode. */
export function writeOneOffEntryId({ name, addressType, address }: OneOffAddress): Buffer {
  const head = Buffer.alloc(4)
  const kind = Buffer.alloc(4)
  kind.writeUInt16LE(unicodeNoRichInfo, 2)
  const texts = Buffer.from(`${name}\0${addressType}\0${address}\0`, 'utf16le')
  return Buffer.concat([head, oneOffProvider, kind, texts])
}

/** What a one-off entry id names; undefined for entry ids of any other kind and for cut ones. */
export function readOneOffEntryId(bytes: Uint8Array): OneOffAddress | undefined {
  const entryId = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (entryId.length < 24 || !entryId.subarray(4, 20).equals(oneOffProvider)) return undefined
  const isUnicode = (entryId.readUInt16LE(22) & 0x8000) !== 0
  const [name, addressType, address] = entryId.toString(isUnicode ? 'utf16le' : 'latin1', 24).split('\0')
  return name === undefined || addressType === undefined || address === undefined ? undefined : { name, addressType, address }
}
