import { readFastTransfer } from '../../formats/fast-transfer/read-fast-transfer.ts'
import { type MessageHead, readMessageHead, readPropertyList, writeMessageHead, writePropertyList } from '../../formats/fast-transfer/stored-form.ts'
import { writeFastTransfer } from '../../formats/fast-transfer/write-fast-transfer.ts'
import { attachmentProperties as known } from '../../formats/mapi/attachment-properties.ts'
import type { MapiAttachment, MapiMessage } from '../../formats/mapi/message.ts'

/** An item as it is kept: its encoded head, and its attachments with their data apart. */
export interface StoredMessage {
  readonly head: Uint8Array
  readonly attachments: readonly StoredAttachment[]
}

export interface StoredAttachment {
  readonly name?: string
  /** The property list without the data. */
  readonly head: Uint8Array
  /** The bytes of the file, or the FastTransfer form of an embedded message; undefined when there are none. */
  readonly data: Uint8Array | undefined
  readonly isEmbedded: boolean
}

/** Throws `FastTransferError` for what has no stored form (too deep, values that are no values). */
export function encodeMessage(message: MapiMessage): StoredMessage {
  return { head: writeMessageHead(message), attachments: message.attachments.map(encodeAttachment) }
}

export function encodeAttachment({ properties, embedded }: MapiAttachment): StoredAttachment {
  const head = properties.copy()
  const data = properties.get(known.data)
  head.delete(known.data)
  const name = properties.get(known.longFileName) ?? properties.get(known.fileName) ?? properties.get(known.displayName)
  return {
    ...(name === undefined ? {} : { name }),
    head: writePropertyList(head),
    data: embedded === undefined ? data : writeFastTransfer(embedded),
    isEmbedded: embedded !== undefined,
  }
}

export function decodeMessage({ head, attachments }: StoredMessage): MapiMessage {
  return { ...decodeHead(head), attachments: attachments.map(decodeAttachment) }
}

export function decodeHead(head: Uint8Array): MessageHead {
  return readMessageHead(head)
}

export function decodeAttachment({ head, data, isEmbedded }: StoredAttachment): MapiAttachment {
  const properties = readPropertyList(head)
  if (isEmbedded && data !== undefined) return { properties, embedded: readFastTransfer(data) }
  return { properties: properties.set(known.data, data) }
}
