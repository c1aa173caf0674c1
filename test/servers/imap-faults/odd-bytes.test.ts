import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import { FaultRig, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'
import { sampleMessage } from './sample-mail.ts'
import { type ScriptedMessage, startScriptedMailbox } from './scripted-mailbox.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

const header = (subject: string): string => `From: a@example.org\r\nSubject: ${subject}\r\nDate: Mon, 2 Mar 2020 10:00:00 +0000\r\n\r\n`
const bytes = (text: string): ScriptedMessage => ({ bytes: Buffer.from(text, 'latin1') })

/** Each odd message, and under which name its change is recorded. */
const odd: readonly (readonly [message: ScriptedMessage, altered: string | undefined])[] = [
  [bytes(`${header('bare LF').replaceAll('\r\n', '\n')}one\ntwo\n`), 'line-ends'],
  [bytes(`${header('mixed line ends')}one\r\ntwo\nthree\r\n`), 'line-ends'],
  [bytes(`${header('CR CR LF')}one\r\r\ntwo\r\r\r\n`), 'line-ends'],
  [bytes(`${header('bare CR inside')}one\rtwo\r\n`), undefined],
  [bytes(`${header('trailing CR')}one\r\ntwo\r`), 'final-cr'],
  [bytes(`${header('NUL')}one\0two\0\0\r\n`), 'nul'],
  [bytes(`${header('NUL and bare LF')}one\0\ntwo\n`), 'line-ends,nul'],
  [bytes(`${header('eight bit \xe4\xf6 and \xff')}\xfe\xff\r\n`), undefined],
  [bytes('no header at all\r\n'), undefined],
  [bytes('\r\nan empty header\r\n'), undefined],
  [bytes(`${header('no final line end')}one`), undefined],
  [bytes('Subject: only a header'), undefined],
  [bytes(`${header('NUL in a binary part')}`.replace('\r\n\r\n', '\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n\r\n') + '\0\x01\x02\0\r\n'), 'transfer-encoding'],
]
const plain: readonly ScriptedMessage[] = range(0, 20).map((number) => ({ bytes: sampleMessage(number) }))

test('CRLF and NUL oddities: what the target alters is recorded by name, and nothing is lost', async () => {
  const messages = [...plain.slice(0, 10), ...odd.map(([message]) => message), ...plain.slice(10)]
  const scripted = await startScriptedMailbox({ messages })
  try {
    const options = { source: { port: scripted.port, user: 'odd' }, target: { port: server.port, user: 'odd' }, verification: 'content' as const }
    await FaultRig.run(options, async (rig) => {
      const { tally } = await rig.cleanPass()
      expect(await rig.failureCodes()).toEqual([])
      expect(tally.fates).toMatchObject({ migrated: messages.length, failed: 0 })
      const entries = await rig.entries('migrated')
      const altered = new Map(entries.map((entry) => [Number(entry.ref.id.split('.')[1]) - 1, entry.altered]))
      expect(messages.map((_, index) => altered.get(index))).toEqual([
        ...plain.slice(0, 10).map(() => undefined),
        ...odd.map(([, name]) => name),
        ...plain.slice(10).map(() => undefined),
      ])
      expect(entries.every((entry) => entry.proof === 're-read')).toBe(true)
      expect(await rig.atTarget((probe) => probe.messages(['INBOX']))).toHaveLength(messages.length)
      await rig.expectIdle()
    })
  } finally {
    await scripted.stop()
  }
})

test('oddities are recognised as copies when their answers were lost', async () => {
  const messages = odd.map(([message]) => message)
  const scripted = await startScriptedMailbox({ messages })
  let losses = 0
  const meddling = {
    onServerLine: (line: string, session: { commandName(tag: string): string | undefined; cut(): void }) => {
      if (session.commandName(line.split(' ')[0] ?? '') !== 'APPEND' || losses++ > 0) return undefined
      session.cut()
      return null
    },
  }
  try {
    await FaultRig.run({ source: { port: scripted.port, user: 'odd-lost' }, target: { port: server.port, user: 'odd-lost', meddling } }, async (rig) => {
      const { tally } = await rig.cleanPass()
      expect(losses).toBeGreaterThan(0)
      expect(tally.fates).toMatchObject({ migrated: messages.length, failed: 0 })
      expect(await rig.atTarget((probe) => probe.messages(['INBOX']))).toHaveLength(messages.length)
    })
  } finally {
    await scripted.stop()
  }
})

test('a zero-byte message fails by name and its neighbours arrive', async () => {
  const messages = [...plain.slice(0, 5), { bytes: Buffer.alloc(0) }, ...plain.slice(5)]
  const scripted = await startScriptedMailbox({ messages })
  try {
    await FaultRig.run({ source: { port: scripted.port, user: 'zero' }, target: { port: server.port, user: 'zero' } }, async (rig) => {
      const { tally } = await rig.cleanPass()
      expect(await rig.failureCodes()).toEqual(['imap.append.empty'])
      expect(tally.fates).toMatchObject({ migrated: plain.length, failed: 1 })
      await rig.expectIdle()
    })
  } finally {
    await scripted.stop()
  }
})

test('files with bare LF, NUL and nothing in them come out of a real Maildir', async () => {
  const options = { source: { port: server.port, user: 'files-s' }, target: { port: server.port, user: 'files-t' }, verification: 'content' as const }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource((probe) => probe.append(['INBOX'], sampleMessage(1)))
    const files = odd.map(([message]) => message.bytes)
    for (const [index, content] of files.entries()) writeMaildirFile('files-s', `1600000${String(index).padStart(3, '0')}.odd.example`, content)
    writeMaildirFile('files-s', '1600000900.empty.example', Buffer.alloc(0))
    const { tally } = await rig.cleanPass()
    expect(await rig.failureCodes()).toEqual(['imap.append.empty'])
    expect(tally.fates).toMatchObject({ migrated: files.length + 1, failed: 1 })
    await rig.expectIdle()
  })
})

function writeMaildirFile(user: string, name: string, content: Uint8Array): void {
  const path = join(server.userMaildir(user), 'cur', `${name}:2,`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  if (process.getuid?.() === 0) chownSync(path, server.owner.uid, server.owner.gid)
}
