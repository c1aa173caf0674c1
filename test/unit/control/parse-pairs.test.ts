import { describe, expect, test } from 'vitest'
import { parsePairs } from '../../../src/control/pairs/parse-pairs.ts'
import { UsageError } from '../../../src/control/usage-error.ts'

const source = 'imaps://anna@old.example'
const target = 'imaps://anna@new.example'

describe('a list of mailboxes', () => {
  test.each([',', ';', '\t', '|', ' ', '~', '^'])('with header, delimiter "%s"', (delimiter) => {
    const header = ['source', 'target', 'source_password', 'target_password'].join(delimiter)
    const row = [source, target, 'p1', 'p2'].join(delimiter)
    expect(parsePairs(`${header}\n${row}\n`, undefined)).toEqual({
      pairs: [{ line: 2, source, target, sourcePassword: 'p1', targetPassword: 'p2' }],
      faulty: [],
    })
  })

  test.each([',', ';', '\t', '|'])('without header, delimiter "%s"', (delimiter) => {
    const text = [1, 2].map((n) => [`imaps://u${n}@old.example`, `imaps://u${n}@new.example`, `p${n}`].join(delimiter)).join('\r\n')
    expect(parsePairs(text, undefined).pairs).toEqual([
      { line: 1, source: 'imaps://u1@old.example', target: 'imaps://u1@new.example', sourcePassword: 'p1' },
      { line: 2, source: 'imaps://u2@old.example', target: 'imaps://u2@new.example', sourcePassword: 'p2' },
    ])
  })

  test('columns in any order and spelling, a byte order mark, quoted cells, empty lines', () => {
    const text = `\ufeffTarget;Name;Source;Source-Password-File\n"${target}";"Anna; A.";${source};"/run/secrets/a"\n\n;;;\n`
    expect(parsePairs(text, undefined)).toEqual({
      pairs: [{ line: 2, name: 'Anna; A.', source, target, sourcePasswordFile: '/run/secrets/a' }],
      faulty: [],
    })
  })

  test('a delimiter that is named is taken', () => {
    expect(parsePairs(`${source}#${target}#p;w,1`, '#').pairs).toEqual([{ line: 1, source, target, sourcePassword: 'p;w,1' }])
  })

  test('faulty rows are named with line and reason, and the others stay', () => {
    const text = [
      'source,target,source_password,source_password_file',
      `${source},${target},pw,`,
      `${source}`,
      `,${target}`,
      '"a name',
      `over two lines",${target}`,
      `${source},${target},other,`,
      `imaps://b@old.example,${target},hunter2,file`,
      `imaps://c@old.example,${target},hunter2,,surplus`,
      `imaps://d@old.example,${target}`,
    ].join('\n')
    const { pairs, faulty } = parsePairs(text, undefined)
    expect(pairs.map((pair) => pair.line)).toEqual([2, 5, 10])
    expect(faulty).toEqual([
      { line: 3, reason: 'no target URL' },
      { line: 4, reason: 'no source URL' },
      { line: 7, reason: 'the same source and target as in line 2' },
      { line: 8, reason: 'both a source password and a source password file' },
      { line: 9, reason: '5 cells, but only 4 columns' },
    ])
    expect(JSON.stringify(faulty)).not.toContain('hunter2')
  })

  test('an open quote is a fault of its row', () => {
    const { faulty } = parsePairs(`${source},${target}\nimaps://b@old.example,"${target}\n`, undefined)
    expect(faulty).toEqual([{ line: 2, reason: 'a quote is opened and never closed, or closed in the middle' }])
  })

  test.each(['', '\n\n', 'source,target\n'])('%j names no mailbox', (text) => {
    expect(() => parsePairs(text, undefined)).toThrow(UsageError)
  })

  test('an unknown column is told', () => {
    expect(() => parsePairs(`source,target,pasword\n${source},${target},x`, undefined)).toThrow('pasword')
  })
})
