import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkCopy, readMessages } from '../../bench/check-copy.ts'
import { measure } from '../../bench/measure.ts'
import { addToProfile, writeProfile } from '../../bench/profiles.ts'
import { mbsyncTool } from '../../bench/tools/mbsync.ts'
import { mailvanTool } from '../../bench/tools/mailvan.ts'
import { startDovecot } from './dovecot.ts'
import type { DovecotServer } from './dovecot.ts'
import { withProbe } from './imap-probe.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startDovecot({ tls: false })
})
afterAll(() => server.stop())

async function place(user: string) {
  const maildir = server.userMaildir(user)
  await mkdir(dirname(maildir), { recursive: true })
  if (process.getuid?.() === 0) await chown(dirname(maildir), server.owner.uid, server.owner.gid)
  return { maildir, owner: server.owner }
}

const at = (user: string) => ({ port: server.port, user })

test('a moved message, a doubled one and a changed flag are told from a right copy', async () => {
  const totals = writeProfile('small1k', await place('source'))
  expect(totals).toMatchObject({ folders: 40, messages: 1_000 })
  const source = await readMessages(at('source'))
  expect(source).toHaveLength(1_000)
  writeProfile('small1k', await place('copy'))
  const tool = mailvanTool()
  expect(await checkCopy(source, at('copy'), tool)).toEqual({ isRight: true, text: 'identical' })

  await withProbe(at('copy'), (probe) => probe.store(['INBOX'], '1', '+FLAGS', ['Extra']))
  expect(await checkCopy(source, at('copy'), tool)).toEqual({ isRight: true, text: '1 with other flags' })

  await withProbe(at('copy'), async (probe) => {
    await probe.connection.command('SELECT INBOX')
    await probe.connection.command('UID MOVE 1 "Notizen"')
    await probe.connection.command('UID COPY 2 INBOX')
  })
  expect(await checkCopy(source, at('copy'), tool)).toMatchObject({
    isRight: false,
    text: 'WRONG: 1 missing, 2 surplus',
  })
})

test('what is added to a profile is new, and nothing else changes', async () => {
  const to = await place('grown')
  writeProfile('small1k', to)
  const before = await readMessages(at('grown'))
  addToProfile('small1k', to)
  const after = await readMessages(at('grown'))
  expect(after).toHaveLength(1_010)
  const known = new Set(before.map((message) => message.sha256))
  expect(after.filter((message) => !known.has(message.sha256))).toHaveLength(10)
})

test("mbsync's mark is undone, in the header only", () => {
  const undo = mbsyncTool().normalize?.undo
  const marked = Buffer.from('Subject: x\r\nX-TUID: abcdefghijkl\r\nTo: y\r\n\r\nbody\r\n')
  expect(undo?.(marked).toString()).toBe('Subject: x\r\nTo: y\r\n\r\nbody\r\n')
})

test('a run is measured, and killed with everything it started when it takes too long', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mailvan-measure-'))
  try {
    const busy = { file: process.execPath, args: ['-e', 'console.log(Buffer.alloc(80e6, 1).length); process.exit(4)'] }
    const never = new AbortController().signal
    const measured = await measure(busy, folder, 30, never)
    expect(measured).toMatchObject({ exitCode: 4, output: '80000000\n' })
    expect(measured.rssMB).toBeGreaterThan(80)
    const stuck = await measure({ file: 'sh', args: ['-c', 'echo $$; sleep 60 & wait'] }, folder, 1, never)
    expect(stuck.exitCode).toBe(124)
    expect(() => process.kill(-Number(stuck.output), 0)).toThrow()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
