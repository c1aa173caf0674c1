declare const brand: unique symbol
type Id<B extends string> = string & { readonly [brand]: B }

/** A folder, as the connector that minted it names it; opaque to everyone else. */
export type FolderId = Id<'folder'>
/** An item on one side (for IMAP: UIDVALIDITY and UID), unique within its folder; opaque to everyone else. */
export type ItemId = Id<'item'>
/** A place in a folder's history. Two equal cursors mean that nothing happened between them. */
export type Cursor = Id<'cursor'>
