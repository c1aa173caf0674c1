import { MigrationError } from '../../../core/errors.ts'
import type { Folder } from '../../../core/model/folder.ts'
import type { Cursor, FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Page } from '../../../core/ports/connector.ts'
import { cursorOfLink, noDeltaLink } from '../delta-cursor.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import { nothingYet } from '../list-folders.ts'
import type { MailboxCall, MailboxClient } from '../mailbox-client.ts'
import { followPage, type MailboxPage, mailboxPages } from '../mailbox-pages.ts'
import { itemSelection, toItemRef } from './item-ref.ts'

/** The most that a page was seen to hold (exchange.md 2.3). */
export const pageItemsMax = 999

/**
 * Follows a folder by its delta query. Cursors are the links that Graph gives, without the host; one that it does not know
 * any more, or that is none, is answered by a whole listing.
 */
export async function* enumerateItems(client: MailboxClient, folder: Folder, after: Cursor | undefined): AsyncGenerator<Page> {
  const call: MailboxCall = {
    method: 'GET',
    path: `/folders/${encodeURIComponent(folder.id)}/items/delta`,
    query: { $select: itemSelection },
    headers: { prefer: `odata.maxpagesize=${pageItemsMax}` },
    permission: 'MailboxItem.Read.All',
  }
  if (folder.status?.cursor === nothingYet && (after === undefined || after === nothingYet)) {
    yield { scope: 'all', refs: [], gone: [], next: nothingYet }
    return
  }
  const later = after === undefined ? undefined : await pageAfter(client, call, after)
  if (later === undefined) {
    for await (const page of mailboxPages(client, call)) yield toEnumerated(page, folder.id, 'all')
    return
  }
  for (let page = later; ; ) {
    yield toEnumerated(page, folder.id, 'changes')
    if (page.nextLink === undefined) return
    page = await followPage(client, call, page.nextLink)
  }
}

/** Undefined when the cursor does not hold. */
async function pageAfter(client: MailboxClient, call: MailboxCall, after: Cursor): Promise<MailboxPage | undefined> {
  const link = linkOf(client, after)
  if (link === undefined) return undefined
  try {
    return await followPage(client, call, link)
  } catch (error) {
    if (error instanceof MigrationError && error.code === 'graph.sync-state-lost') return undefined
    throw error
  }
}

function toEnumerated({ values, nextLink, deltaLink }: MailboxPage, folderId: FolderId, scope: Page['scope']): Page {
  const present = values.filter((one) => one['@removed'] === undefined)
  const gone = values.filter((one) => one['@removed'] !== undefined)
  const next = nextLink ?? deltaLink
  if (next === undefined) throw noDeltaLink()
  return {
    scope,
    refs: present.map((one) => toItemRef(one, folderId)),
    gone: scope === 'all' ? [] : gone.map((one) => jsonText(one, 'id') as ItemId),
    next: cursorOfLink(next),
  }
}

function linkOf(client: MailboxClient, cursor: Cursor): string | undefined {
  return /^\/[\w.]+\/admin\/exchange\/mailboxes\/.+[?&]\$?(?:delta|skip)token=/i.test(cursor) ? `${client.graphUrl}${cursor}` : undefined
}
