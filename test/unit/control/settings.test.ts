import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFolderMap, parseFolderPath } from '../../../src/control/settings/parse-folder-path.ts'
import { parseInstant } from '../../../src/control/settings/parse-instant.ts'
import { parseRules, parseVerification } from '../../../src/control/settings/parse-rules.ts'
import { parseSize, parseWholeNumber } from '../../../src/control/settings/parse-size.ts'
import { UsageError } from '../../../src/control/usage-error.ts'

const nowMs = Date.UTC(2026, 10, 21, 12)

describe('sizes', () => {
  test.each([
    ['25MB', 25_000_000],
    ['24MiB', 25_165_824],
    ['1.5 gb', 1_500_000_000],
    ['1000000', 1_000_000],
    ['500kB', 500_000],
    ['1B', 1],
  ])('%s', (text, sizeBytes) => {
    expect(parseSize(text, '--max-size')).toBe(sizeBytes)
  })

  test.each(['', '0', '-1', '25 megabytes', '1e9', '25MBs', 'MB', '0x10', '1,000', '9999999GB'])('"%s" is refused', (text) => {
    expect(() => parseSize(text, '--max-size')).toThrow(UsageError)
  })

  test('whole numbers keep their bounds', () => {
    expect(parseWholeNumber('4', '--sessions', 1, 32)).toBe(4)
    for (const text of ['0', '33', '4.5', '-4', '', 'four']) expect(() => parseWholeNumber(text, '--sessions', 1, 32)).toThrow('--sessions')
  })
})

describe('dates', () => {
  test.each([
    ['2024-03-31', '2024-03-31T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2024-03-31T08:15', '2024-03-31T08:15:00Z'],
    ['2024-03-31T08:15:30Z', '2024-03-31T08:15:30Z'],
    ['2024-03-31T08:15:30+02:00', '2024-03-31T06:15:30Z'],
    ['2024-03-31T08:15-05:30', '2024-03-31T13:45:00Z'],
    ['90d', '2026-08-23T12:00:00Z'],
    ['0d', '2026-11-21T12:00:00Z'],
  ])('%s', (text, iso) => {
    expect(new Date(parseInstant(text, '--newer-than', nowMs)).toISOString()).toBe(new Date(iso).toISOString())
  })

  test.each(['2023-02-29', '2024-13-01', '2024-00-10', '31.03.2024', '2024-3-1', 'yesterday', '90', 'd', '-5d', '2024-03-31T25:00', '2024-03-31T08:15:30+20:00', ''])(
    '"%s" is refused',
    (text) => {
      expect(() => parseInstant(text, '--newer-than', nowMs)).toThrow(UsageError)
    },
  )

  test('every day that exists is itself', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1970-01-01'), max: new Date('2106-01-01'), noInvalidDate: true }), (date) => {
        const day = date.toISOString().slice(0, 10)
        expect(parseInstant(day, '--newer-than', nowMs)).toBe(Date.parse(day))
      }),
    )
  })
})

describe('folder paths', () => {
  test('any names survive being written with backslashes', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 })
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), fc.array(name, { minLength: 1 }), (from, to) => {
        const write = (path: readonly string[]): string => path.map((one) => one.replace(/[\\/=]/g, '\\$&')).join('/')
        expect(parseFolderPath(write(from), '--prefix')).toEqual(from)
        expect(parseFolderMap(`${write(from)}=${write(to)}`, '--map')).toEqual({ from, to })
      }),
    )
  })

  test.each(['', '/', 'A//B', '/A', 'A/'])('"%s" has an empty name', (text) => {
    expect(() => parseFolderPath(text, '--prefix')).toThrow(UsageError)
  })

  test.each(['Sent', '=Sent', 'Sent=', 'A\\=B'])('"%s" is no mapping', (text) => {
    expect(() => parseFolderMap(text, '--map')).toThrow(UsageError)
  })
})

describe('rules', () => {
  test('nothing asked for is everything carried', () => {
    expect(parseRules({}, nowMs, false)).toEqual({
      policy: 'update',
      includeFolders: [],
      excludeFolders: [],
      usesDefaultExclusions: true,
      folderMap: [],
      targetPrefix: [],
      mapsRoles: true,
      keywordMap: {},
      retriesFailed: false,
      acceptsEmptied: false,
    })
    expect(parseVerification(undefined)).toBe('identity')
  })

  test('everything asked for arrives', () => {
    const rules = parseRules(
      {
        policy: 'mirror',
        newerThan: '2020-01-01',
        olderThan: '2021-01-01',
        maxSize: '25MB',
        include: ['Archive/**', 'role:sent'],
        exclude: ['role:junk'],
        defaultExclusions: false,
        map: ['Sent Items=Sent'],
        prefix: 'Old/Mail',
        roleMapping: false,
        extras: false,
        keyword: ['$Label1=Important'],
        dropKeyword: ['NonJunk', '__proto__'],
        acceptEmptied: true,
      },
      nowMs,
      true,
    )
    expect(rules).toMatchObject({
      policy: 'mirror',
      receivedFromMs: Date.UTC(2020, 0, 1),
      receivedUntilMs: Date.UTC(2021, 0, 1),
      itemSizeBytesMax: 25_000_000,
      includeFolders: ['Archive/**', 'role:sent'],
      excludeFolders: ['role:junk'],
      usesDefaultExclusions: false,
      folderMap: [{ from: ['Sent Items'], to: ['Sent'] }],
      targetPrefix: ['Old', 'Mail'],
      mapsRoles: false,
      leavesExtras: true,
      retriesFailed: true,
      acceptsEmptied: true,
    })
    expect(Object.entries(rules.keywordMap)).toEqual([
      ['$Label1', 'Important'],
      ['NonJunk', null],
      ['__proto__', null],
    ])
  })

  test.each([
    [{ policy: 'copy' }, '--policy'],
    [{ include: ['role:postbox'] }, 'outbox'],
    [{ exclude: [''] }, '--exclude'],
    [{ newerThan: '2021-01-01', olderThan: '2020-01-01' }, '--newer-than'],
    [{ map: ['A=B', 'A=C'] }, '--map'],
    [{ keyword: ['a b=c'] }, '--keyword'],
    [{ keyword: ['a=b'], dropKeyword: ['a'] }, 'twice'],
    [{ dropKeyword: ['(x)'] }, '--drop-keyword'],
  ])('%j is refused', (input, words) => {
    expect(() => parseRules(input, nowMs, false)).toThrow(words)
    expect(() => parseRules(input, nowMs, false)).toThrow(UsageError)
  })

  test('a level of verification has a name', () => {
    expect(() => parseVerification('all')).toThrow('counts, identity, content')
  })
})
