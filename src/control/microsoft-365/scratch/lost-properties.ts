import { FastTransferError } from '../../../formats/fast-transfer/fast-transfer-error.ts'
import { readFastTransfer } from '../../../formats/fast-transfer/read-fast-transfer.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'

/** How many properties of the message did not come back; undefined when it cannot be read or lacks what people see. */
export function lostProperties(made: MapiMessage, exported: Uint8Array | undefined): number | undefined {
  const got = exported === undefined ? undefined : readItem(exported)
  if (got === undefined || got.properties.size === 0 || got.recipients.length !== made.recipients.length) return undefined
  return [...made.properties.entries()].filter(({ property }) => !got.properties.has(property)).length
}

/** An exported item; undefined when its bytes cannot be read. */
export function readItem(exported: Uint8Array): MapiMessage | undefined {
  try {
    return readFastTransfer(exported)
  } catch (error) {
    if (error instanceof FastTransferError) return undefined
    throw error
  }
}
