import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureSigningKey } from '../../../src/control/signing-key.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-key-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('the signing key is made once, also by several at once, and is its owner\'s alone', async () => {
  const file = join(folder, 'home', 'signing-key.pem')
  const keys = await Promise.all([ensureSigningKey(file), ensureSigningKey(file), ensureSigningKey(file)])
  const again = await ensureSigningKey(file)
  for (const key of keys) expect(key.keyId).toBe(again.keyId)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(folder, 'home'))).toEqual(['signing-key.pem', 'signing-key.pem.pub'])
})

test('a file that is no key is told and not overwritten', async () => {
  const file = join(folder, 'signing-key.pem')
  await writeFile(file, 'something else')
  await expect(ensureSigningKey(file)).rejects.toMatchObject({ kind: 'config', code: 'certificate.key' })
  expect((await stat(file)).size).toBe('something else'.length)
})
