import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cellWidth, fitCells, padCells, toTerminalPath, toTerminalText, wrapCells } from '../../../src/cli/output/terminal-text.ts'

test('what could play tricks with a terminal is shown, not sent', () => {
  expect(toTerminalText('a\x1b[2Jb\r\nc\u202egpj.exe\u2066\u0007\ud800\u200b')).toBe(
    'a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{202e}gpj.exe\\u{2066}\\u{7}\\u{d800}\\u{200b}',
  )
  expect(toTerminalText('Ångström 日本語 📬 e\u0301')).toBe('Ångström 日本語 📬 e\u0301')
  expect(toTerminalPath(['A/B', 'C\n'])).toBe('A\\/B/C\\u{a}')
})

test('any text comes out as one line without controls', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(toTerminalText(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})

describe('columns on a terminal', () => {
  test.each([
    ['abc', 3],
    ['日本語', 6],
    ['📬', 2],
    ['e\u0301', 1],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['Проекты', 7],
    ['한국', 4],
    ['', 0],
  ])('%s takes %i', (text, cells) => {
    expect(cellWidth(text)).toBe(cells)
  })

  test('cut text fits, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, cells) => {
        const safe = toTerminalText(text)
        const fitted = fitCells(safe, cells)
        expect(cellWidth(fitted)).toBeLessThanOrEqual(cells)
        expect(cellWidth(padCells(fitted, cells))).toBe(cells)
      }),
    )
  })

  test('what fits is left alone', () => {
    expect(fitCells('日本語', 6)).toBe('日本語')
    expect(fitCells('日本語', 5)).toBe('日本…')
    expect(fitCells('abcdef', 4)).toBe('abc…')
  })
})

describe('wrapCells', () => {
  test('breaks between words, by the columns that they take', () => {
    expect(wrapCells('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrapCells('', 7)).toEqual([''])
    expect(wrapCells('田中 太郎 x', 6)).toEqual(['田中', '太郎 x'])
    expect(wrapCells('a averyveryverylongword b', 6)).toEqual(['a', 'averyveryverylongword', 'b'])
  })
})
