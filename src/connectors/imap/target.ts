import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Folder, Role } from '../../core/model/folder.ts'
import type { FolderId, ItemId } from '../../core/model/ids.ts'
import type { Delivery, ItemRef, WriteResult } from '../../core/model/item.ts'
import type { EnsuredFolder, KeywordChange, Target } from '../../core/ports/connector.ts'
import { changeKeywords } from './change-keywords.ts'
import { makeFolder } from './make-folder.ts'
import { inspectMessages } from './inspect-messages.ts'
import { moveMessages } from './move-messages.ts'
import { mailboxArgument, toName } from './names.ts'
import { forbiddenIn, probeNames } from './probe-names.ts'
import { removeMessages } from './remove-messages.ts'
import type { Sessions } from './sessions.ts'
import { ImapReader } from './source.ts'
import { writeMessages } from './write-messages.ts'

/** An IMAP account that is written to. What the server cannot do safely is not offered. */
export class ImapTarget extends ImapReader implements Target {
  readonly move?: NonNullable<Target['move']>
  readonly remove?: NonNullable<Target['remove']>
  readonly #makings = new Map<string, Promise<EnsuredFolder>>()
  #areNamesKnown = false

  constructor(sessions: Sessions, capabilities: Capabilities) {
    super(sessions, capabilities)
    const { announced } = capabilities
    // Without UIDPLUS an EXPUNGE would also remove what others have marked as deleted.
    if (!announced.includes('UIDPLUS')) return
    this.remove = async (folderId, ids) => removeMessages(await sessions.control(), folderId, ids)
    this.move = async (from, ids, into) => moveMessages(await sessions.control(), from, ids, into)
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

  async ensureFolder(
    path: readonly string[],
    wish: { readonly role?: Role; readonly isSubscribed?: boolean },
  ): Promise<EnsuredFolder> {
    // The server's way of naming is known once its folders were listed.
    if (!this.isNamingKnown) await this.discover()
    const name = toName(path, this.naming)
    const making = this.#makings.get(name) ?? this.#make(name, wish)
    this.#makings.set(name, making)
    return await making
  }

  async *write(deliveries: AsyncIterable<Delivery>): AsyncGenerator<WriteResult> {
    const lease = await this.sessions.lease()
    const { capabilities } = lease.session
    try {
      yield* writeMessages(lease.session, deliveries, {
        groupsMessages: capabilities.has('MULTIAPPEND'),
        takesBinary: capabilities.has('BINARY'),
        mailbox: (folderId) => String(mailboxArgument(folderId, this.naming.isUtf8)),
      })
    } finally {
      lease.release()
    }
  }

  async inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>> {
    return inspectMessages(await this.sessions.control(), folderId, ids)
  }

  async updateKeywords(changes: readonly KeywordChange[]): Promise<void> {
    await changeKeywords(await this.sessions.control(), changes)
  }

  /** One at a time for each name. */
  async #make(name: string, wish: { readonly role?: Role; readonly isSubscribed?: boolean }): Promise<EnsuredFolder> {
    try {
      return await makeFolder(await this.sessions.control(), name, wish, this.naming)
    } finally {
      this.#makings.delete(name)
    }
  }
}
