import { type DeltaState, readDelta } from '../../graph-mailbox/delta-state.ts'
import type { ItemQueryRules } from '../../graph-mailbox/item-query.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toFolderId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { deltaAnswer, type DeltaPage, deltaPageItems } from './delta-answer.ts'
import { folderJson, folderProperties } from './folder-json.ts'
import { type FolderPlace, folderPlace, type OpenedMailbox } from './opened-mailbox.ts'
import { parseDeltaQuery } from './transfer-query.ts'

const rules: ItemQueryRules = {
  type: 'microsoft.graph.mailboxFolder',
  options: ['$select', '$top'],
  properties: folderProperties,
}

/** `GET .../folders/delta` and `.../childFolders/delta`: what is below, at any depth, as one flat list (exchange.md 2.3, 3.1). */
export function folderDelta(request: GraphRequest, opened: OpenedMailbox): Response {
  const place = folderPlace(opened, request.params['folderId'] ?? 'msgfolderroot')
  const collection = `mailboxFolders/${place.folder.id}`
  const state = readDelta(request, place.mailbox, collection)
  const query = parseDeltaQuery(request, state, rules)
  return deltaAnswer(
    request,
    place.mailbox,
    collection,
    'mailboxFolder',
    pageOfFolders(request, place, state, query),
    query,
  )
}

/** Folders in the order of their changes, then those that went, of which `given` counts how many were told. */
function pageOfFolders(
  request: GraphRequest,
  { mailbox, folder }: FolderPlace,
  state: DeltaState,
  query: ODataQuery,
): DeltaPage {
  const foldersMax = deltaPageItems(request, query)
  const { changed } = mailbox.folders.changesSince(state.after)
  const { gone } = mailbox.folders.changesSince(state.since)
  const below = changed.filter((one) => isListedBelow(mailbox, folder, one))
  const shown = below.slice(0, foldersMax)
  const removed = gone.slice(state.given, state.given + foldersMax - shown.length)
  const value = [
    ...shown.map((one) => folderJson(request, mailbox, one)),
    ...removed.map((id) => removedJson(mailbox, id)),
  ]
  const given = state.given + removed.length
  const hasMore = shown.length < below.length || given < gone.length
  const until = mailbox.change
  const next = hasMore
    ? { ...state, after: shown.at(-1)?.change ?? state.after, given }
    : { ...state, after: until, since: until, given: 0 }
  return { value, next, hasMore }
}

function isListedBelow(mailbox: Mailbox, top: FolderRow, folder: FolderRow): boolean {
  if (folder.isHidden || folder.id === top.id) return false
  if (folder.isSearch && top.wellKnown === 'msgfolderroot') return true
  return mailbox.folders.pathTo(folder.id).some(({ id }) => id === top.id)
}

function removedJson(mailbox: Mailbox, folderId: number): Readonly<Record<string, unknown>> {
  return {
    '@odata.type': '#microsoft.graph.mailboxFolder',
    id: toFolderId(mailbox.row.guid, folderId),
    '@removed': { reason: 'deleted' },
  }
}
