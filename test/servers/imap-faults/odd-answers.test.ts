import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DovecotServer } from '../dovecot.ts'
import { FaultRig, fill, type PassOutcome, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'
import { sampleMessage } from './sample-mail.ts'
import { inOrder, type ScriptedMailboxOptions, type ScriptedMessage, sectionOf, sendBody, startScriptedMailbox } from './scripted-mailbox.ts'

let server: DovecotServer
let users = 0
beforeAll(async () => {
  server = await startQuickDovecot()
})
afterAll(() => server.stop())

const some: readonly ScriptedMessage[] = range(0, 12).map((number) => ({ bytes: sampleMessage(number) }))

/** Migrates a scripted mailbox, and checks that exactly the messages that should have arrived did. */
async function migrateScripted(
  options: ScriptedMailboxOptions,
  expected: { readonly arrive: readonly ScriptedMessage[]; readonly codes?: readonly string[]; readonly gone?: number },
): Promise<PassOutcome> {
  const scripted = await startScriptedMailbox(options)
  const user = `odd-${++users}`
  let outcome: PassOutcome | undefined
  try {
    await FaultRig.run({ source: { port: scripted.port, user }, target: { port: server.port, user } }, async (rig) => {
      outcome = await rig.cleanPass()
      const { codes = [], gone = 0, arrive } = expected
      expect(await rig.failureCodes()).toEqual(codes)
      expect(outcome.tally.fates).toMatchObject({ migrated: arrive.length, failed: codes.length, gone, pending: 0 })
      const there = await rig.atTarget((probe) => probe.messages(['INBOX']))
      expect(there.map(({ sha256 }) => sha256).sort()).toEqual(arrive.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex')).sort())
      await rig.expectIdle()
    })
  } finally {
    await scripted.stop()
  }
  return outcome as PassOutcome
}

test('FETCH answers in another order than asked', () =>
  migrateScripted(
    {
      messages: some,
      sendBodies: (session, command, uids) => {
        for (const uid of uids.toReversed()) sendBody(session, uid, sectionOf(command, some[uid - 1] as ScriptedMessage))
        session.answer(command, 'OK done')
      },
    },
    { arrive: some },
  ))

test('FETCH answers that name the UID behind the body', () =>
  migrateScripted(
    {
      messages: some,
      sendBodies: (session, command, uids) => {
        for (const uid of uids) sendBody(session, uid, sectionOf(command, some[uid - 1] as ScriptedMessage), 'uid-last')
        session.answer(command, 'OK done')
      },
    },
    { arrive: some },
  ))

test('a large message whose UID comes behind its body is asked for alone, and the others arrive as well', async () => {
  const messages = [...some, { bytes: sampleMessage(50, 1_500_000) }]
  await migrateScripted(
    {
      messages,
      sendBodies: (session, command, uids) => {
        for (const uid of uids) sendBody(session, uid, sectionOf(command, messages[uid - 1] as ScriptedMessage), 'uid-last')
        session.answer(command, 'OK done')
      },
    },
    { arrive: messages },
  )
})

test('unsolicited FETCH, EXISTS, RECENT, EXPUNGE of others, FLAGS and OK in between', () =>
  migrateScripted(
    {
      messages: some,
      listingNoise: (uid) => (uid % 3 === 0 ? `* ${uid} FETCH (FLAGS (\\Seen))` : `* 12 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen $x)\r\n* OK Still here`),
      sendBodies: (session, command, uids) => {
        for (const uid of uids) {
          session.send(`* 3 FETCH (FLAGS (\\Seen))\r\n* 13 EXISTS\r\n* OK [ALERT] Be careful\r\n* 13 EXPUNGE\r\n* ${uid} FETCH (UID ${uid} FLAGS ())`)
          sendBody(session, uid, sectionOf(command, some[uid - 1] as ScriptedMessage))
          session.send(`* SEARCH 1 2 3`)
        }
        session.answer(command, 'OK done')
      },
    },
    { arrive: some },
  ))

test('a listing that names messages twice', () =>
  migrateScripted(
    {
      messages: some,
      listingNoise: (uid) => `* ${uid} FETCH (UID ${uid} FLAGS () INTERNALDATE "02-Mar-2020 10:00:00 +0000" RFC822.SIZE 400)`,
    },
    { arrive: some },
  ))

test('NIL bodies: those messages fail by name and the others arrive', () =>
  migrateScripted(
    {
      messages: some,
      sendBodies: (session, command, uids) => {
        for (const uid of uids) {
          if (uid === 3 || uid === 7) session.send(`* ${uid} FETCH (UID ${uid} BODY[] NIL)`)
          else sendBody(session, uid, sectionOf(command, some[uid - 1] as ScriptedMessage))
        }
        session.answer(command, 'OK done')
      },
    },
    { arrive: some.filter((_, index) => index !== 2 && index !== 6), codes: ['imap.fetch.nil-body', 'imap.fetch.nil-body'] },
  ))

test('a FETCH that leaves out messages which are still listed: they fail by name and are not taken for gone', () =>
  migrateScripted(
    {
      messages: some,
      sendBodies: (session, command, uids) => {
        for (const uid of uids) if (uid !== 5) sendBody(session, uid, sectionOf(command, some[uid - 1] as ScriptedMessage))
        session.answer(command, 'OK done')
      },
    },
    { arrive: some.filter((_, index) => index !== 4), codes: ['imap.fetch.nil-body'] },
  ))

test('a FETCH refused for one message that stands in the middle: it alone fails', () =>
  migrateScripted(
    {
      messages: some,
      sendBodies: (session, command, uids) => {
        for (const uid of uids) {
          if (uid === 6) return session.answer(command, 'NO Some messages could not be FETCHed (Failure)')
          sendBody(session, uid, sectionOf(command, some[uid - 1] as ScriptedMessage))
        }
        session.answer(command, 'OK done')
      },
    },
    { arrive: some.filter((_, index) => index !== 5), codes: ['imap.fetch.refused'] },
  ))

test('a body as a quoted string', () =>
  migrateScripted(
    {
      messages: some,
      sendBodies: (session, command, uids) => {
        for (const uid of uids) {
          if (uid === 4) session.send('* 4 FETCH (UID 4 BODY[] "Subject: short")')
          else sendBody(session, uid, sectionOf(command, some[uid - 1] as ScriptedMessage))
        }
        session.answer(command, 'OK done')
      },
    },
    { arrive: some.map((message, index) => (index === 3 ? { bytes: Buffer.from('Subject: short') } : message)) },
  ))

test.each([
  ['too small by a little', (bytes: number) => bytes - 7],
  ['too small by far', () => 1],
  ['zero', () => 0],
  ['too large by a little', (bytes: number) => bytes + 13],
  ['too large by far', () => 4_000_000_000],
])('a wrong RFC822.SIZE, %s', async (_how, claim) => {
  const messages = [...some, { bytes: sampleMessage(60, 400_000) }].map(({ bytes }) => ({ bytes, claimedBytes: claim(bytes.length) }))
  await migrateScripted({ messages }, { arrive: messages })
})

test('an INTERNALDATE that is none, and flags that cannot be stored', async () => {
  const messages = some.map((message) => ({ ...message, flags: '\\Seen \\Recent \\Foo $Label' }))
  const scripted = await startScriptedMailbox({ messages, sendBodies: inOrder(messages) })
  try {
    await FaultRig.run({ source: { port: scripted.port, user: 'flags' }, target: { port: server.port, user: 'flags' } }, async (rig) => {
      rig.sourceMeddling.onServerLine = (line) => line.replace('02-Mar-2020 10:00:00 +0000', '99-Foo-2020')
      await rig.cleanPass()
      const there = await rig.atTarget((probe) => probe.messages(['INBOX']))
      expect(there).toHaveLength(messages.length)
      expect(there[0]?.flags).toEqual(['$Label', '\\Seen'])
    })
  } finally {
    await scripted.stop()
  }
})

test('NIL bodies from a real server: those messages fail, and arrive with a retry once they are repaired', async () => {
  const options = { source: { port: server.port, user: 'nil-s' }, target: { port: server.port, user: 'nil-t' } }
  await FaultRig.run(options, async (rig) => {
    await rig.atSource((probe) => fill(probe, ['INBOX'], range(0, 30)))
    rig.sourceMeddling.onServerLine = (line) => (/UID (?:9|21) BODY\[\] \{/.test(line) ? line.replace(/BODY\[\] \{\d+\}$/, 'BODY[] NIL') : undefined)
    const { tally } = await rig.cleanPass()
    expect(tally.fates).toMatchObject({ migrated: 28, failed: 2 })
    expect(await rig.failureCodes()).toEqual(['imap.fetch.nil-body', 'imap.fetch.nil-body'])
    await rig.expectIdle()
    rig.sourceMeddling.onServerLine = undefined
    rig.rules = { ...rig.rules, retriesFailed: true }
    await rig.migrate()
  })
})
