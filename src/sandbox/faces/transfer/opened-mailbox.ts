import { accessDenied } from '../../http/authorize.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { GraphRequest } from '../../http/route.ts'
import { malformedId, itemNotFound } from '../../graph-mailbox/item-references.ts'
import { noMailbox, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { fromFolderId, fromItemId, fromMailboxId, toMailboxId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { MailboxStore } from '../../mailbox/mailbox-store.ts'
import type { FolderRow, ItemRow } from '../../mailbox/rows.ts'
import type { TransferParts } from './transfer-parts.ts'

/** A mailbox as an `MBX:` id names it. */
export interface OpenedMailbox {
  readonly mailbox: Mailbox
  readonly mailboxId: string
  /**
   * Set for an auxiliary archive: the archive that it belongs to. What moved from there keeps its ids and its rows, and
   * is reached through the auxiliary archive alone.
   */
  readonly main: Mailbox | undefined
}

/** A folder, and the mailbox whose rows and ids it has. */
export interface FolderPlace {
  readonly mailbox: Mailbox
  readonly folder: FolderRow
}

/** Thrown for what an auxiliary archive holds by now (exchange.md 2.3); each call has its own answer to it. */
export class MovedToAuxiliary extends Error {
  /** The `MBX:` id of the archive that holds it. */
  readonly mailboxId: string

  constructor(mailboxId: string) {
    super(`moved to ${mailboxId}`)
    this.name = 'MovedToAuxiliary'
    this.mailboxId = mailboxId
  }
}

/**
 * The mailbox that a request names in `{mailboxId}`. Throws 400 for what is no `MBX:` id, 404
 * `MailboxNotEnabledForRESTAPI` for a mailbox that is not there, not ready or an archive that this version of Graph does
 * not serve, and 403 for a delegated caller at another user's (exchange.md 2.2).
 */
export function openMailboxById(request: GraphRequest, { stores, settings }: TransferParts): OpenedMailbox {
  requireWorldwide(request)
  const name = request.params['mailboxId'] ?? ''
  if (fromMailboxId(name) === undefined)
    throw new GraphError(400, 'ErrorInvalidMailboxId', 'The mailbox id is malformed.')
  const mailbox = openMailbox(request, stores, name)
  const { caller } = request
  if (caller.kind === 'delegated' && caller.userId !== mailbox.row.userId) throw accessDenied('mailbox')
  if (mailbox.row.kind !== 'primary' && !settings.archiveVersions.includes(request.version)) throw noMailbox()
  return toOpened(mailbox, stores(request.tenant.id), request.tenant.id)
}

/** The same without a request: `mailbox` is known already. */
export function toOpened(mailbox: Mailbox, store: MailboxStore, tenantId: string): OpenedMailbox {
  const { guid, mainId } = mailbox.row
  const main = mainId === undefined ? undefined : store.all().find(({ id }) => id === mainId)
  return {
    mailbox,
    mailboxId: toMailboxId(guid, tenantId),
    main: main === undefined ? undefined : store.byGuid(main.guid),
  }
}

/** 400 as for a path that nobody knows: the national clouds have no such API (exchange.md 2.1). */
export function requireWorldwide({ tenant }: GraphRequest): void {
  if (tenant.cloud !== 'worldwide')
    throw new GraphError(400, 'BadRequest', "Resource not found for the segment 'exchange'.")
}

/** A folder by its id or well-known name. Throws 400 and 404 as `folderOf`, and `MovedToAuxiliary`. */
export function folderPlace(opened: OpenedMailbox, id: string): FolderPlace {
  const wellKnown = /^[a-z]{4,30}$/i.test(id) ? opened.mailbox.folders.wellKnown(id) : undefined
  return wellKnown === undefined ? folderPlaceById(opened, id) : placed(opened, opened.mailbox, wellKnown)
}

/** The same by an id only. */
export function folderPlaceById(opened: OpenedMailbox, id: string): FolderPlace {
  let isFolderId = false
  for (const mailbox of holders(opened)) {
    const folderId = fromFolderId(mailbox.row.guid, id)
    const folder = folderId === undefined ? undefined : mailbox.folders.find(folderId)
    isFolderId ||= folderId !== undefined
    if (folder !== undefined) return placed(opened, mailbox, folder)
  }
  throw isFolderId ? itemNotFound() : malformedId()
}

/** An item by an id of either kind, wherever it lies. Throws as `itemOf`, and `MovedToAuxiliary`. */
export function itemPlace(opened: OpenedMailbox, id: string): { readonly mailbox: Mailbox; readonly item: ItemRow } {
  for (const mailbox of holders(opened)) {
    const reference = fromItemId(mailbox.row.guid, id)
    if (reference === undefined) continue
    const item = mailbox.items.find(reference.itemId)
    const { place } = reference
    if (item === undefined || (place !== undefined && (place.folderId !== item.folderId || place.uid !== item.uid))) {
      throw itemNotFound()
    }
    if (mailbox.row.kind !== 'primary') placed(opened, mailbox, mailbox.folders.get(item.folderId))
    return { mailbox, item }
  }
  throw malformedId()
}

/** The folders of the main archive that this auxiliary one holds. */
export function heldFor(opened: OpenedMailbox): readonly FolderRow[] {
  const { main, mailboxId } = opened
  return main === undefined
    ? []
    : main.folders.all().filter(({ movedTo }) => movedTo !== undefined && isSame(movedTo, mailboxId))
}

function holders({ mailbox, main }: OpenedMailbox): readonly Mailbox[] {
  return main === undefined ? [mailbox] : [mailbox, main]
}

/** Checks that the folder is to be reached through the mailbox that was opened. */
function placed(opened: OpenedMailbox, mailbox: Mailbox, folder: FolderRow): FolderPlace {
  if (mailbox.row.kind === 'primary') return { mailbox, folder }
  const movedTo = mailbox.folders.pathTo(folder.id).find((one) => one.movedTo !== undefined)?.movedTo
  if (movedTo === undefined) {
    if (mailbox !== opened.mailbox) throw itemNotFound()
    return { mailbox, folder }
  }
  if (!isSame(movedTo, opened.mailboxId)) throw new MovedToAuxiliary(movedTo)
  return { mailbox, folder }
}

function isSame(mailboxId: string, otherId: string): boolean {
  return mailboxId.toLowerCase() === otherId.toLowerCase()
}
