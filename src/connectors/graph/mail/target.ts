import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult } from '../../../core/model/item.ts'
import type { EnsuredFolder, FolderWish, KeywordChange, Target } from '../../../core/ports/connector.ts'
import { inspectMessages, moveMessages, updateKeywords } from './change-messages.ts'
import type { MailAccess } from './mail-access.ts'
import { mailEssence } from './mail-essence.ts'
import { type MailboxReader, MailReader } from './reader.ts'
import { writeMail } from './write-mail.ts'

/** What of the target of whole items that of mail is made of. */
export type MailboxTarget = MailboxReader & Pick<Target, 'ensureFolder' | 'write' | 'remove'>

/** A mailbox filled with mail. */
export class MailTarget extends MailReader implements Target {
  readonly essence = mailEssence
  readonly remove?: NonNullable<Target['remove']>
  readonly #mailbox: MailboxTarget

  constructor(mailbox: MailboxTarget, access: MailAccess) {
    super(mailbox, access)
    this.#mailbox = mailbox
    const { remove } = mailbox
    if (remove !== undefined) this.remove = (folderId, ids) => remove(folderId, ids)
  }

  ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder> {
    return this.#mailbox.ensureFolder(path, wish)
  }

  write(deliveries: AsyncIterable<Delivery>): AsyncIterable<WriteResult> {
    return writeMail(deliveries, (streams) => this.#mailbox.write(streams))
  }

  inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    return inspectMessages(this.access, folderId, ids)
  }

  updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    return updateKeywords(this.access, changes)
  }

  move(_from: FolderId, ids: readonly ItemId[], into: FolderId): Promise<ReadonlyMap<ItemId, ItemId | undefined>> {
    return moveMessages(this.access, ids, into)
  }
}
