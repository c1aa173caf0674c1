import { extendedPropertiesJson, type ExtendedPropertySelection } from '../../graph-json/extended-properties.ts'
import { folderJson } from '../../graph-json/folder-json.ts'
import { expandedProperties, type ItemQueryRules } from '../../graph-mailbox/item-query.ts'
import { folderReader, folderSource, visibleChildren } from '../../graph-mailbox/mail-folders.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, toEntity } from '../../http/odata/answer-collection.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { userContext } from './message-place.ts'
import { folderQueryNames, searchJson } from './search-folders.ts'

/** What may be asked of one folder. */
export const folderRules: ItemQueryRules = {
  type: 'microsoft.graph.mailFolder',
  options: ['$select', '$expand'],
  properties: folderQueryNames,
  expandable: ['childFolders'],
}

/** What an answer shows of each folder. */
export interface FolderView {
  readonly select: readonly string[] | undefined
  readonly expanded: ExtendedPropertySelection
  readonly withChildren: boolean
}

/** Reads a view off a query. Throws 400 as `expandedProperties`. */
export function folderView(query: Pick<ODataQuery, 'select' | 'expand'>): FolderView {
  return {
    select: query.select,
    expanded: expandedProperties(query.expand),
    withChildren: query.expand.some(({ property }) => property === 'childFolders'),
  }
}

const wholeFolder: FolderView = { select: undefined, expanded: { single: undefined, multi: undefined }, withChildren: false }

/** One folder with what was expanded; `childFolders` go one level deep, as Graph's do. */
export function viewedFolder(mailbox: Mailbox, row: FolderRow, view: FolderView = wholeFolder): Record<string, unknown> {
  const source = folderSource(mailbox, row)
  const json = { ...searchJson(mailbox, row, view.select), ...folderJson(source, view.select) }
  const { single, multi } = view.expanded
  if (single !== undefined || multi !== undefined)
    Object.assign(json, extendedPropertiesJson(folderReader(mailbox, source), view.expanded))
  if (view.withChildren)
    Object.assign(json, { childFolders: visibleChildren(mailbox, row, false).map((child) => viewedFolder(mailbox, child)) })
  return json
}

/** The answer that is one folder. */
export function answerFolder(
  request: GraphRequest,
  mailbox: Mailbox,
  row: FolderRow,
  { status = 200, view = wholeFolder }: { readonly status?: number; readonly view?: FolderView } = {},
): Response {
  const context = contextOf(`${userContext(request)}/mailFolders`, view.select, '/$entity')
  return jsonAnswer(status, toEntity(request, context, viewedFolder(mailbox, row, view)))
}
