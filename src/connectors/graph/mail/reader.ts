import type { Capabilities } from '../../../core/model/capabilities.ts'
import type { Folder } from '../../../core/model/folder.ts'
import type { Cursor } from '../../../core/model/ids.ts'
import type { ItemRef, ReadResult } from '../../../core/model/item.ts'
import type { Described, Page, Reader } from '../../../core/ports/connector.ts'
import { describeMessages } from './describe-messages.ts'
import { enumerateMessages } from './enumerate-messages.ts'
import type { Room } from '../byte-budget.ts'
import type { MailAccess } from './mail-access.ts'
import { readMessages } from './read-messages.ts'

/** What the two forms share: folders, and the connections under them. */
export type MailboxReader = Pick<Reader, 'capabilities' | 'permanentId' | 'discover' | 'close'>

/** Of messages that wait to be given on, over all streams. */
const bytesAheadMax = 8 * 1024 * 1024

/** A mailbox read as mail: its mail folders, and each message as MIME with its date and keywords beside it. */
export class MailReader implements Reader {
  readonly capabilities: Capabilities
  readonly permanentId?: string
  protected readonly access: MailAccess
  readonly #mailbox: MailboxReader
  readonly #room: Room

  constructor(mailbox: MailboxReader, access: MailAccess) {
    this.access = access
    this.#room = access.memory.withLine(access.memory.budget(bytesAheadMax), bytesAheadMax, 'reading')
    this.#mailbox = mailbox
    if (mailbox.permanentId !== undefined) this.permanentId = mailbox.permanentId
    const { replacesItems: _, ...capabilities } = mailbox.capabilities
    this.capabilities = { ...capabilities, form: 'mail', preservesBytes: false, datePrecisionMs: 1000, storesKeywords: true }
  }

  async discover(): Promise<readonly Folder[]> {
    const folders = await this.#mailbox.discover()
    return folders.filter((folder) => folder.itemType === 'message')
  }

  enumerate(folder: Folder, after?: Cursor): AsyncIterable<Page> {
    return enumerateMessages(this.access, folder.id, after)
  }

  describe(refs: readonly ItemRef[]): AsyncIterable<Described> {
    return describeMessages(this.access, refs)
  }

  read(requests: AsyncIterable<readonly ItemRef[]>): AsyncIterable<ReadResult> {
    return readMessages(this.access, this.#room, requests)
  }

  close(): Promise<void> {
    return this.#mailbox.close()
  }
}
