import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatFromLine, parseFromLine } from '../../../../src/formats/mbox/from-line.ts'

describe('From_ lines', () => {
  it.each([
    ['From ada@example.org Tue Mar  3 10:00:00 2026', '2026-03-03T10:00:00Z', 0],
    ['From MAILER-DAEMON Fri Jul  8 12:08:34 2011', '2011-07-08T12:08:34Z', 0],
    ['From user@domain  Fri Feb 22 23:00:00 2008 +0200', '2008-02-22T21:00:00Z', 120],
    ['From 1630990570406282383@xxx Tue Apr 16 16:56:57 +0000 2019', '2019-04-16T16:56:57Z', 0],
    ['From joe at example.org Sun, 1 Jan 2012 05:06 2012', undefined, 0],
    ['From ???@??? Mon Dec 31 23:59:59 1999', '1999-12-31T23:59:59Z', 0],
    ['From a b c Wed Jan 7 08:09:10 EST 1998', '1998-01-07T08:09:10Z', 0],
    ['From "a b"@example.org Sat 29 Feb 23:59 2020', '2020-02-29T23:59:00Z', 0],
  ])('%s', (line, iso, offsetMinutes) => {
    if (iso === undefined) expect(parseFromLine(line)).toBeUndefined()
    else expect(parseFromLine(line)).toEqual({ form: 'dated', receivedAt: { epochMs: Date.parse(iso), offsetMinutes } })
  })

  it('takes a date that cannot be as none', () => {
    expect(parseFromLine('From next-message@example.com  Mon Jan 00 00:00:00 0000')).toEqual({ form: 'dated' })
  })

  it.each(['From -', 'From - ', 'From 1844347792267117879@xxx'])('%j is bare', (line) => {
    expect(parseFromLine(line)).toEqual({ form: 'bare' })
  })

  it.each([
    'From Russia with love',
    'From:',
    'From ',
    'from ada Tue Mar  3 10:00:00 2026',
    '>From ada@example.org Tue Mar  3 10:00:00 2026',
    'From now on, Tue Mar 3 is a holiday',
    `From ${'x'.repeat(600)} Tue Mar  3 10:00:00 2026`,
  ])('%s is text', (line) => {
    expect(parseFromLine(line)).toBeUndefined()
  })

  it('reads what it writes, and is not slowed down by hostile lines', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60_000_000_000, max: 250_000_000_000 }), (second) => {
        const line = formatFromLine('a@b', second * 1000)
        expect(parseFromLine(line)).toEqual({ form: 'dated', receivedAt: { epochMs: second * 1000, offsetMinutes: 0 } })
      }),
    )
    for (const part of ['Mon ', 'Mon Jan 1 ', ' ', 'Mon, Jan  1 1:11:11 +']) {
      for (let times = 0; times < 200; times++) parseFromLine(`From ${part.repeat(100)}`.slice(0, 512))
    }
  })
})
