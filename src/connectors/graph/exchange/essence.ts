import type { Essence } from '../../../core/ports/connector.ts'
import { FastTransferError } from '../../../formats/fast-transfer/fast-transfer-error.ts'
import { readFastTransfer } from '../../../formats/fast-transfer/read-fast-transfer.ts'
import { objectEssence } from '../../../formats/mapi/object-essence.ts'

/** How Exchange's copies of whole items are compared: an import keeps all but what a store makes anew, so nothing is lost. */
export const exchangeEssence: Essence = {
  altered: undefined,
  of(content) {
    try {
      return objectEssence(readFastTransfer(content))
    } catch (error) {
      if (error instanceof FastTransferError) return undefined
      throw error
    }
  },
}
