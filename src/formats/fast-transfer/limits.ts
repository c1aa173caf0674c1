/** How many messages may be embedded in each other. */
export const embeddedDepthMax = 64
/** Recipients, attachments and embedded messages of one item, those of embedded messages included. */
export const objectsMax = 200_000
/**
 * Properties, and texts and byte strings in lists, of one item. A value may take but 4 bytes of the stream and some
 * 200 in memory: this bounds what hostile bytes can make of themselves to a few hundred MB.
 */
export const valuesMax = 2_000_000
