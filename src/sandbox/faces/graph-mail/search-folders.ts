import { inGraphWords } from '../../graph-mailbox/store-errors.ts'
import { folderFieldNames } from '../../graph-json/folder-json.ts'
import { isMailFolder, mailFolderOf } from '../../graph-mailbox/mail-folders.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { FilterExpression } from '../../http/odata/filter-expression.ts'
import { parseFilter } from '../../http/odata/parse-filter.ts'
import { toFolderId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'

/** What a search folder looks for, as it is kept. */
interface StoredSearch {
  readonly includeNestedFolders: boolean
  readonly sourceFolderIds: readonly number[]
  readonly filterQuery: string
}

/** A search folder's own part of its JSON (Graph's page on mailSearchFolder). */
export interface SearchInput {
  readonly includeNestedFolders?: boolean | null
  readonly sourceFolderIds?: readonly string[] | null
  readonly filterQuery?: string | null
}

const type = 'mail-search-folder'

/** Keeps what a search folder looks for. Throws 400 for filters that cannot be parsed, and as `mailFolderOf` for sources. */
export function keepSearch(mailbox: Mailbox, folder: FolderRow, input: SearchInput): void {
  const before = mailbox.documents.get<StoredSearch>(type, String(folder.id))
  const filterQuery = input.filterQuery ?? before?.filterQuery
  const sources = input.sourceFolderIds?.map((id) => mailFolderOf(mailbox, id).id) ?? before?.sourceFolderIds
  if (filterQuery === undefined || sources === undefined || sources.length === 0) {
    throw new GraphError(400, 'ErrorInvalidArgument', 'A search folder needs a filterQuery and sourceFolderIds.')
  }
  parseFilter(filterQuery)
  const includeNestedFolders = input.includeNestedFolders ?? before?.includeNestedFolders ?? false
  const search: StoredSearch = { includeNestedFolders, sourceFolderIds: sources, filterQuery }
  mailbox.documents.put(type, String(folder.id), search)
}

/** What a folder's messages are: those of the folder, or those that its search finds elsewhere. */
export function folderContents(
  mailbox: Mailbox,
  folder: FolderRow,
): { readonly folderIds: readonly number[]; readonly filter: FilterExpression | undefined } {
  const search = folder.isSearch ? mailbox.documents.get<StoredSearch>(type, String(folder.id)) : undefined
  if (search === undefined) return { folderIds: [folder.id], filter: undefined }
  const sources = search.sourceFolderIds.filter((id) => mailbox.folders.find(id) !== undefined)
  const all = search.includeNestedFolders
    ? sources.flatMap((id) => inGraphWords(() => mailbox.folders.subtree(id)).map((row) => row.id))
    : sources
  return { folderIds: [...new Set(all)], filter: parseFilter(search.filterQuery) }
}

/** The JSON that a search folder has beyond other folders; undefined for those. */
export function searchJson(
  mailbox: Mailbox,
  folder: FolderRow,
  select: readonly string[] | undefined,
): Record<string, unknown> | undefined {
  const search = folder.isSearch ? mailbox.documents.get<StoredSearch>(type, String(folder.id)) : undefined
  if (search === undefined) return undefined
  const own = {
    isSupported: true,
    includeNestedFolders: search.includeNestedFolders,
    sourceFolderIds: search.sourceFolderIds.map((id) => toFolderId(mailbox.row.guid, id)),
    filterQuery: search.filterQuery,
  }
  const shown = Object.entries(own).filter(([name]) => select === undefined || select.includes(name))
  return { '@odata.type': '#microsoft.graph.mailSearchFolder', ...Object.fromEntries(shown) }
}

/** Names that queries to folders may give. */
export const folderQueryNames: ReadonlySet<string> = new Set([
  ...folderFieldNames,
  'isSupported',
  'includeNestedFolders',
  'sourceFolderIds',
  'filterQuery',
])

/** Every folder whose messages belong to the mailbox's own list: mail folders outside the recoverable items. */
export function allMailFolderIds(mailbox: Mailbox): readonly number[] {
  const top = mailbox.folders.wellKnown('msgfolderroot')
  if (top === undefined) return []
  return mailbox.folders
    .subtree(top.id)
    .filter((folder) => isMailFolder(folder) && !folder.isSearch)
    .map(({ id }) => id)
}
