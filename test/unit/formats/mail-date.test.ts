import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHeaderDate } from '../../../src/formats/mail-date.ts'

describe('parseHeaderDate', () => {
  it.each([
    ['Tue, 3 Mar 2026 10:00:00 +0000', '2026-03-03T10:00:00.000Z', 0],
    ['3 Mar 2026 10:00 -0330', '2026-03-03T13:30:00.000Z', -210],
    ['Fri, 21 Nov 97 09:55:06 -0600', '1997-11-21T15:55:06.000Z', -360],
    ['Mon, 1 January 2001 23:59:60 GMT', '2001-01-01T23:59:59.000Z', 0],
    ['from a by b with SMTP; Tue, 03 Mar 2026 10:00:00 +0100 (CET)', '2026-03-03T09:00:00.000Z', 60],
    ['Thu, 29 Feb 2024 00:00:01 +1300', '2024-02-28T11:00:01.000Z', 780],
  ])('%s', (value, iso, offsetMinutes) => {
    expect(parseHeaderDate(value)).toEqual({ epochMs: Date.parse(iso), offsetMinutes })
  })

  it.each(['', 'yesterday', '30 Feb 2023 10:00:00 +0000', '1 Foo 2020 10:00:00', '1 Jan 2020 24:00:00', '1 Jan 2020'])(
    '%j is no date',
    (value) => {
      expect(parseHeaderDate(value)).toBeUndefined()
    },
  )

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseHeaderDate(text)))
  })
})
