/** What structures a FastTransfer stream: 32 bits that stand for themselves (MS-OXCFXICS section 2.2.4.1.4). */
export const markers = {
  newAttachment: 0x40000003,
  startEmbedded: 0x40010003,
  endEmbedded: 0x40020003,
  startRecipient: 0x40030003,
  endRecipient: 0x40040003,
  startTopFolder: 0x40090003,
  startSubFolder: 0x400a0003,
  endFolder: 0x400b0003,
  startMessage: 0x400c0003,
  endMessage: 0x400d0003,
  endAttachment: 0x400e0003,
  startAssociatedMessage: 0x40100003,
  errorInfo: 0x40180003,
} as const

/** Integers about the stream itself, by tag (section 2.2.4.1.5). No message has properties of these tags. */
export const metaProperties = {
  /** Names the part of the target that the following objects replace. */
  deletes: 0x40160003,
  /** The source met a problem that did not keep it from going on. */
  warning: 0x400f0003,
} as const

/** A prefix of address book names; a string of any kind, to be ignored (section 2.2.4.1.5.1). */
export const dnPrefixId = 0x4008

/** What `metaProperties.deletes` may name. */
export const messageParts = { recipients: 0x0e12000d, attachments: 0x0e13000d } as const

const markerTags: ReadonlySet<number> = new Set(Object.values(markers))
const metaTags: ReadonlySet<number> = new Set(Object.values(metaProperties))

/** Whether 32 bits (type low, id high) are a marker. */
export function isMarker(tag: number): boolean {
  return isNearMarkers(tag) && markerTags.has(tag)
}

/** Whether a tag is one of `metaProperties`. */
export function isMetaProperty(tag: number): boolean {
  return isNearMarkers(tag) && metaTags.has(tag)
}

/** All of them are integers with an id of 0x4000 to 0x40ff: most properties are told apart without a look-up. */
function isNearMarkers(tag: number): boolean {
  return (tag & 0xff00ffff) === 0x40000003
}
