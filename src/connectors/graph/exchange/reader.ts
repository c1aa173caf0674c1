import type { Capabilities } from '../../../core/model/capabilities.ts'
import type { Folder } from '../../../core/model/folder.ts'
import type { Cursor, FolderId } from '../../../core/model/ids.ts'
import type { ItemRef, ReadResult } from '../../../core/model/item.ts'
import type { Described, ListedExtra, Page, Reader } from '../../../core/ports/connector.ts'
import type { Binding } from '../../../core/ports/governor.ts'
import type { Room } from '../byte-budget.ts'
import type { ExtrasAccess } from '../extras/extras-access.ts'
import { listExtras } from '../extras/mailbox-extras.ts'
import { rememberLooks } from '../extras/remember-looks.ts'
import { listFolders, type MailboxTree, toFolders } from '../list-folders.ts'
import type { OpenedMailbox } from '../open-mailbox.ts'
import { DescribedItems } from './describe-items.ts'
import { enumerateItems } from './enumerate-items.ts'
import { readItems } from './read-items.ts'

/** Of exported items that wait to be given on, over all streams. */
const bytesAheadMax = 12 * 1024 * 1024
/** One answer, in base64, must fit. */
const bytesPerAnswer = 1.5

/** A mailbox of Microsoft 365 whose items are read whole, of whatever kind: by the import and export interface (exchange.md 2). */
export class ExchangeReader implements Reader {
  readonly capabilities: Capabilities
  readonly permanentId: string
  protected readonly opened: OpenedMailbox
  readonly listExtras?: () => Promise<readonly ListedExtra[]>
  protected tree: MailboxTree | undefined
  /** Where rules, settings and the like are; undefined for an archive, which has none of its own. */
  protected readonly extras: ExtrasAccess | undefined
  readonly #budget: Room
  readonly #described: DescribedItems

  constructor(opened: OpenedMailbox, capabilities: Capabilities) {
    this.opened = opened
    this.#budget = opened.memory.withLine(opened.memory.budget(bytesAheadMax), bytesAheadMax, 'reading')
    this.capabilities = capabilities
    const { client } = opened
    this.permanentId = client.mailboxId
    const extras: ExtrasAccess | undefined =
      client.userName === client.mailboxId
        ? undefined
        : { graph: { call: client.follow.bind(client) }, user: client.userName, exchange: rememberLooks(opened.exchange), folders: () => this.tree }
    this.extras = extras
    if (extras !== undefined) this.listExtras = () => listExtras(extras)
    this.#described = new DescribedItems(opened.client, (folderId) => this.itemsIn(folderId))
  }

  async discover(): Promise<readonly Folder[]> {
    this.tree = await listFolders(this.opened.client)
    return toFolders(this.tree)
  }

  enumerate(folder: Folder, after?: Cursor): AsyncIterable<Page> {
    return enumerateItems(this.opened.client, folder, after)
  }

  describe(refs: readonly ItemRef[]): AsyncIterable<Described> {
    return this.#described.describe(refs)
  }

  read(requests: AsyncIterable<readonly ItemRef[]>): AsyncIterable<ReadResult> {
    return readItems(this.opened.client, { budget: this.#budget, portionBytesMax: () => this.opened.memory.bytesMax(bytesAheadMax) / bytesPerAnswer }, requests)
  }

  binding(): Binding | undefined {
    return this.opened.client.binding()
  }

  async close(): Promise<void> {
    this.opened.close()
  }

  /** How many items a folder had when it was last listed; of one that was not, none. */
  protected itemsIn(folderId: FolderId): number {
    return this.tree?.folders.find(({ id }) => id === folderId)?.items ?? 0
  }
}
