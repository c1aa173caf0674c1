import { MigrationError } from '../../../core/errors.ts'
import type { Cursor, FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Page } from '../../../core/ports/connector.ts'
import { graphPath } from '../../kit/microsoft/graph-path.ts'
import { graphPages } from '../../kit/microsoft/graph-pages.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { cursorOfLink, noDeltaLink } from '../delta-cursor.ts'
import type { MailAccess } from './mail-access.ts'
import { refQuery, toRef } from './message-ref.ts'

const pageItemsMax = 500
/** How a link begins, in both spellings of OData. */
const user = /^\/[\w.]+\/users(?:\/[^/]+|\([^)]+\))(?=\/)/i
const isOurs = /^\/mailFolders.+[?&]\$?(?:delta|skip)token=/i

/**
 * `Reader.enumerate` by `messages/delta`: cursors are the links that Graph gives, below the user: addresses change. One that
 * it no longer knows, or that is none, is answered by a whole listing.
 */
export async function* enumerateMessages(access: MailAccess, folderId: FolderId, after: Cursor | undefined): AsyncGenerator<Page> {
  if (after !== undefined && isOurs.test(after)) {
    try {
      yield* pages(access, folderId, after)
      return
    } catch (error) {
      if (!isLost(error)) throw error
    }
  }
  yield* pages(access, folderId, undefined)
}

async function* pages({ graph, userPath }: MailAccess, folderId: FolderId, after: Cursor | undefined): AsyncGenerator<Page> {
  const first = after === undefined ? { path: userPath + graphPath`/mailFolders/${folderId}/messages/delta`, query: refQuery } : { path: userPath + after }
  const headers = { prefer: `odata.maxpagesize=${pageItemsMax}` }
  for await (const page of graphPages(graph, { method: 'GET', ...first, headers, permission: 'Mail.Read' })) {
    const next = page.nextLink ?? page.deltaLink
    if (next === undefined) throw noDeltaLink()
    const present = page.values.filter((message) => !isRemoved(message))
    yield {
      scope: after === undefined ? 'all' : 'changes',
      refs: present.map((message) => toRef(message, folderId)),
      gone: page.values.filter(isRemoved).map((message) => String(message['id']) as ItemId),
      next: cursorOfLink(next).replace(user, '') as Cursor,
    }
  }
}

function isRemoved(message: JsonObject): boolean {
  return message['@removed'] !== undefined
}

function isLost(error: unknown): boolean {
  return error instanceof MigrationError && error.code === 'graph.sync-state-lost'
}
