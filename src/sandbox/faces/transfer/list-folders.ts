import { extendedPropertiesJson } from '../../graph-json/extended-properties.ts'
import { requireEfficient } from '../../graph-mailbox/find-items.ts'
import { expandedProperties, type ItemQueryRules, pageItems, testedProperties } from '../../graph-mailbox/item-query.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, linkTo, pickSelected, toCollection, toEntity } from '../../http/odata/answer-collection.ts'
import { matchesFilter } from '../../http/odata/matches-filter.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import { sortBy } from '../../http/odata/sort-by.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { folderJson, folderProperties } from './folder-json.ts'
import { folderReader } from './folder-reader.ts'
import { type FolderPlace, folderPlace, heldFor, type OpenedMailbox } from './opened-mailbox.ts'
import { testedValues } from './tested-values.ts'
import { parseTransferQuery } from './transfer-query.ts'

const getRules: ItemQueryRules = {
  type: 'microsoft.graph.mailboxFolder',
  options: ['$select', '$expand'],
  properties: folderProperties,
}
const listRules: ItemQueryRules = {
  ...getRules,
  options: ['$select', '$filter', '$top', '$skip', '$orderby', '$count', '$expand'],
}

/**
 * `GET .../folders`: what lies at the top, search folders included, wherever they are kept (exchange.md 2.3). An
 * auxiliary archive also lists what it holds for its main one.
 */
export function listFolders(request: GraphRequest, opened: OpenedMailbox): Response {
  const { mailbox, main } = opened
  const places = (holder: Mailbox, folders: readonly FolderRow[]) =>
    folders.map((folder) => ({ mailbox: holder, folder }))
  return answerFolders(request, `${contextPath(opened)}/folders`, [
    ...places(mailbox, childrenOf(mailbox, 'msgfolderroot')),
    ...places(mailbox, childrenOf(mailbox, 'searchfolders')),
    ...(main === undefined ? [] : places(main, heldFor(opened))),
  ])
}

/** `GET .../folders/{id}/childFolders`. */
export function listChildFolders(request: GraphRequest, opened: OpenedMailbox): Response {
  const { mailbox, folder } = folderPlace(opened, request.params['folderId'] ?? '')
  const context = `${contextPath(opened)}/folders('${encodeURIComponent(request.params['folderId'] ?? '')}')/childFolders`
  return answerFolders(
    request,
    context,
    mailbox.folders.children(folder.id).map((child) => ({ mailbox, folder: child })),
  )
}

/** `GET .../folders/{id}`. */
export function getFolder(request: GraphRequest, opened: OpenedMailbox): Response {
  const place = folderPlace(opened, request.params['childId'] ?? request.params['folderId'] ?? '')
  const query = parseTransferQuery(request, getRules)
  return answerFolder(request, opened, place, query)
}

/** One folder as an answer. */
export function answerFolder(
  request: GraphRequest,
  opened: OpenedMailbox,
  place: FolderPlace,
  query: Pick<ODataQuery, 'select' | 'expand'> = { select: undefined, expand: [] },
  status: 200 | 201 = 200,
): Response {
  const context = contextOf(`${contextPath(opened)}/folders`, query.select, '/$entity')
  return jsonAnswer(status, toEntity(request, context, present(request, place, query)))
}

function answerFolders(request: GraphRequest, context: string, all: readonly FolderPlace[]): Response {
  const query = parseTransferQuery(request, listRules)
  const isShowingHidden = request.query.get('includeHiddenFolders')?.toLowerCase() === 'true'
  const listed = all.filter(({ folder }) => isShowingHidden || !folder.isHidden)
  const { rows, count, nextSkip } = pageOfFolders(request, listed, query)
  return jsonAnswer(
    200,
    toCollection(request, {
      context: contextOf(context, query.select),
      count,
      nextLink: nextSkip === undefined ? undefined : linkTo(request, { $skip: String(nextSkip) }),
      value: rows.map((place) => present(request, place, query)),
    }),
  )
}

function pageOfFolders(
  request: GraphRequest,
  listed: readonly FolderPlace[],
  { filter, orderBy, skip = 0, top = pageItems.normal, count }: ODataQuery,
): {
  readonly rows: readonly FolderPlace[]
  readonly count: number | undefined
  readonly nextSkip: number | undefined
} {
  requireEfficient(filter, orderBy)
  const tested = filter === undefined ? new Map() : testedProperties(filter)
  const valuesOf = ({ mailbox, folder }: FolderPlace) => {
    const values = folderJson(request, mailbox, folder)
    return tested.size === 0
      ? values
      : {
          ...values,
          singleValueExtendedProperties: testedValues(folderReader(mailbox, folder), tested),
        }
  }
  const fitting = filter === undefined ? listed : listed.filter((place) => matchesFilter(filter, valuesOf(place)))
  const sorted =
    orderBy.length === 0
      ? fitting
      : sortBy(
          fitting.map((place) => ({ ...valuesOf(place), place })),
          orderBy,
        ).map(({ place }) => place)
  const end = skip + top
  return {
    rows: sorted.slice(skip, end),
    count: count ? sorted.length : undefined,
    nextSkip: end < sorted.length ? end : undefined,
  }
}

function present(
  request: GraphRequest,
  { mailbox, folder }: FolderPlace,
  { select, expand }: Pick<ODataQuery, 'select' | 'expand'>,
): object {
  const selection = expandedProperties(expand)
  const isExpanded = selection.single !== undefined || selection.multi !== undefined
  return {
    ...pickSelected(folderJson(request, mailbox, folder), select, ['id']),
    ...(isExpanded ? extendedPropertiesJson(folderReader(mailbox, folder), selection) : {}),
  }
}

function childrenOf({ folders }: Mailbox, wellKnown: string): readonly FolderRow[] {
  const parent = folders.wellKnown(wellKnown)
  return parent === undefined ? [] : folders.children(parent.id)
}

function contextPath({ mailboxId }: OpenedMailbox): string {
  return `admin/exchange/mailboxes('${encodeURIComponent(mailboxId)}')`
}
