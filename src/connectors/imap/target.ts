import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Folder } from '../../core/model/folder.ts'
import type { FolderId, ItemId } from '../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult } from '../../core/model/item.ts'
import type { EnsuredFolder, FolderWish, KeywordChange, Target } from '../../core/ports/connector.ts'
import { changeKeywords } from './change-keywords.ts'
import { speaksUtf8, whenEnabled } from './enable-extensions.ts'
import { makeFolder } from './make-folder.ts'
import { inspectMessages } from './inspect-messages.ts'
import { findKeptKeywords } from './kept-keywords.ts'
import { bringMessages } from './bring-messages.ts'
import { mailboxArgument, toName } from './names.ts'
import { forbiddenIn, probeNames } from './probe-names.ts'
import { removeMessages } from './remove-messages.ts'
import type { Sessions } from './sessions.ts'
import { ImapReader } from './source.ts'
import { type Utf8Data, writeMessages } from './write-messages.ts'

/** An IMAP account that is written to. What the server cannot do safely is not offered. */
export class ImapTarget extends ImapReader implements Target {
  readonly move?: NonNullable<Target['move']>
  readonly copy?: NonNullable<Target['copy']>
  readonly remove?: NonNullable<Target['remove']>
  readonly #makings = new Map<string, Promise<EnsuredFolder>>()
  readonly #utf8Data: Utf8Data = { isTaken: undefined }
  #areNamesKnown = false

  constructor(sessions: Sessions, capabilities: Capabilities) {
    super(sessions, capabilities)
    const { announced } = capabilities
    // Without UIDPLUS an EXPUNGE would also remove what others have marked as deleted.
    if (!announced.includes('UIDPLUS')) return
    this.remove = async (folderId, ids) => removeMessages(await this.control(), folderId, ids)
    this.copy = async (from, ids, into) => bringMessages(await this.control(), 'COPY', from, ids, into)
    if (announced.includes('MOVE')) this.move = async (from, ids, into) => bringMessages(await this.control(), 'MOVE', from, ids, into)
  }

  /** The first call narrows `capabilities.folderNaming` to what the server takes, in the same round trip. */
  override async discover(): Promise<readonly Folder[]> {
    if (this.#areNamesKnown) return super.discover()
    const session = await this.sessions.control()
    const probing = probeNames(session, '')
    const [folders, found] = await Promise.all([super.discover(), probing])
    const { prefix } = this.naming
    // A name outside the personal namespace may be refused for being there.
    const refused = prefix === '' ? found : await probeNames(session, prefix)
    const known = { forbidden: forbiddenIn(this.naming, refused), forbiddenInFront: refused.inFront }
    this.capabilities = { ...this.capabilities, folderNaming: { ...this.capabilities.folderNaming, ...known } }
    this.#areNamesKnown = true
    return folders
  }

  async ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder> {
    // The server's way of naming is known once its folders were listed.
    if (!this.isNamingKnown) await this.discover()
    const name = toName(path, this.naming)
    const making = this.#makings.get(name) ?? this.#make(name, wish)
    this.#makings.set(name, making)
    return await making
  }

  async *write(deliveries: AsyncIterable<Delivery>): AsyncGenerator<WriteResult> {
    const lease = await this.sessions.lease()
    const { session } = lease
    try {
      await whenEnabled(session)
      yield* writeMessages(session, deliveries, {
        groupsMessages: session.capabilities.has('MULTIAPPEND'),
        takesBinary: session.capabilities.has('BINARY'),
        mailbox: (folderId) => mailboxArgument(folderId, session),
        ...(speaksUtf8(session) && { utf8Data: this.#utf8Data }),
      })
    } finally {
      lease.release()
    }
  }

  async inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    return inspectMessages(await this.control(), folderId, ids)
  }

  async keptKeywords(folderId: FolderId): Promise<readonly string[] | undefined> {
    return findKeptKeywords(await this.control(), folderId)
  }

  async updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    await changeKeywords(await this.control(), changes)
  }

  /** One at a time for each name. */
  async #make(name: string, wish: FolderWish): Promise<EnsuredFolder> {
    try {
      return await makeFolder(await this.control(), name, wish, this.naming)
    } finally {
      this.#makings.delete(name)
    }
  }
}
