import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Certificate, makeCertificate } from '../certificate.ts'
import { startImapSandbox } from './imap-sandbox.ts'

const run = promisify(execFile)
let folder: string
let certificate: Certificate
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imaplib-'))
  certificate = await makeCertificate(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it.each(['tls', 'starttls'] as const)('Python’s imaplib works with the sandbox over %s', async (security) => {
  const sandbox = await startImapSandbox({ certificate, security })
  const script = join(import.meta.dirname, 'imaplib-client.py')
  const args = [script, String(sandbox.port), certificate.caFile, 'anna@contoso.example', sandbox.token(), security]
  const { stdout } = await run('python3', args, { timeout: 60_000 })
  expect(await sandbox.stop()).toEqual([])
  const seen = JSON.parse(stdout) as Record<string, unknown>
  expect(seen).toMatchObject({
    'wrong token': expect.stringContaining('AUTHENTICATE failed.'),
    capabilities: expect.stringContaining('UIDPLUS MOVE'),
    folders: expect.arrayContaining(['(\\HasNoChildren \\Sent) "/" "Sent Items"', '(\\HasNoChildren) "/" INBOX']),
    append: expect.stringMatching(/^\[APPENDUID \d+ 1\] APPEND completed\.$/),
    select: '2',
    fetch: '1 (UID 1 FLAGS (\\Seen \\Flagged) INTERNALDATE "05-Mar-2017 00:02:03 +0000")',
    subject: true,
    unseen: '2',
    found: '1',
    store: '2 (FLAGS (\\Answered \\Deleted))',
    copyuid: expect.stringMatching(/^\d+ 1 1$/),
    expunged: ['2'],
    kept: 'INBOX/kept (MESSAGES 1)',
    logout: 'BYE',
  })
  expect(seen['password']).toMatch(/LOGIN failed\.|Invalid state|LOGINDISABLED/)
  const [received, announced] = seen['size'] as readonly number[]
  expect(received).toBe(announced)
})
