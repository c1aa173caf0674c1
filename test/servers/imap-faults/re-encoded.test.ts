import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import { FaultRig, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'
import { sampleDate, sampleMessage } from './sample-mail.ts'
import { type ScriptedMessage, startScriptedMailbox } from './scripted-mailbox.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

/** Bytes with every value in them, NUL and line ends included; other bytes for every number. */
const octets = (number: number): Buffer => Buffer.from(Uint8Array.from({ length: 3_000 }, (_, at) => (at * 7 + number * 13 + (at >> 8)) & 0xff))

/** One message, its attachment in this transfer encoding; equal numbers give equal contents. */
function withAttachment(number: number, encoding: 'binary' | 'base64', subject = `Attachment ${number}`): Buffer {
  const content = octets(number)
  const body = encoding === 'binary' ? content : Buffer.from(content.toString('base64').replace(/.{1,76}/g, '$&\r\n').trimEnd())
  const head = [
    'From: Anna <anna@example.org>',
    'To: Ben <ben@example.org>',
    `Subject: ${subject}`,
    'Date: Mon, 2 Mar 2020 10:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="frontier"',
    '',
    '--frontier',
    'Content-Type: text/plain',
    '',
    'See the attachment.',
    '--frontier',
    'Content-Type: application/octet-stream',
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    '',
  ].join('\r\n')
  return Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n--frontier--\r\n')])
}

async function fromScripted(messages: readonly ScriptedMessage[], user: string, meddling: object, work: (rig: FaultRig) => Promise<void>): Promise<void> {
  const scripted = await startScriptedMailbox({ messages })
  try {
    await FaultRig.run({ source: { port: scripted.port, user }, target: { port: server.port, user, meddling } }, work)
  } finally {
    await scripted.stop()
  }
}

test('binary parts that the target stores as base64 are recognised when the answer to their APPEND was lost', async () => {
  const binary = range(0, 6).map((number) => ({ bytes: withAttachment(number, 'binary') }))
  // The same Date, From, To and Subject, and other bytes: what decides is the content.
  const alike = range(10, 6).map((number) => ({ bytes: withAttachment(number, 'binary', 'The same') }))
  const plain = range(0, 4).map((number) => ({ bytes: sampleMessage(number) }))
  const messages = [...plain, ...binary, ...alike]
  let losses = 0
  const onServerLine = (line: string, session: { commandName(tag: string): string | undefined; cut(): void }) => {
    if (session.commandName(line.split(' ')[0] ?? '') !== 'APPEND' || losses++ > 0) return undefined
    session.cut()
    return null
  }
  await fromScripted(messages, 're-encoded-lost', { onServerLine }, async (rig) => {
    const { tally } = await rig.cleanPass()
    expect(losses).toBeGreaterThan(0)
    expect(tally.fates).toMatchObject({ migrated: messages.length, failed: 0 })
    expect(await rig.atTarget((probe) => probe.messages(['INBOX']))).toHaveLength(messages.length)
    const altered = (await rig.entries('migrated')).filter((entry) => entry.altered !== undefined)
    expect(altered.map((entry) => entry.altered)).toEqual(Array(binary.length + alike.length).fill('transfer-encoding'))
    expect(altered.every((entry) => entry.proof === 'found')).toBe(true)
    await rig.expectIdle()
  })
})

test('copies that another tool made in base64 are adopted, each by the item that it is the copy of', async () => {
  const numbers = range(20, 5)
  const messages = numbers.map((number) => ({ bytes: withAttachment(number, 'binary', 'The same') }))
  await fromScripted(messages, 're-encoded-adopted', {}, async (rig) => {
    await rig.atTarget(async (probe) => {
      // Backwards, and the last one has no copy yet; a stranger looks like the others.
      for (const number of numbers.slice(0, -1).toReversed()) {
        await probe.append(['INBOX'], withAttachment(number, 'base64', 'The same'), { internalDate: sampleDate(number) })
      }
      await probe.append(['INBOX'], withAttachment(99, 'base64', 'The same'), { internalDate: sampleDate(99) })
    })
    rig.rules = { ...rig.rules, policy: 'add' }
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 1, alreadyThere: numbers.length - 1, failed: 0 })
    const adopted = await rig.entries('alreadyThere')
    expect(adopted.map((entry) => entry.altered)).toEqual(adopted.map(() => 'transfer-encoding'))
    // Stored backwards: the item with UID 1 has got the copy that came last of them.
    const places = adopted.map((entry) => [Number(entry.ref.id.split('.')[1]), Number(entry.targetId?.split('.')[1])])
    expect(places.toSorted(([a = 0], [b = 0]) => a - b)).toEqual([[1, 4], [2, 3], [3, 2], [4, 1]])
    expect(await rig.atTarget((probe) => probe.messages(['INBOX']))).toHaveLength(numbers.length + 1)
    await rig.expectIdle()
  })
})
