import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMaildirFileName, parseMaildirFileName } from '../../../../src/formats/maildir/file-name.ts'
import {
  detectFolderNameEncoding,
  formatMaildirFolderName,
  parseMaildirFolderName,
} from '../../../../src/formats/maildir/folder-name.ts'
import {
  flagsToKeywords,
  formatDovecotKeywords,
  keywordsToFlags,
  parseDovecotKeywords,
} from '../../../../src/formats/maildir/keywords.ts'

describe('Maildir file names', () => {
  it('reads base, flags and the fields of Dovecot', () => {
    expect(parseMaildirFileName('1700000000.M1P2.host,S=1234,W=1260:2,FSab')).toEqual({
      base: '1700000000.M1P2.host,S=1234,W=1260',
      flags: 'FSab',
      sizeBytes: 1234,
      crlfBytes: 1260,
      isExact: false,
    })
  })

  it.each([
    ['1.2.host', '1.2.host', ''],
    ['1.2.host:2,', '1.2.host', ''],
    ['1.2.host:1,odd', '1.2.host', ''],
    ['1.2.host:2,S:2,F', '1.2.host', 'S:2,F'],
    [':2,S', '', 'S'],
    ['a,S=12x,W=', 'a,S=12x,W=', ''],
  ])('%s', (name, base, flags) => {
    expect(parseMaildirFileName(name)).toMatchObject({ base, flags, sizeBytes: undefined, crlfBytes: undefined })
  })

  it('writes each letter once, sorted', () => {
    expect(formatMaildirFileName('base', 'SbFSa')).toBe('base:2,FSab')
  })

  it('is total', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(name.startsWith(parseMaildirFileName(name).base)).toBe(true)
      }),
    )
  })
})

describe('Maildir keywords', () => {
  const lettered = ['Receipts', undefined, '$forwarded']

  it('reads letters, the folder its own spelling first', () => {
    expect(flagsToKeywords('DFPRSTacz?', lettered)).toEqual([
      '$answered',
      '$deleted',
      '$draft',
      '$flagged',
      '$forwarded',
      '$seen',
      'Receipts',
    ])
    expect(flagsToKeywords('P', [])).toEqual(['$Forwarded'])
    expect(flagsToKeywords('b', lettered)).toEqual([])
  })

  it('writes letters and tells what has none', () => {
    expect(keywordsToFlags(['$seen', 'receipts', 'New', '$Forwarded'], lettered)).toEqual({
      flags: 'SaPc',
      unlettered: ['New'],
    })
  })

  it('reads and writes the file of Dovecot', () => {
    const text = '0 Receipts\n2 $forwarded\n'
    expect([...parseDovecotKeywords(text)]).toEqual(lettered)
    expect(formatDovecotKeywords(parseDovecotKeywords(text))).toBe(text)
    expect([...parseDovecotKeywords('nonsense\n99 x\n-1 y\n1 two words\n')]).toEqual([])
  })
})

describe('Maildir++ folder names', () => {
  it.each([
    [['Archive', '2026'], '.Archive.2026'],
    [['a.b', 'c/d', 'e\\f'], '.a\\2eb.c\\2fd.e\\5cf'],
    [['Entwürfe'], '.Entw&APw-rfe'],
    [['INBOX', 'sub'], '.INBOX.sub'],
    [['A', '', 'B'], '.A..B'],
  ])('%j is %s', (path, name) => {
    expect(formatMaildirFolderName(path, 'modified-utf7')).toBe(name)
    expect(parseMaildirFolderName(name, 'modified-utf7')).toEqual(path)
  })

  it('reads trees in UTF-8 and names that are no modified UTF-7', () => {
    const name = Buffer.from('.Entwürfe').toString('latin1')
    expect(detectFolderNameEncoding(['.A', name])).toBe('utf8')
    expect(parseMaildirFolderName(name, 'utf8')).toEqual(['Entwürfe'])
    expect(parseMaildirFolderName('.R&D', 'modified-utf7')).toEqual(['R&D'])
    expect(parseMaildirFolderName('.\xff\xfe', 'utf8')).toEqual(['\xff\xfe'])
  })

  it('can be undone for every path, and never leaves the directory', () => {
    const path = fc.array(
      fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.toWellFormed()),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(path, fc.constantFrom('modified-utf7' as const, 'utf8' as const), (names, encoding) => {
        const written = formatMaildirFolderName(names, encoding)
        expect(written).not.toContain('/')
        expect(parseMaildirFolderName(written, encoding)).toEqual(names)
      }),
    )
  })
})
