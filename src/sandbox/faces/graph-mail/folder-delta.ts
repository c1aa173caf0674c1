import { deltaQuery, readDelta, toDeltaLink } from '../../graph-mailbox/delta-state.ts'
import { type ItemQueryRules, pageItems, parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { isMailFolder } from '../../graph-mailbox/mail-folders.ts'
import { appliedPreferences, readPreferences } from '../../graph-mailbox/preferences.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { toCollection } from '../../http/odata/answer-collection.ts'
import type { GraphRequest } from '../../http/route.ts'
import { toFolderId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { folderView, viewedFolder } from './answer-folder.ts'
import { includesHidden } from './list-folders.ts'
import type { MailOptions } from './mail-options.ts'
import { openFolder } from './message-place.ts'
import { folderQueryNames } from './search-folders.ts'

const deltaRules: ItemQueryRules = {
  type: 'microsoft.graph.mailFolder',
  options: ['$select', '$expand', '$top', '$skiptoken', '$deltatoken'],
  properties: folderQueryNames,
}

const collection = 'mailFolders'

/** A folder with the change that was its last, or one that went. */
type FolderChange =
  | { readonly change: number; readonly row: FolderRow }
  | { readonly change: number; readonly goneId: number }

/**
 * `GET /mailFolders/delta`: the whole tree below the top, flat and without the top itself (exchange.md 3.1); a folder
 * has changed when its items have, since its counts did.
 */
export function folderDelta(request: GraphRequest, { stores }: MailOptions): Response {
  const { mailbox } = openFolder(request, stores)
  const state = readDelta(request, mailbox, collection)
  const asked = deltaQuery(state)
  const query = parseItemQuery(asked, deltaRules)
  const view = folderView(query)
  const preferences = readPreferences(request)
  const waiting = [
    ...changedFolders(mailbox, state.after, includesHidden(asked.query)),
    ...goneFolders(mailbox, Math.max(state.after, state.since)),
  ]
  waiting.sort((a, b) => a.change - b.change)
  const page = waiting.slice(0, Math.min(preferences.pageItemsMax ?? query.top ?? pageItems.normal, pageItems.max))
  const hasMore = page.length < waiting.length
  const until = mailbox.change
  const next = hasMore
    ? { ...state, given: state.given + page.length, after: page.at(-1)?.change ?? state.after }
    : { ...state, given: state.given + page.length, after: until, since: until }
  const link = toDeltaLink(request, mailbox, collection, hasMore ? '$skiptoken' : '$deltatoken', next)
  const value = page.map((change) =>
    'row' in change
      ? viewedFolder(mailbox, change.row, view)
      : { '@removed': { reason: 'deleted' }, id: toFolderId(mailbox.row.guid, change.goneId) },
  )
  const links = hasMore ? { nextLink: link } : { deltaLink: link }
  return jsonAnswer(
    200,
    toCollection(request, { context: 'Collection(mailFolder)', value, ...links }),
    appliedPreferences(preferences),
  )
}

function changedFolders(mailbox: Mailbox, after: number, withHidden: boolean): readonly FolderChange[] {
  const top = mailbox.folders.wellKnown('msgfolderroot')
  if (top === undefined) return []
  return mailbox.folders
    .subtree(top.id)
    .filter((row) => row.id !== top.id && isMailFolder(row) && (withHidden || !row.isHidden))
    .map((row) => ({ row, change: Math.max(row.change, mailbox.items.lastChange(row.id)) }))
    .filter(({ change }) => change > after)
}

function goneFolders(mailbox: Mailbox, after: number): readonly FolderChange[] {
  return mailbox.folders.departuresSince(after).map(({ folderId, change }) => ({ goneId: folderId, change }))
}
