import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseRecipientMap } from '../../../src/control/settings/parse-recipient-map.ts'
import { UsageError } from '../../../src/control/usage-error.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-recipients-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function fileWith(text: string): Promise<string> {
  const file = join(folder, `${Math.random()}.csv`)
  await writeFile(file, text)
  return file
}

test('nothing is mapped unless somebody says so', () => {
  expect(parseRecipientMap([], undefined)).toBeUndefined()
})

test('several domains, with or without their sign', () => {
  expect(parseRecipientMap(['Old.example=new.example', '@two.example=@new.example'], undefined)).toEqual({
    domains: { 'old.example': 'new.example', 'two.example': 'new.example' },
    addresses: {},
  })
})

test.each([
  ['old@old.example,new@new.example\nB@old.example,b@new.example\n'],
  ['﻿old;new\r\nold@old.example;new@new.example\r\n"b@old.example";b@new.example\r\n\r\n'],
  ['old address\tnew address\nold@old.example\tnew@new.example\nb@old.example\tb@new.example'],
])('addresses in any delimiter: %j', async (text) => {
  expect(parseRecipientMap([], await fileWith(text))?.addresses).toEqual({ 'old@old.example': 'new@new.example', 'b@old.example': 'b@new.example' })
})

test.each([
  [['old.example'], undefined, 'is not OLD=NEW'],
  [['old=new.example'], undefined, 'is not OLD=NEW'],
  [['old.example=a=b'], undefined, 'is not OLD=NEW'],
  [['a.example=b.example', 'A.example=c.example'], undefined, 'maps a.example twice'],
  [[], 'a@b.c,d@e.f\nnonsense,d@e.f\n', 'row 2 of'],
  [[], 'a@b.c,d@e.f\nA@b.c,g@e.f\n', 'maps an address that an earlier row maps'],
  [[], 'a@b.c\n', 'does not hold an old and a new address'],
])('%j with %j is refused in one sentence', async (domains, text, words) => {
  const file = text === undefined ? undefined : await fileWith(text)
  expect(() => parseRecipientMap(domains, file)).toThrow(UsageError)
  expect(() => parseRecipientMap(domains, file)).toThrow(words)
})

test('a file that is not there is named', () => {
  expect(() => parseRecipientMap([], join(folder, 'none.csv'))).toThrow('cannot be read (ENOENT)')
})
