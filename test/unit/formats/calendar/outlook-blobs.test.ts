import { describe, expect, it } from 'vitest'
import { readAppointmentBlob, writeAppointmentBlob } from '../../../../src/formats/calendar/appointment-recurrence-blob.ts'
import { globalObjectIdOf, uidOf } from '../../../../src/formats/calendar/global-object-id.ts'
import { blobOfRecurrence, recurrenceOfBlob } from '../../../../src/formats/calendar/recurrence-of-blob.ts'
import {
  readZoneDefinition,
  readZoneStruct,
  writeZoneDefinition,
  writeZoneStruct,
} from '../../../../src/formats/calendar/zone-blobs.ts'
import { calendarProperties } from '../../../../src/formats/mapi/calendar-properties.ts'
import { outlookSamples } from './outlook-samples.ts'

const samples = outlookSamples()

describe.skipIf(samples.length === 0)('what Outlook stored', () => {
  const recurring = samples.filter(({ message }) => message.properties.has(calendarProperties.recurrence))

  it('has series of every kind, also with changed occurrences', () => {
    expect(recurring.map(({ name }) => name)).toHaveLength(9)
    expect(samples).toHaveLength(13)
  })

  it.each(recurring)('$name: the recurrence reads as an independent reader reads it', ({ message, fields }) => {
    const theirs = fields.apptRecur
    const ours = readAppointmentBlob(message.properties.get(calendarProperties.recurrence) ?? Buffer.alloc(0))
    expect(theirs).toBeDefined()
    const pattern = theirs?.recurrencePattern
    expect({
      recurFrequency: ours.pattern.frequency,
      patternType: ours.pattern.patternType,
      calendarType: ours.pattern.calendarType,
      firstDateTime: ours.pattern.firstDateTime,
      period: ours.pattern.period,
      slidingFlag: ours.pattern.slidingFlag,
      endType: ours.pattern.endType,
      occurrenceCount: ours.pattern.occurrenceCount,
      firstDOW: ours.pattern.firstDayOfWeek,
      deletedInstanceDates: ours.pattern.deletedDates,
      modifiedInstanceDates: ours.pattern.modifiedDates,
      startDate: ours.pattern.startDate,
      endDate: ours.pattern.endDate,
      ...(pattern?.patternTypeWeek && { patternTypeWeek: { dayOfWeekBits: ours.pattern.weekdayBits } }),
      ...(pattern?.patternTypeMonth && { patternTypeMonth: { day: ours.pattern.dayOfMonth } }),
    }).toEqual(pattern)
    expect([ours.startMinutes, ours.endMinutes]).toEqual([theirs?.startTimeOffset, theirs?.endTimeOffset])
    expect(
      ours.exceptions.map((each) => ({
        startDateTime: each.start,
        endDateTime: each.end,
        originalStartTime: each.originalStart,
        overrideFlags: each.overrideFlags,
        subject: each.wideSubject,
        location: each.wideLocation,
        busyStatus: each.busyStatus,
        reminderDelta: each.reminderDelta,
        attachment: each.attachment,
        changeHighlight: each.changeHighlight?.readUInt32LE(0),
      })),
    ).toEqual(
      theirs?.exceptionInfo.map((each) => ({
        startDateTime: each.startDateTime,
        endDateTime: each.endDateTime,
        originalStartTime: each.originalStartTime,
        overrideFlags: each.overrideFlags,
        subject: each.subject,
        location: each.location,
        busyStatus: each.busyStatus,
        reminderDelta: each.reminderDelta,
        attachment: each.attachment,
        changeHighlight: each.changeHighlight,
      })),
    )
  })

  it.each(recurring)('$name: the recurrence is written again byte by byte', ({ message }) => {
    const bytes = Buffer.from(message.properties.get(calendarProperties.recurrence) ?? [])
    expect(writeAppointmentBlob(readAppointmentBlob(bytes)).toString('hex')).toBe(bytes.toString('hex'))
  })

  /** "Every weekday" is a daily series to Outlook's dialog, a weekly one to Graph and iCalendar; only its name is lost. */
  const frequencyByDialog = 'A_daily_1.msg'

  it.each(recurring)('$name: the model of the series gives the same bytes', ({ name, message }) => {
    const bytes = Buffer.from(message.properties.get(calendarProperties.recurrence) ?? [])
    const blob = readAppointmentBlob(bytes)
    const rewritten = writeAppointmentBlob({ ...blobOfRecurrence(recurrenceOfBlob(blob)), rest: blob.rest })
    if (name === frequencyByDialog) rewritten.writeUInt16LE(0x200a, 4)
    expect(rewritten.toString('hex')).toBe(bytes.toString('hex'))
  })

  it.each(samples)('$name: time zones are written again byte by byte', ({ message, fields }) => {
    const { zoneStruct, zoneDefinitionStart, zoneDefinitionEnd, zoneDefinitionRecurrence } = calendarProperties
    const stored = message.properties.get(zoneStruct)
    if (stored !== undefined) expect(writeZoneStruct(readZoneStruct(stored))).toEqual(Buffer.from(stored))
    const definitions = [zoneDefinitionStart, zoneDefinitionEnd, zoneDefinitionRecurrence].flatMap((each) => {
      const bytes = message.properties.get(each)
      return bytes === undefined ? [] : [Buffer.from(bytes)]
    })
    expect(definitions.length).toBeGreaterThan(0)
    for (const bytes of definitions) expect(writeZoneDefinition(readZoneDefinition(bytes))).toEqual(bytes)
    const start = readZoneDefinition(message.properties.get(zoneDefinitionStart) ?? Buffer.alloc(0))
    expect(start.keyName).toBe(fields.apptTZDefStartDisplay?.keyName)
    expect(start.rules.map(({ bias, daylightBias }) => [bias, daylightBias])).toEqual(
      fields.apptTZDefStartDisplay?.rules.map(({ bias, daylightBias }) => [bias, daylightBias]),
    )
  })

  it.each(samples)('$name: the id is the UID and back', ({ message }) => {
    const id = Buffer.from(message.properties.get(calendarProperties.cleanGlobalObjectId) ?? [])
    expect(globalObjectIdOf(uidOf(id) ?? '').toString('hex')).toBe(id.toString('hex'))
  })
})
