import { FastTransferError } from '../../../formats/fast-transfer/fast-transfer-error.ts'
import { fastTransferChunks } from '../../../formats/fast-transfer/write-fast-transfer.ts'
import { itemIdFor } from '../../graph-mailbox/item-references.ts'
import { toGraphRefusal } from '../../graph-mailbox/store-errors.ts'
import { GraphError } from '../../http/graph-error.ts'
import { listOf, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextUrl } from '../../http/odata/answer-collection.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toChangeKey } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { MailboxError } from '../../mailbox/errors.ts'
import { base64Pieces } from '../../../formats/base64-pieces.ts'
import { itemPlace, MovedToAuxiliary, type OpenedMailbox } from './opened-mailbox.ts'
import { piecewiseAnswer } from './piecewise-answer.ts'

const itemsMax = 20

/** The action's parameter: the documentation writes it in lower case, the CSDL with a capital. */
const exportItemsBody = {
  name: 'microsoft.graph.exportItemsRequestBody',
  properties: { itemIds: listOf(text), ItemIds: listOf(text) },
} as const satisfies Structure

/**
 * `POST .../exportItems`: 1 to 20 items of this mailbox as FastTransfer streams; what is wrong with one of them is said
 * beside the others (exchange.md 2.3). A long answer is made while it is sent, one item at a time.
 */
export async function exportItems(request: GraphRequest, opened: OpenedMailbox): Promise<Response> {
  const body = await readJsonBody(request, exportItemsBody)
  const itemIds = body.itemIds ?? body.ItemIds ?? []
  if (itemIds.length === 0)
    throw new GraphError(400, 'ErrorInvalidArgument', "The required property 'itemIds' is missing.")
  if (itemIds.length > itemsMax) {
    throw new GraphError(
      400,
      'ErrorInvalidArgument',
      `The number of items to export must not be more than ${itemsMax}.`,
    )
  }
  return piecewiseAnswer(answerPieces(request, opened, itemIds))
}

function* answerPieces(request: GraphRequest, opened: OpenedMailbox, itemIds: readonly string[]): Generator<string> {
  const context = contextUrl(request, 'Collection(microsoft.graph.exportItemResponse)')
  yield `{"@odata.context":${JSON.stringify(context)},"value":[`
  for (const [index, itemId] of itemIds.entries()) {
    if (index > 0) yield ','
    yield* itemPieces(request, opened, itemId)
  }
  yield ']}'
}

function* itemPieces(request: GraphRequest, opened: OpenedMailbox, itemId: string): Generator<string> {
  let head: string
  let chunks: readonly Uint8Array[]
  try {
    const { mailbox, item } = itemPlace(opened, itemId)
    head = headOf(request, mailbox, item)
    chunks = fastTransferChunks(mailbox.items.message(item.id))
  } catch (error) {
    yield JSON.stringify({ itemId, error: toItemError(request, error) })
    return
  }
  yield head
  yield* base64Pieces(chunks)
  yield '"}'
}

function headOf(request: GraphRequest, mailbox: Mailbox, item: ItemRow): string {
  const itemId = itemIdFor(request, mailbox, item)
  return `{"itemId":"${itemId}","changeKey":"${toChangeKey(mailbox.row.guid, item.change)}","data":"`
}

/** What is wrong with one item; anything else is thrown on. */
function toItemError(request: GraphRequest, error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof MovedToAuxiliary) {
    const message = `${request.endpoints.graph}/${request.version}/admin/exchange/mailboxes/${error.mailboxId}/exportItems`
    return { code: 'ErrorArchiveFolderMovedPermanently', message }
  }
  if (error instanceof FastTransferError) return { code: 'ErrorCorruptData', message: error.message }
  const refusal = error instanceof MailboxError ? toGraphRefusal(error) : error
  if (refusal instanceof GraphError) return { code: refusal.code, message: refusal.message }
  throw error
}
