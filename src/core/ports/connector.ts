import type { MigrationError } from '../errors.ts'
import type { Capabilities } from '../model/capabilities.ts'
import type { Extra, ExtraKind, Handwork, Json } from '../model/extra.ts'
import type { Folder, ItemType, Role } from '../model/folder.ts'
import type { Form } from '../model/form.ts'
import type { Cursor, FolderId, ItemId } from '../model/ids.ts'
import type { Delivery, Description, ItemRef, ReadResult, WriteResult } from '../model/item.ts'
import type { Quota } from '../model/quota.ts'
import type { RecipientMap } from '../model/recipient-map.ts'
import type { Context } from './context.ts'
import type { Binding } from './governor.ts'

/** A page of an enumeration. `next` resumes after it, in this process or after a crash. */
export interface Page {
  /** `all`: the enumeration lists everything, and what it leaves out is gone. `changes`: since the cursor given. */
  readonly scope: 'all' | 'changes'
  readonly refs: readonly ItemRef[]
  /**
   * Only with `all` and a cursor: what that cursor had seen, is still there and is as it was, for a side that can tell what
   * changed and what remains, but not what is gone. May name again what `refs` names.
   */
  readonly unchanged?: readonly ItemId[]
  /** Deleted since the cursor, where the side can tell; may name ids never seen. */
  readonly gone: readonly ItemId[]
  /** On the last page a cursor that `FolderStatus.cursor` equals as long as nothing changes. */
  readonly next: Cursor
}

/** A header looked at without reading the body. */
export interface Described {
  readonly ref: ItemRef
  readonly description: Description
}

/** One thing beside the items, or why a kind of them could not be read; errors that pass are thrown instead. */
export type ListedExtra =
  | { readonly type: 'extra'; readonly extra: Extra }
  /** It cannot travel, as the side itself can tell. */
  | { readonly type: 'handwork'; readonly extra: Omit<Extra, 'value'>; readonly handwork: Handwork }
  | { readonly type: 'unread'; readonly kind: ExtraKind; readonly error: MigrationError }

/**
 * A side that can be read; a target is one too, for recognising and verifying. Reading changes nothing, in any mode.
 * Everything throws `MigrationError`, or the signal's reason after an abort. Nothing is retried here.
 */
export interface Reader {
  readonly capabilities: Capabilities
  /** Capability: what the mailbox is, whatever its address: another one never has it. */
  readonly permanentId?: string
  /** All folders, parents before children, with their status in the same answer where the protocol allows. */
  discover(): Promise<readonly Folder[]>
  /**
   * Opens no body. Without a cursor, or with one that no longer holds (said by `scope: 'all'`), lists everything. Always
   * gives at least one page. Several enumerations may run at once; a connector pipelines them.
   */
  enumerate(folder: Folder, after?: Cursor): AsyncIterable<Page>
  /** The headers of `refs`, of one folder; what is gone is left out. */
  describe(refs: readonly ItemRef[]): AsyncIterable<Described>
  /**
   * The items request by request, of one request in any order, over one session; a request holds refs of one folder. Requests are pulled ahead of
   * the answers, so that the wire stays busy. One bad item is a `failed`; a broken session throws. Asking for the next
   * result discards what was not read of a streamed content.
   */
  read(requests: AsyncIterable<readonly ItemRef[]>): AsyncIterable<ReadResult>
  /** Capability: what makes this side's own requests wait now, where it keeps to limits of its own; undefined when nothing does. */
  binding?(): Binding | undefined
  /** Capability: what the mailbox holds and may hold; undefined when nothing limits it, or nobody says. */
  quota?(): Promise<Quota | undefined>
  /** Capability: what else belongs to the mailbox, in the order in which it is to be written. */
  listExtras?(): Promise<readonly ListedExtra[]>
  /** Idempotent; leaves no handle open. */
  close(): Promise<void>
}

export type Source = Reader

/** What `ensureFolder` found or made. */
export interface EnsuredFolder {
  readonly id: FolderId
  /** Items in it now; 0 when just made. */
  readonly items: number
  readonly isNew: boolean
}

/** A change of one item's keywords; `keywords` is the whole wanted set. */
export interface KeywordChange {
  readonly id: ItemId
  readonly folderId: FolderId
  readonly keywords: readonly string[]
}

/** What a folder that has to be made is for. */
export interface FolderWish {
  /** Mail when absent. */
  readonly itemType?: ItemType
  readonly role?: Role
  readonly isSubscribed?: boolean
}

/** What of one item outlasts a target that makes it anew. */
export interface ItemEssence {
  /** Equal for an item and its copies, whatever their readers did with them, and for no others. */
  readonly item: string
  /** Equal when also what their readers did is the same: read, flagged, categories. Constant where that is beside the content. */
  readonly state: string
  /** What the target makes where there is none, in a fixed order, '' where the item has none: a copy may have more of it than its original. */
  readonly given?: readonly string[]
}

/** How copies that came to be in one way are compared with their originals, where a target makes anew what it was given. */
export interface Essence {
  /** The words for what became of such a copy, comma-separated; undefined where nothing is lost. */
  readonly altered: string | undefined
  /** Pure; undefined for what cannot be read. */
  of(content: Uint8Array): ItemEssence | undefined
}

/** An extra that a target is asked about. */
export interface AskedExtra extends Extra {
  /** By which the target knows the copy, where an earlier pass made or found one; then no other is its copy. */
  readonly targetId?: string
}

/** Where a source's folder went; undefined when nothing of it went anywhere. */
export type FindPlace = (sourceFolder: FolderId) => { readonly id: FolderId; readonly path: readonly string[] } | undefined

/** What is named in extras, and what stands for it at the target. */
export interface Successors {
  readonly placeOf: FindPlace
  /** The address that stands for one of the source's people now; itself where nobody said otherwise. */
  readonly addressNow: (address: string) => string
}

/** An extra at the target. */
export interface FoundExtra {
  readonly id: string
  /** In the same terms as `ExtraStanding.wanted`. */
  readonly value: Json
  /** Every mailbox has one, and nobody need have chosen this. */
  readonly isGiven?: boolean
}

/** How an extra stands at the target. */
export type ExtraStanding =
  | {
      readonly type: 'possible'
      /** What the target would be given. */
      readonly wanted: Json
      /** What writing it needs beyond that; not compared. */
      readonly beside?: Json
      /**
       * It is how others of its kind are arranged: looked at before those that are new are written, and again after. Written in
       * steps, so that one cut short is finished.
       */
      readonly arranges?: true
      readonly found?: FoundExtra
      /** What a person has to do beside it. */
      readonly handwork?: Handwork
    }
  | { readonly type: 'handwork'; readonly handwork: Handwork }
  /** A person did it. */
  | { readonly type: 'done' }
  /** Its kind could not be looked at; errors that pass are thrown instead. */
  | { readonly type: 'unread'; readonly error: MigrationError }

export interface Target extends Reader {
  /**
   * Capability: how copies are compared with their originals where the bytes are not kept, for each way in which any of them may
   * have come to be, whichever this opening would choose; the strictest first.
   */
  readonly essences?: readonly Essence[]
  /** Idempotent, also when called concurrently for one path. Makes missing parents. */
  ensureFolder(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder>
  /**
   * Writes a stream of items over one session, many per round trip where the protocol can; each item is all or nothing. A
   * content that fails midway leaves nothing visible. When it throws, deliveries without a result are of unknown outcome.
   */
  write(deliveries: AsyncIterable<Delivery>): AsyncIterable<WriteResult>
  /** Those of `ids` (of one folder) that are still there, as they are now, read from the server. */
  inspect(folderId: FolderId, ids: readonly ItemId[]): Promise<ReadonlyMap<ItemId, ItemRef>>
  /**
   * Capability: the keywords beside the system ones that a folder keeps, as it spells them, where it keeps no others (IMAP
   * PERMANENTFLAGS, RFC 9051 section 7.1); undefined when it takes any, or nobody says. May cost a round trip. What is not
   * among them must not be written there.
   */
  keptKeywords?(folderId: FolderId): Promise<readonly string[] | undefined>
  /**
   * Capability: from now on senders and recipients are written with the addresses that they have now, beside the message as it
   * came.
   */
  mapRecipients?(map: RecipientMap): void
  /**
   * Capability, where several ways lead into one mailbox that name what is in it differently: whether another one gave this
   * id, so that it means nothing here.
   */
  isOfAnotherWay?(folderId: FolderId): boolean
  /** Capability: sets keywords. Those gone are passed over. */
  updateKeywords?(changes: readonly KeywordChange[]): Promise<void>
  /**
   * Capability: moves items of one folder, each at once; the new ids where the target tells them. Those gone are left out, and
   * those of a kind that cannot be moved so.
   */
  move?(from: FolderId, ids: readonly ItemId[], into: FolderId): Promise<ReadonlyMap<ItemId, ItemId | undefined>>
  /** Capability, for what `move` cannot: copies items of one folder into another one, as `move` tells it. */
  copy?(from: FolderId, ids: readonly ItemId[], into: FolderId): Promise<ReadonlyMap<ItemId, ItemId | undefined>>
  /** Capability: deletes exactly these items of one folder, for good. */
  remove?(folderId: FolderId, ids: readonly ItemId[]): Promise<void>
  /** Capability, with `writeExtra`: how these extras stand here, in their order. Changes nothing. */
  findExtras?(asked: readonly AskedExtra[], successors: Successors): Promise<readonly ExtraStanding[]>
  /** Makes or changes one of those found possible; gives it as it is then, read from the server. Sends no mail to anybody. */
  writeExtra?(extra: AskedExtra, standing: ExtraStanding & { readonly type: 'possible' }): Promise<FoundExtra>
}

/** A kind of endpoint. `Config` is what its URL and secrets parse to. */
export interface Connector<Config> {
  readonly kind: string
  /** In which forms it gives and takes items, best first; the two sides agree on one before they are opened. */
  readonly forms: readonly Form[]
  /** URL schemes (without the colon) that name this kind. */
  readonly schemes: readonly string[]
  /**
   * Throws `config` with one clear sentence on a URL that cannot be meant. `password` is never part of the URL;
   * `sessionsMax` is what a person asks for where the URL itself says nothing. `access` is what the stored endpoint holds that
   * `endpointName` names, in whatever shape the connector knows, secrets included; the URL parses without it, too.
   */
  parseUrl(url: string, given: { readonly password?: string; readonly sessionsMax?: number; readonly access?: unknown }): Config
  /** Capability: the name of the stored endpoint without whose `access` it cannot be opened. */
  endpointName?(config: Config): string
  /** The URL without anything secret, in one spelling: the endpoint's name in the ledger. */
  canonicalUrl(config: Config): string
  /** True when opening needs a password that `config` does not have. */
  needsPassword(config: Config): boolean
  /** `form` is one of `forms`, the first when absent. */
  openSource(config: Config, context: Context, form?: Form): Promise<Source>
  openTarget(config: Config, context: Context, form?: Form): Promise<Target>
}
