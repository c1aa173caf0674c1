import { ByteCursor, ByteSink } from './byte-cursor.ts'
import { calendarError } from './calendar-error.ts'

/** A change of the clock as Windows stores it (SYSTEMTIME); month 0: there is none. */
export interface StoredChange {
  /** 0: every year, on the `day`-th (5: last) `weekday` of the month; else that very date. */
  readonly year: number
  readonly month: number
  readonly weekday: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

/** Offsets in minutes: UTC = local time + bias + standardBias or daylightBias. */
export interface ZoneBias {
  readonly bias: number
  readonly standardBias: number
  readonly daylightBias: number
  readonly standardChange: StoredChange
  readonly daylightChange: StoredChange
}

/** PidLidTimeZoneStruct (MS-OXOCAL 2.2.1.39). */
export interface ZoneStruct extends ZoneBias {
  readonly standardYear: number
  readonly daylightYear: number
}

/** Bit 1: the rule of the recurrence; bit 2: the rule in effect (MS-OXOCAL 2.2.1.41.1). */
export interface ZoneRule extends ZoneBias {
  readonly flags: number
  /** From when on the rule holds, a SYSTEMTIME of which only the year says anything. */
  readonly start: StoredChange
}

/** PidLidAppointmentTimeZoneDefinition* (MS-OXOCAL 2.2.1.41 to 43). */
export interface ZoneDefinition {
  readonly keyName: string
  readonly rules: readonly ZoneRule[]
}

/** Throws `calendar.blob-corrupt` when it is cut. */
export function readZoneStruct(bytes: Uint8Array): ZoneStruct {
  const cursor = new ByteCursor(bytes)
  const [bias, standardBias, daylightBias] = [cursor.i32(), cursor.i32(), cursor.i32()]
  const standardYear = cursor.u16()
  const standardChange = readChange(cursor)
  const daylightYear = cursor.u16()
  return { bias, standardBias, daylightBias, standardYear, standardChange, daylightYear, daylightChange: readChange(cursor) }
}

/** The 48 bytes of PidLidTimeZoneStruct. */
export function writeZoneStruct(zone: ZoneStruct): Buffer {
  const sink = new ByteSink().i32(zone.bias).i32(zone.standardBias).i32(zone.daylightBias).u16(zone.standardYear)
  writeChange(sink, zone.standardChange).u16(zone.daylightYear)
  return writeChange(sink, zone.daylightChange).toBuffer()
}

const keyNameFlag = 2
const guidFlag = 1
const ruleSizeBytes = 62

/** Throws `calendar.blob-corrupt` when it is cut, or of a version that nobody wrote yet. */
export function readZoneDefinition(bytes: Uint8Array): ZoneDefinition {
  const cursor = new ByteCursor(bytes)
  if (cursor.u8() !== 2) throw calendarError('blob-corrupt', 'A time zone definition has an unknown version.')
  cursor.u8()
  const headSizeBytes = cursor.u16()
  const headEnd = cursor.position + headSizeBytes
  const flags = cursor.u16()
  if ((flags & guidFlag) !== 0) cursor.bytes(16)
  const keyName = (flags & keyNameFlag) === 0 ? '' : cursor.utf16(cursor.u16())
  const count = cursor.u16()
  cursor.moveTo(headEnd)
  const rules = Array.from({ length: cursor.count(count, ruleSizeBytes) }, () => readRule(cursor))
  return { keyName, rules }
}

function readRule(cursor: ByteCursor): ZoneRule {
  cursor.u16()
  const sizeBytes = cursor.u16()
  const end = cursor.position + sizeBytes
  const flags = cursor.u16()
  const start = readChange(cursor)
  const [bias, standardBias, daylightBias] = [cursor.i32(), cursor.i32(), cursor.i32()]
  const rule = {
    flags,
    start,
    bias,
    standardBias,
    daylightBias,
    standardChange: readChange(cursor),
    daylightChange: readChange(cursor),
  }
  cursor.moveTo(end)
  return rule
}

/** The bytes of PidLidAppointmentTimeZoneDefinition*. */
export function writeZoneDefinition({ keyName, rules }: ZoneDefinition): Buffer {
  const head = new ByteSink()
    .u16(keyNameFlag)
    .u16(keyName.length)
    .bytes(Buffer.from(keyName, 'utf16le'))
    .u16(rules.length)
    .toBuffer()
  const sink = new ByteSink().u8(2).u8(1).u16(head.length).bytes(head)
  for (const rule of rules) {
    sink.u8(2).u8(1).u16(ruleSizeBytes).u16(rule.flags)
    writeChange(sink, rule.start).i32(rule.bias).i32(rule.standardBias).i32(rule.daylightBias)
    writeChange(writeChange(sink, rule.standardChange), rule.daylightChange)
  }
  return sink.toBuffer()
}

function readChange(cursor: ByteCursor): StoredChange {
  const [year, month, weekday, day] = [cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16()]
  const [hour, minute, second, millisecond] = [cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16()]
  return { year, month, weekday, day, hour, minute, second, millisecond }
}

function writeChange(sink: ByteSink, change: StoredChange): ByteSink {
  const { year, month, weekday, day, hour, minute, second, millisecond } = change
  for (const field of [year, month, weekday, day, hour, minute, second, millisecond]) sink.u16(field)
  return sink
}
