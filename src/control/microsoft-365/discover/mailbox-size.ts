import type { GraphCall, GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphValues } from '../../../connectors/kit/microsoft/graph-pages.ts'
import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonObjects, jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import type { JsonObject } from '../../../connectors/kit/microsoft/read-json.ts'
import { MigrationError } from '../../../core/errors.ts'
import { numberOf, textOf } from '../json-fields.ts'
import type { MailboxSize } from './discovered-mailbox.ts'

/** PidTagMessageSizeExtended, PidTagFolderType, PidTagLocalCommitTimeMax (MS-OXCFOLD 2.2.2.2). */
const sizeId = 'Long 0x0E08'
const typeId = 'Integer 0x3601'
const lastChangeId = 'SystemTime 0x670A'
const expand = `singleValueExtendedProperties($filter=${[sizeId, typeId, lastChangeId].map((id) => `id eq '${id}'`).join(' or ')})`

/** PidTagFolderType of a search folder, which holds nothing of its own. */
const searchFolder = '2'
const pageItems = 250

/**
 * What a mailbox holds, by its folders' own sums: a request for the top and one for every folder that has others below it.
 * Undefined where the app may not look, or where the cloud has no such interface. Throws as `GraphCaller.call`.
 */
export async function measureMailbox(graph: GraphCaller, mailboxId: string, version: 'v1.0' | 'beta'): Promise<MailboxSize | undefined> {
  const top = graphPath`/admin/exchange/mailboxes/${mailboxId}/folders`
  const list = (path: string) => measureBranch(graph, { method: 'GET', path, version, query: { $top: pageItems, $expand: expand }, permission: 'MailboxFolder.Read.All' })
  try {
    const sums = await list(top)
    for (const waiting = [...sums.parents]; waiting.length > 0; ) {
      const folderId = waiting.pop() as string
      const below = await list(graphPath`/admin/exchange/mailboxes/${mailboxId}/folders/${folderId}/childFolders`)
      waiting.push(...below.parents)
      sums.items += below.items
      sums.sizeBytes += below.sizeBytes
      sums.lastChangeAt = later(sums.lastChangeAt, below.lastChangeAt)
    }
    const { items, sizeBytes, lastChangeAt } = sums
    return { items, sizeBytes, lastChangeAt }
  } catch (error) {
    if (error instanceof MigrationError && (error.kind === 'auth' || error.code === 'graph.not-offered')) return undefined
    throw error
  }
}

interface Sums {
  items: number
  sizeBytes: number
  lastChangeAt: string | undefined
  readonly parents: string[]
}

async function measureBranch(graph: GraphCaller, call: GraphCall): Promise<Sums> {
  const sums: Sums = { items: 0, sizeBytes: 0, lastChangeAt: undefined, parents: [] }
  for await (const folder of graphValues(graph, call)) {
    const extended = extendedValues(folder)
    if (extended.get(typeId.toLowerCase()) === searchFolder) continue
    sums.items += numberOf(folder, 'totalItemCount')
    sums.sizeBytes += Number(extended.get(sizeId.toLowerCase()) ?? 0)
    sums.lastChangeAt = later(sums.lastChangeAt, extended.get(lastChangeId.toLowerCase()))
    const id = textOf(folder, 'id')
    if (id !== undefined && numberOf(folder, 'childFolderCount') > 0) sums.parents.push(id)
  }
  return sums
}

/** By id as it was asked for; Exchange answers numbers without leading zeros: `Long 0xe08`. */
function extendedValues(folder: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    jsonObjects(folder, 'singleValueExtendedProperties').map((one) => [
      jsonText(one, 'id').toLowerCase().replace(/ 0x([0-9a-f]+)$/, (_, digits: string) => ` 0x${digits.padStart(4, '0')}`),
      jsonText(one, 'value'),
    ]),
  )
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  const timeMs = Date.parse(b ?? '')
  // 1601 is how MAPI says never.
  if (Number.isNaN(timeMs) || timeMs <= 0) return a
  const text = new Date(timeMs).toISOString()
  return a === undefined || text > a ? text : a
}
