import { GraphError } from '../http/graph-error.ts'
import type { GraphRequest } from '../http/route.ts'
import { fromFolderId, fromItemId, toImmutableItemId, toItemId } from '../mailbox/ids.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { FolderRow, ItemRow } from '../mailbox/rows.ts'

/** Whether the request asked for ids that survive moves: `Prefer: IdType="ImmutableId"` (exchange.md 3.3). */
export function wantsImmutableIds(request: GraphRequest): boolean {
  return /\bIdType\s*=\s*"?ImmutableId"?/i.test(request.headers.get('prefer') ?? '')
}

/** An item's id of the kind that the request asked for. */
export function itemIdFor(request: GraphRequest, mailbox: Mailbox, item: ItemRow): string {
  const { guid } = mailbox.row
  return wantsImmutableIds(request) ? toImmutableItemId(guid, item.id) : toItemId(guid, item)
}

/**
 * The item that an id of either kind names; an ordinary id is good until the item moves. Throws 400
 * `ErrorInvalidIdMalformed` and 404 `ErrorItemNotFound`.
 */
export function itemOf(mailbox: Mailbox, id: string): ItemRow {
  const reference = fromItemId(mailbox.row.guid, id)
  if (reference === undefined) throw malformedId()
  const item = mailbox.items.find(reference.itemId)
  const { place } = reference
  const isThere = item !== undefined && (place === undefined || (place.folderId === item.folderId && place.uid === item.uid))
  if (!isThere) throw itemNotFound()
  return item
}

/** A folder by id or by Graph's well-known name, in any case. Throws as `itemOf`. */
export function folderOf(mailbox: Mailbox, id: string): FolderRow {
  const wellKnown = /^[a-z]{4,30}$/i.test(id) ? mailbox.folders.wellKnown(id) : undefined
  if (wellKnown !== undefined) return wellKnown
  const folderId = fromFolderId(mailbox.row.guid, id)
  if (folderId === undefined) throw malformedId()
  const folder = mailbox.folders.find(folderId)
  if (folder === undefined) throw itemNotFound()
  return folder
}

/** 400 for what is no id of this mailbox. */
export function malformedId(): GraphError {
  return new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.')
}

/** 404 for what is not there (any more). */
export function itemNotFound(): GraphError {
  return new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
}
