/** How many messages may be embedded in each other. */
export const embeddedDepthMax = 64
/** Recipients, attachments and embedded messages of one item, those of embedded messages included. */
export const objectsMax = 100_000
/**
 * Properties, and texts and byte strings in lists, of one item. A named property takes up to 600 bytes of memory for a
 * few on the wire: this bounds what hostile bytes can make of themselves to some 300 MB beyond their own size (295 MB measured).
 */
export const valuesMax = 500_000
