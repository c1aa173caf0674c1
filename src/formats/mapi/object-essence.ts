import { Buffer } from 'node:buffer'
import { createHash, hash, type Hash } from 'node:crypto'
import { attachmentProperties as attachment } from './attachment-properties.ts'
import type { MapiAttachment, MapiMessage } from './message.ts'
import { messageProperties as known } from './message-properties.ts'
import { type Property, tagged } from './property.ts'
import type { PropertyEntry, ReadonlyPropertyBag } from './property-bag.ts'
import type { PropertyValue } from './property-type.ts'
import { recipientProperties as recipient } from './recipient-properties.ts'

/** What of an object a store keeps when it takes it in: the object, and what its reader did with it. */
export interface ObjectEssence {
  readonly item: string
  readonly state: string
}

/** Properties that a store makes anew, and why: they say nothing of whether a copy is whole. */
const madeAnew: readonly (readonly [why: string, properties: readonly Property[]])[] = [
  ['names of the object in one store', [tagged(0x0fff, 'binary'), tagged(0x0ff9, 'binary'), tagged(0x0ffa, 'binary'), tagged(0x0ff6, 'binary')]],
  ['names of its folder and store', [tagged(0x0e05, 'string'), tagged(0x0e09, 'binary'), tagged(0x6748, 'integer64'), tagged(0x674a, 'integer64')]],
  ['marks of its changes in one store', [tagged(0x65e2, 'binary'), tagged(0x65e3, 'binary'), tagged(0x67a4, 'integer64'), tagged(0x6709, 'time'), tagged(0x674d, 'integer64'), tagged(0x65e0, 'binary'), tagged(0x65e1, 'binary')]],
  ['when it was changed last, and by whom', [known.lastModificationTime, tagged(0x3ffa, 'string'), tagged(0x3ffb, 'binary'), tagged(0x4022, 'string'), tagged(0x4023, 'string'), tagged(0x5d0a, 'string')]],
  ['sizes as this store counts them', [known.messageSizeBytes, tagged(0x0e08, 'integer64')]],
  ['lists made of the recipients', [known.displayTo, known.displayCc, known.displayBcc]],
  ['made of the attachments', [known.hasAttachments]],
  ['given where it is missing', [known.searchKey]],
  ['rights of whoever looks', [tagged(0x0ff4, 'integer32'), tagged(0x0ff7, 'integer32')]],
  ['the kind of object', [tagged(0x0ffe, 'integer32')]],
  ['identifiers of conversations and indexing', [tagged(0x3013, 'binary'), tagged(0x0e99, 'binary'), tagged(0x0e3d, 'binary'), tagged(0x0e3e, 'binary')]],
]

/** The same of an attachment: numbers, sizes and dates are its store's own. */
const attachmentMadeAnew: readonly Property[] = [
  attachment.number,
  attachment.sizeBytes,
  attachment.creationTime,
  attachment.lastModificationTime,
  tagged(0x0ff8, 'binary'),
  tagged(0x0ff9, 'binary'),
  tagged(0x0ffe, 'integer32'),
  tagged(0x0ff4, 'integer32'),
  tagged(0x0ff7, 'integer32'),
]

/** The same of a recipient: rows are counted by the store. */
const recipientMadeAnew: readonly Property[] = [recipient.rowId, tagged(0x0ff6, 'binary'), recipient.searchKey]

/** What a reader changes without changing the item: read, flagged, answered, filed under a category, reminded. */
const stateProperties: readonly Property[] = [
  known.flagStatus,
  known.flagCompleteTime,
  known.followupIcon,
  known.todoItemFlags,
  known.flagRequest,
  known.todoTitle,
  known.iconIndex,
  known.lastVerbExecuted,
  known.lastVerbExecutionTime,
  known.keywords,
  known.reminderSet,
  known.reminderTime,
  known.reminderSignalTime,
]

/** Follow-up of what is no task is kept in properties of tasks (MS-OXOFLAG section 2.2.1). */
const followUpProperties: readonly Property[] = [
  known.taskStartDate,
  known.taskDueDate,
  known.taskDateCompleted,
  known.taskComplete,
  known.taskStatus,
  known.taskPercentComplete,
]

/** Of PidTagMessageFlags what the item is: unsent, from me, receipts asked for, resent. */
const itemFlags = 0x08 | 0x20 | 0x80 | 0x100 | 0x200
/** And what its reader did: read. */
const stateFlags = 0x01

const keysOf = (properties: readonly Property[]): ReadonlySet<string> => new Set(properties.map(({ key }) => key))
const madeAnewKeys = keysOf(madeAnew.flatMap(([, properties]) => properties))
const attachmentKeys = keysOf(attachmentMadeAnew)
const recipientKeys = keysOf(recipientMadeAnew)
const stateKeys = keysOf(stateProperties)
const stateKeysBesideTasks = keysOf([...stateProperties, ...followUpProperties])
const taskClass = /^IPM\.Task(?:Request)?(?:\.|$)/i

/**
 * The essence of an object of any class: all its properties, recipients and attachments but for what a store makes anew, and
 * apart from that what its reader did. The order of properties, recipients and attachments does not matter.
 */
export function objectEssence({ properties, recipients, attachments }: MapiMessage): ObjectEssence {
  const stateOf = taskClass.test(properties.get(known.messageClass) ?? '') ? stateKeys : stateKeysBesideTasks
  const isOfItem = ({ property: { key } }: PropertyEntry): boolean =>
    !madeAnewKeys.has(key) && !stateOf.has(key) && key !== known.messageFlags.key
  const flags = properties.get(known.messageFlags) ?? 0
  const item = [
    bagDigest(properties, isOfItem),
    String(flags & itemFlags),
    ...recipients.map((row) => `r ${bagDigest(row, ({ property: { key } }) => !recipientKeys.has(key))}`).toSorted(),
    ...attachments.map((one) => `a ${attachmentDigest(one)}`).toSorted(),
  ]
  return {
    item: hash('sha256', item.join('\n'), 'hex'),
    state: hash('sha256', `${bagDigest(properties, ({ property: { key } }) => stateOf.has(key))} ${flags & stateFlags}`, 'hex'),
  }
}

function attachmentDigest({ properties, embedded }: MapiAttachment): string {
  const own = bagDigest(properties, ({ property: { key } }) => !attachmentKeys.has(key))
  if (embedded === undefined) return own
  const { item, state } = objectEssence(embedded)
  return `${own} ${item} ${state}`
}

/** A digest of those properties of a bag that count, in whatever order it has them. */
function bagDigest(bag: ReadonlyPropertyBag, counts: (entry: PropertyEntry) => boolean): string {
  const lines = [...bag.entries()].filter(counts).map(({ property, value }) => {
    const running = createHash('sha256')
    addValue(running, value)
    return `${property.key} ${property.type} ${running.digest('base64')}`
  })
  return hash('sha256', lines.toSorted().join('\n'), 'hex')
}

function addValue(running: Hash, value: PropertyValue): void {
  if (Array.isArray(value)) {
    running.update(`[${value.length}]`)
    for (const one of value as readonly PropertyValue[]) addValue(running, one)
  } else if (value instanceof Uint8Array) {
    running.update(`${value.byteLength}:`)
    running.update(value)
  } else {
    const text = Object.is(value, -0) ? '-0' : String(value)
    running.update(`${Buffer.byteLength(text)}:${text}`)
  }
}
