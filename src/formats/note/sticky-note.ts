import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import { noteProperties } from '../mapi/note-properties.ts'
import { PropertyBag } from '../mapi/property-bag.ts'

/** The colours of sticky notes, in the order of their numbers (MS-OXONOTE section 2.2.1.1). */
export const noteColors = ['blue', 'green', 'pink', 'yellow', 'white'] as const
export type NoteColor = (typeof noteColors)[number]

/** The icon of a blue note; those of the other colours follow (MS-OXONOTE section 2.2.2.2). */
const firstIcon = 0x300

/** A sticky note (`IPM.StickyNote`) as plain data; sizes and places are pixels of a screen. */
export interface StickyNote {
  readonly text: string
  readonly color: NoteColor
  readonly widthPixels?: number | undefined
  readonly heightPixels?: number | undefined
  readonly leftPixels?: number | undefined
  readonly topPixels?: number | undefined
  readonly categories: readonly string[]
}

/** The note that a message is. A colour that is none is yellow, as in Outlook. Never throws. */
export function readStickyNote({ properties: bag }: MapiMessage): StickyNote {
  return {
    text: bag.get(messageProperties.body) ?? bag.get(messageProperties.subject) ?? '',
    color: noteColors[bag.get(noteProperties.color) ?? -1] ?? 'yellow',
    widthPixels: bag.get(noteProperties.width),
    heightPixels: bag.get(noteProperties.height),
    leftPixels: bag.get(noteProperties.x),
    topPixels: bag.get(noteProperties.y),
    categories: bag.get(messageProperties.keywords) ?? [],
  }
}

/** The message of a note: its first line that is not blank is the subject (MS-OXONOTE section 2.2.2.1). Never throws. */
export function writeStickyNote(note: StickyNote): MapiMessage {
  const color = noteColors.indexOf(note.color)
  const subject = note.text.split(/[\r\n]+/).find((line) => line.trim() !== '') ?? ''
  const properties = new PropertyBag()
    .set(messageProperties.messageClass, 'IPM.StickyNote')
    .set(messageProperties.subject, subject)
    .set(messageProperties.normalizedSubject, subject)
    .set(messageProperties.body, note.text)
    .set(messageProperties.iconIndex, firstIcon + color)
    .set(noteProperties.color, color)
    .set(noteProperties.width, note.widthPixels)
    .set(noteProperties.height, note.heightPixels)
    .set(noteProperties.x, note.leftPixels)
    .set(noteProperties.y, note.topPixels)
    .set(messageProperties.keywords, note.categories.length === 0 ? undefined : note.categories)
  return { properties, recipients: [], attachments: [] }
}
