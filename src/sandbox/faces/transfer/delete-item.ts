import { changing } from '../../graph-mailbox/changing.ts'
import { permanentlyDelete, softDelete } from '../../graph-mailbox/soft-delete.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import type { GraphRequest } from '../../http/route.ts'
import { itemIn } from './list-items.ts'
import { folderPlace, type OpenedMailbox } from './opened-mailbox.ts'

const disposals = ['softdelete', 'harddelete'] as const

/**
 * `DELETE .../folders/{id}/items/{item}?disposalType=softDelete|hardDelete`; which of the two has to be said (Delete
 * mailboxItem, graph-rest-1.0, 2026-08-18).
 */
export function deleteItem(request: GraphRequest, opened: OpenedMailbox): Response {
  const place = folderPlace(opened, request.params['folderId'] ?? '')
  const { id } = itemIn(opened, place, request.params['itemId'] ?? '')
  const given = queryValue(request, 'disposaltype')
  const disposal = disposals.find((one) => one === given?.toLowerCase())
  if (disposal === undefined) {
    throw new GraphError(
      400,
      'ErrorInvalidArgument',
      "The query parameter 'disposalType' has to be softDelete or hardDelete.",
    )
  }
  changing(request, () => {
    if (disposal === 'harddelete') permanentlyDelete(place.mailbox, id)
    else softDelete(place.mailbox, id)
  })
  return emptyAnswer()
}

function queryValue({ query }: GraphRequest, lowerName: string): string | undefined {
  return [...query].find(([name]) => name.toLowerCase() === lowerName)?.[1]
}
