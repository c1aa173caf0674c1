import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDate, formatDateTime, parseDateTime } from '../../../src/connectors/imap/protocol/dates.ts'

describe('INTERNALDATE', () => {
  it.each([
    ['17-Jul-1996 02:44:25 -0700', '1996-07-17T09:44:25Z', -420],
    [' 1-Jan-2020 00:00:00 +0000', '2020-01-01T00:00:00Z', 0],
    ['1-Jan-2020 00:00:00 +0530', '2019-12-31T18:30:00Z', 330],
    ['01-jan-2020 0:00:00 +0000', '2020-01-01T00:00:00Z', 0],
    ['29-Feb-2024 23:59:59 +0000', '2024-02-29T23:59:59Z', 0],
    ['31-Dec-1969 23:59:59 +0000', '1969-12-31T23:59:59Z', 0],
    ['07-Feb-2106 06:28:15 +0000', '2106-02-07T06:28:15Z', 0],
    ['30-Jun-2015 23:59:60 +0000', '2015-07-01T00:00:00Z', 0],
    ['17-Jul-1996 02:44:25', '1996-07-17T02:44:25Z', 0],
  ])('reads %s', (text, instant, offsetMinutes) => {
    expect(parseDateTime(text)).toEqual({ epochMs: Date.parse(instant), offsetMinutes })
  })

  it.each(['', 'NIL', '17-Foo-1996 02:44:25 -0700', '17-Jul-1996 02:99:25 -0700', '00-Jul-1996 02:44:25 -0700', '17-Jul-1996 02:44:25 *0700', '17-Jul-1996 02:44:25 -9900'])(
    'does not take %j for a date',
    (text) => expect(parseDateTime(text)).toBeUndefined(),
  )

  it('reads in the middle of a text', () => {
    expect(parseDateTime('x"17-Jul-1996 02:44:25 -0700"y', 2, 28)?.offsetMinutes).toBe(-420)
  })

  it('writes what it reads', () => {
    const time = fc.record({
      epochMs: fc.integer({ min: -62_135_500_000, max: 253_402_200_000 }).map((second) => second * 1000),
      offsetMinutes: fc.integer({ min: -1439, max: 1439 }),
    })
    fc.assert(
      fc.property(time, (zoned) => {
        expect(parseDateTime(formatDateTime(zoned))).toEqual(zoned)
      }),
    )
  })

  it('writes two digits of day', () => {
    expect(formatDateTime({ epochMs: Date.UTC(2020, 0, 1), offsetMinutes: -90 })).toBe('31-Dec-2019 22:30:00 -0130')
  })
})

it('writes a date for SEARCH', () => {
  expect(formatDate(Date.UTC(1994, 1, 1, 23))).toBe('1-Feb-1994')
})
