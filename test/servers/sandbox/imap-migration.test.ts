import { afterAll, beforeAll, expect, it } from 'vitest'
import { imapConnector } from '../../../src/connectors/imap/index.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import type { ItemRow } from '../../../src/sandbox/mailbox/rows.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { type DovecotServer, startDovecot } from '../dovecot.ts'
import { everything } from '../imap-faults/fault-rig.ts'
import { withProbe } from '../imap-probe.ts'
import { type ImapSandbox, startImapSandbox } from './imap-sandbox.ts'

const user = 'anna@contoso.example'
const passMsMax = 90_000
let dovecot: DovecotServer
let sandbox: ImapSandbox
beforeAll(async () => {
  dovecot = await startDovecot({ tls: false })
  sandbox = await startImapSandbox()
})
afterAll(async () => {
  await dovecot.stop()
  expect(await sandbox.stop()).toEqual([])
})

type Direction = 'into' | 'out of'

/** One pass between a Dovecot account and the sandbox's mailbox. */
async function pass(ledger: MailboxLedger, direction: Direction, dovecotUser: string): Promise<Tally> {
  const context = realContext(AbortSignal.timeout(passMsMax))
  const there = imapConnector.parseUrl(`imap://${dovecotUser}@127.0.0.1:${dovecot.port}?tls=off`, { password: 'pw' })
  const here = imapConnector.parseUrl(`imap://${encodeURIComponent(user)}@127.0.0.1:${sandbox.port}?tls=off&auth=xoauth2`, {
    password: sandbox.token(),
  })
  const source = await imapConnector.openSource(direction === 'into' ? there : here, context)
  const target = await imapConnector.openTarget(direction === 'into' ? here : there, context)
  try {
    const sides = { source: { sessionsMax: source.capabilities.sessionsMax }, target: { sessionsMax: target.capabilities.sessionsMax } }
    const governor = createGovernor({ clock: context.clock, ...sides })
    await runPass({ source, target, ledger, rules: everything, verification: 'identity', governor, context, observe: () => {} })
  } finally {
    await Promise.all([source.close(), target.close()])
  }
  return ledger.tally((await ledger.passes()).at(-1)!.number)
}

const dateOf = (number: number) => new Date(Date.UTC(2015, number % 12, 1 + (number % 28), 6, number % 60, 7))
const flagSets = [[], ['\\Seen'], ['\\Seen', '\\Flagged'], ['\\Seen', '\\Answered'], ['\\Draft', '\\Seen']] as const
const folders = [['INBOX'], ['Projekte', 'Küche'], ['Sent']] as const

function message(number: number): Buffer {
  const text = number % 3 === 0 ? 'größer als je zuvor' : 'plain words'
  const attached = number % 10 === 0 ? 'x'.repeat(20_000) : 'file'
  return Buffer.from(
    [
      `From: Sender ${number} <sender${number}@example.org>`,
      'To: anna@contoso.example',
      `Subject: message ${number}`,
      `Message-ID: <message-${number}@example.org>`,
      `Date: ${dateOf(number).toUTCString().replace('GMT', '+0000')}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=part',
      '',
      '--part',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      text,
      '--part',
      `Content-Type: application/octet-stream; name=f${number}.bin`,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(attached).toString('base64').replace(/.{76}/g, '$&\r\n'),
      '--part--',
      '',
    ].join('\r\n'),
  )
}

/** What of an item a migration has to keep. */
function essenceOf({ subject, receivedMs, messageFlags, flagStatus, lastVerb, attachmentCount }: ItemRow): string {
  return `${subject} ${receivedMs} ${messageFlags & 9} ${flagStatus} ${lastVerb} ${attachmentCount}`
}

function expectedEssence(number: number): string {
  const flags: readonly string[] = flagSets[number % flagSets.length]!
  const messageFlags = (flags.includes('\\Seen') ? 1 : 0) | (flags.includes('\\Draft') ? 8 : 0)
  return `message ${number} ${dateOf(number).getTime()} ${messageFlags} ${flags.includes('\\Flagged') ? 2 : 0} ${flags.includes('\\Answered') ? 102 : 0} 1`
}

it('moves 300 messages from Dovecot into the sandbox and back out, with flags and dates, and is then idle', async () => {
  await withProbe({ port: dovecot.port, user: 'source' }, async (probe) => {
    for (const path of folders.slice(1)) await probe.create(path)
    for (let number = 0; number < 300; number++) {
      const flags = flagSets[number % flagSets.length]!
      await probe.append(folders[number % folders.length]!, message(number), { flags, internalDate: dateOf(number) })
    }
  })
  const store = await openStore({ path: ':memory:' })
  try {
    const into = await store.mailbox({ sourceUrl: 'imap://dovecot', targetUrl: 'imap://sandbox' })
    const first = await pass(into, 'into', 'source')
    expect(first.fates).toMatchObject({ migrated: 300, failed: 0, pending: 0 })
    const mailbox = sandbox.mailbox(user)
    const items = mailbox.folders.all().flatMap(({ id }) => mailbox.items.list(id))
    expect(items.map(essenceOf).toSorted()).toEqual(Array.from({ length: 300 }, (_, number) => expectedEssence(number)).toSorted())
    const places = new Set(items.map(({ folderId }) => mailbox.folders.get(folderId).name))
    expect([...places].toSorted()).toEqual(['Inbox', 'Küche', 'Sent Items'])

    const { change } = mailbox
    const second = await pass(into, 'into', 'source')
    expect(second.pass).toMatchObject({ migrated: 0, alreadyThere: 0, updated: 0, failed: 0 })
    expect(mailbox.change).toBe(change)

    const out = await store.mailbox({ sourceUrl: 'imap://sandbox', targetUrl: 'imap://back' })
    const back = await pass(out, 'out of', 'back')
    expect(back.fates).toMatchObject({ migrated: 300, failed: 0, pending: 0 })
    expect((await pass(out, 'out of', 'back')).pass).toMatchObject({ migrated: 0, alreadyThere: 0, updated: 0, failed: 0 })
  } finally {
    await store.close()
  }
})
