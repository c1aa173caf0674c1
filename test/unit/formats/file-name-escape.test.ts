import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeFileName, unescapeFileName } from '../../../src/formats/file-name-escape.ts'

describe('file names of folders', () => {
  it.each([
    ['A/B', 'A%2FB'],
    ['..', '%2E.'],
    ['.hidden', '%2Ehidden'],
    ['100% sure', '100% sure'],
    ['%2F', '%252F'],
    ['mailvan-folder.json', '%6Dailvan-folder.json'],
    ['line\nbreak\0', 'line%0Abreak%00'],
    ['Entwürfe: neu', 'Entwürfe: neu'],
  ])('%j is the file %j', (name, file) => {
    expect(escapeFileName(name)).toBe(file)
    expect(unescapeFileName(file)).toBe(name)
  })

  it.each(['50%25', 'a%41', '%zz', 'x%2E', '%C3%A4'])('leaves what it did not write: %s', (file) => {
    if (file === '50%25') expect(unescapeFileName(file)).toBe('50%')
    else expect(unescapeFileName(file)).toBe(file)
  })

  it('never leaves the directory, and can be undone', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (name) => {
        const file = escapeFileName(name)
        expect(file).not.toMatch(/[/\0]|^\.{1,2}$/)
        expect(unescapeFileName(file)).toBe(name)
      }),
    )
  })
})
