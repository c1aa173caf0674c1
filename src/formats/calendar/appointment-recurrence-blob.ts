import { ByteCursor, ByteSink } from './byte-cursor.ts'
import type { PatternBlob } from './recurrence-blob.ts'
import { readPattern, writePatternBlob } from './recurrence-blob.ts'

/** OverrideFlags: which fields an exception brings (MS-OXOCAL 2.2.1.44.2). */
export const overrideFlag = {
  subject: 0x1,
  meetingType: 0x2,
  reminderDelta: 0x4,
  reminder: 0x8,
  location: 0x10,
  busyStatus: 0x20,
  attachment: 0x40,
  subType: 0x80,
  color: 0x100,
  body: 0x200,
} as const

/** ExceptionInfo and ExtendedException together (MS-OXOCAL 2.2.1.44.2 and 44.4). Times: minutes since 1601, local. */
export interface ExceptionBlob {
  readonly start: number
  readonly end: number
  readonly originalStart: number
  readonly overrideFlags: number
  /** The 8-bit text, in the writer's code page; the wide one counts. */
  readonly narrowSubject?: Buffer
  readonly meetingType?: number
  readonly reminderDelta?: number
  readonly reminderSet?: number
  readonly narrowLocation?: Buffer
  readonly busyStatus?: number
  readonly attachment?: number
  readonly subType?: number
  readonly color?: number
  /** ChangeHighlight as stored: value and whatever follows; absent before writer version 0x3009. */
  readonly changeHighlight?: Buffer
  readonly wideSubject?: string
  readonly wideLocation?: string
  readonly reserved1: Buffer
  readonly reserved2: Buffer
}

/** AppointmentRecurrencePattern (MS-OXOCAL 2.2.1.44.5): PidLidAppointmentRecur. */
export interface AppointmentBlob {
  readonly pattern: PatternBlob
  readonly writerVersion: number
  readonly startMinutes: number
  readonly endMinutes: number
  readonly exceptions: readonly ExceptionBlob[]
  readonly reserved1: Buffer
  readonly reserved2: Buffer
  /** What stands after the end; Outlook was seen to leave four zeros there. */
  readonly rest: Buffer
}

const readerVersion2 = 0x3006
/** From this version on an ExtendedException begins with ChangeHighlight. */
export const writerVersion2 = 0x3009

/**
 * Reads PidLidAppointmentRecur. Throws `calendar.blob-corrupt` when it is cut. What writers leave off at the end,
 * extended exceptions and reserved blocks, may be missing.
 */
export function readAppointmentBlob(bytes: Uint8Array): AppointmentBlob {
  const cursor = new ByteCursor(bytes)
  const pattern = readPattern(cursor)
  cursor.u32()
  const writerVersion = cursor.u32()
  const [startMinutes, endMinutes] = [cursor.u32(), cursor.u32()]
  const infos = Array.from({ length: cursor.count(cursor.u16(), 14) }, () => readInfo(cursor))
  const reserved1 = readBlock(cursor)
  const exceptions = infos.map((info) => ({ ...info, ...readExtension(cursor, info.overrideFlags, writerVersion) }))
  const reserved2 = readBlock(cursor)
  return {
    pattern,
    writerVersion,
    startMinutes,
    endMinutes,
    exceptions,
    reserved1,
    reserved2,
    rest: cursor.bytes(cursor.left),
  }
}

/** The bytes of PidLidAppointmentRecur. */
export function writeAppointmentBlob(blob: AppointmentBlob): Buffer {
  const sink = new ByteSink().bytes(writePatternBlob(blob.pattern)).u32(readerVersion2).u32(blob.writerVersion)
  sink.u32(blob.startMinutes).u32(blob.endMinutes).u16(blob.exceptions.length)
  for (const exception of blob.exceptions) writeInfo(sink, exception)
  writeBlock(sink, blob.reserved1)
  for (const exception of blob.exceptions) writeExtension(sink, exception)
  return writeBlock(sink, blob.reserved2).bytes(blob.rest).toBuffer()
}

type Info = Omit<ExceptionBlob, 'changeHighlight' | 'wideSubject' | 'wideLocation' | 'reserved1' | 'reserved2'>

function readInfo(cursor: ByteCursor): Info {
  const [start, end, originalStart, flags] = [cursor.u32(), cursor.u32(), cursor.u32(), cursor.u16()]
  const has = (flag: number): boolean => (flags & flag) !== 0
  return {
    start,
    end,
    originalStart,
    overrideFlags: flags,
    ...(has(overrideFlag.subject) && { narrowSubject: readNarrow(cursor) }),
    ...(has(overrideFlag.meetingType) && { meetingType: cursor.u32() }),
    ...(has(overrideFlag.reminderDelta) && { reminderDelta: cursor.u32() }),
    ...(has(overrideFlag.reminder) && { reminderSet: cursor.u32() }),
    ...(has(overrideFlag.location) && { narrowLocation: readNarrow(cursor) }),
    ...(has(overrideFlag.busyStatus) && { busyStatus: cursor.u32() }),
    ...(has(overrideFlag.attachment) && { attachment: cursor.u32() }),
    ...(has(overrideFlag.subType) && { subType: cursor.u32() }),
    ...(has(overrideFlag.color) && { color: cursor.u32() }),
  }
}

function writeInfo(sink: ByteSink, info: Info): void {
  sink.u32(info.start).u32(info.end).u32(info.originalStart).u16(info.overrideFlags)
  writeNarrow(sink, info.narrowSubject)
  for (const field of [info.meetingType, info.reminderDelta, info.reminderSet]) if (field !== undefined) sink.u32(field)
  writeNarrow(sink, info.narrowLocation)
  for (const field of [info.busyStatus, info.attachment, info.subType, info.color]) if (field !== undefined) sink.u32(field)
}

/** A length with the terminator counted, one without, and the bytes without it. */
function readNarrow(cursor: ByteCursor): Buffer {
  cursor.u16()
  return cursor.bytes(cursor.u16())
}

function writeNarrow(sink: ByteSink, text: Buffer | undefined): void {
  if (text !== undefined)
    sink
      .u16(text.length + 1)
      .u16(text.length)
      .bytes(text)
}

type Extension = Pick<ExceptionBlob, 'changeHighlight' | 'wideSubject' | 'wideLocation' | 'reserved1' | 'reserved2'>

function readExtension(cursor: ByteCursor, flags: number, writerVersion: number): Extension {
  const none = Buffer.alloc(0)
  if (cursor.left === 0) return { reserved1: none, reserved2: none }
  const changeHighlight = writerVersion < writerVersion2 ? undefined : cursor.bytes(cursor.u32())
  const head = { ...(changeHighlight !== undefined && { changeHighlight }), reserved1: readBlock(cursor) }
  const hasSubject = (flags & overrideFlag.subject) !== 0
  const hasLocation = (flags & overrideFlag.location) !== 0
  if (!hasSubject && !hasLocation) return { ...head, reserved2: none }
  // Start, end and original start again.
  cursor.bytes(12)
  return {
    ...head,
    ...(hasSubject && { wideSubject: cursor.utf16(cursor.u16()) }),
    ...(hasLocation && { wideLocation: cursor.utf16(cursor.u16()) }),
    reserved2: readBlock(cursor),
  }
}

function writeExtension(sink: ByteSink, exception: ExceptionBlob): void {
  const { changeHighlight, wideSubject, wideLocation, start, end, originalStart } = exception
  if (changeHighlight !== undefined) writeBlock(sink, changeHighlight)
  writeBlock(sink, exception.reserved1)
  if (wideSubject === undefined && wideLocation === undefined) return
  sink.u32(start).u32(end).u32(originalStart)
  for (const text of [wideSubject, wideLocation]) {
    if (text !== undefined) sink.u16(text.length).bytes(Buffer.from(text, 'utf16le'))
  }
  writeBlock(sink, exception.reserved2)
}

function readBlock(cursor: ByteCursor): Buffer {
  return cursor.left === 0 ? Buffer.alloc(0) : cursor.bytes(cursor.u32())
}

function writeBlock(sink: ByteSink, block: Buffer): ByteSink {
  return sink.u32(block.length).bytes(block)
}
