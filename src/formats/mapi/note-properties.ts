import { numbered } from './property.ts'
import { propertySets } from './property-sets.ts'

const { note, log, common } = propertySets

/** Properties of a sticky note (`IPM.StickyNote`): MS-OXONOTE section 2.2.1. Places and sizes are pixels. */
export const noteProperties = {
  /** 0 blue, 1 green, 2 pink, 3 yellow, 4 white. */
  color: numbered(note, 0x8b00, 'integer32'),
  width: numbered(note, 0x8b02, 'integer32'),
  height: numbered(note, 0x8b03, 'integer32'),
  x: numbered(note, 0x8b04, 'integer32'),
  y: numbered(note, 0x8b05, 'integer32'),
} as const

/** Properties of a journal entry (`IPM.Activity`): MS-OXOJRNL section 2.2.1. */
export const journalProperties = {
  /** What kind of activity it is, in words: "Phone call". */
  type: numbered(log, 0x8700, 'string'),
  start: numbered(log, 0x8706, 'time'),
  durationMinutes: numbered(log, 0x8707, 'integer32'),
  end: numbered(log, 0x8708, 'time'),
  /** 0 or 0x40000000. */
  flags: numbered(log, 0x870c, 'integer32'),
  documentPrinted: numbered(log, 0x870e, 'boolean'),
  documentSaved: numbered(log, 0x870f, 'boolean'),
  documentRouted: numbered(log, 0x8710, 'boolean'),
  documentPosted: numbered(log, 0x8711, 'boolean'),
  companies: numbered(common, 0x8539, 'strings'),
  typeDescription: numbered(log, 0x8712, 'string'),
} as const
