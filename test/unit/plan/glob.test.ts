import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileGlob } from '../../../src/core/plan/glob.ts'

describe('matches', () => {
  test.each([
    ['Archive', 'Archive'],
    ['Archive/*', 'Archive/2020'],
    ['Archive/**', 'Archive/2020/May'],
    ['Archive/**', 'Archive'],
    ['**/Drafts', 'Drafts'],
    ['**/Drafts', 'a/b/Drafts'],
    ['a/**/z', 'a/z'],
    ['a/**/z', 'a/b/c/z'],
    ['**/**/z', 'z'],
    ['**', 'anything/at all'],
    ['*', 'Sent'],
    ['20??', '2024'],
    ['List*', 'Lists'],
    ['a**z', 'a/b/z'],
    ['inbox/**', 'INBOX/Work'],
    ['INBOX', 'INBOX'],
    ['\\*', '*'],
    ['[Gmail]/All Mail', '[Gmail]/All Mail'],
    ['a.b(c)+$^|', 'a.b(c)+$^|'],
    ['e\u0301te', '\u00e9te'],
    ['?', '\u{1F600}'],
  ])('%j matches %j', (pattern, path) => {
    expect(compileGlob(pattern)(path)).toBe(true)
  })

  test.each([
    ['Archive', 'Archive/2020'],
    ['Archive', 'archive'],
    ['Archive/*', 'Archive/2020/May'],
    ['Archive/**', 'Archives'],
    ['*', 'a/b'],
    ['?', '/'],
    ['20??', '20/4'],
    ['**/Drafts', 'MyDrafts'],
    ['a/**/z', 'a/bz'],
    ['a**/z', 'az'],
    ['inbox', 'Inboxes'],
    ['[ab]', 'a'],
    ['a.c', 'abc'],
    ['\\*', 'a'],
  ])('%j does not match %j', (pattern, path) => {
    expect(compileGlob(pattern)(path)).toBe(false)
  })
})

test('a pattern made to blow up takes no longer than others', () => {
  const matches = compileGlob(`${'*a'.repeat(400)}b`)
  expect(matches('a'.repeat(2_000))).toBe(false)
  const deep = compileGlob(`${'**/'.repeat(300)}b`)
  expect(deep('a/'.repeat(1_000))).toBe(false)
})

test.each(['', 'x'.repeat(1_001)])('a pattern that cannot be meant is refused', (pattern) => {
  expect(() => compileGlob(pattern)).toThrow(RangeError)
})

test('says the same as a regular expression built for it', () => {
  const piece = fc.constantFrom('a', 'b', '/', '*', '**', '?', '.')
  const pathPiece = fc.constantFrom('a', 'b', '/', '.')
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 8 }),
      fc.array(pathPiece, { maxLength: 8 }),
      (pieces, path) => {
        const pattern = pieces.join('')
        fc.pre(!/(^|\/)\*{2,}\//.test(pattern) && !/\/\*{2,}$/.test(pattern))
        const source = pattern.replace(/\*{2,}|\*|\?|\./g, (token) => {
          if (token === '*') return '[^/]*'
          if (token === '?') return '[^/]'
          return token === '.' ? '\\.' : '.*'
        })
        expect(compileGlob(pattern)(path.join(''))).toBe(new RegExp(`^${source}$`).test(path.join('')))
      },
    ),
    { numRuns: 2_000 },
  )
})
