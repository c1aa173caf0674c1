import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findErrorCodes } from '../../../scripts/error-reference.ts'
import { referencePages } from '../../../scripts/reference-pages.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const read = (name: string): string => readFileSync(path.join(root, 'docs/reference', name), 'utf8')

test('the page of the commands is what the program says (npm run reference)', () => {
  expect(read('commands.md')).toBe(referencePages(root).get('commands.md'))
})

test('every error code is documented (npm run reference)', () => {
  const codes = findErrorCodes(root).map(({ code }) => code)
  expect(codes.length).toBeGreaterThan(100)
  const page = read('error-codes.md')
  expect(codes.filter((code) => !page.includes(`| \`${code}\` |`))).toEqual([])
})
