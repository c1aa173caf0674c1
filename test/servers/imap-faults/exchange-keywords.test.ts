import { afterAll, beforeAll, expect, test } from 'vitest'
import { imapConnector } from '../../../src/connectors/imap/index.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import type { Entry } from '../../../src/core/model/entry.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore } from '../../../src/store/open-store.ts'
import type { DovecotServer } from '../dovecot.ts'
import { type ImapProbe, withProbe } from '../imap-probe.ts'
import { type ImapSandbox, startImapSandbox } from '../sandbox/imap-sandbox.ts'
import { everything, fill, range } from './fault-rig.ts'
import { startQuickDovecot } from './quick-dovecot.ts'

const address = 'anna@contoso.example'
const messages = 300
let dovecot: DovecotServer
let sandbox: ImapSandbox
beforeAll(async () => {
  dovecot = await startQuickDovecot()
  sandbox = await startImapSandbox()
})
afterAll(async () => {
  await dovecot.stop()
  expect(await sandbox.stop()).toEqual([])
})

const atSource = <T>(work: (probe: ImapProbe) => Promise<T>) => withProbe({ port: dovecot.port, user: 'keywords' }, work)

async function pass(ledger: MailboxLedger): Promise<Tally> {
  const context = realContext(AbortSignal.timeout(90_000))
  const there = imapConnector.parseUrl(`imap://keywords@127.0.0.1:${dovecot.port}?tls=off`, { password: 'pw' })
  const here = imapConnector.parseUrl(`imap://${encodeURIComponent(address)}@127.0.0.1:${sandbox.port}?tls=off&auth=xoauth2`, {
    password: sandbox.token(),
  })
  const source = await imapConnector.openSource(there, context)
  const target = await imapConnector.openTarget(here, context)
  try {
    const limits = { source: { sessionsMax: source.capabilities.sessionsMax }, target: { sessionsMax: target.capabilities.sessionsMax } }
    const governor = createGovernor({ clock: context.clock, ...limits })
    await runPass({ source, target, ledger, rules: everything, verification: 'content', governor, context, observe: () => {} })
  } finally {
    await Promise.all([source.close(), target.close()])
  }
  return ledger.tally((await ledger.passes()).at(-1)!.number)
}

/** How often each set of categories is in the mailbox. */
function categories(): Readonly<Record<string, number>> {
  const mailbox = sandbox.mailbox(address)
  const counts: Record<string, number> = {}
  for (const item of mailbox.folders.all().flatMap(({ id }) => mailbox.items.list(id))) {
    const name = item.categories.toSorted().join(' ')
    if (name !== '') counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const lostOf = (entry: Entry): string | undefined => /keywords-lost:[^,]*/.exec(entry.altered ?? '')?.[0]

test('Exchange keeps $MDNSent and no other keyword: every message arrives, and what it lost is on record', async () => {
  await atSource(async (probe) => {
    for (const [index, name] of ['INBOX', 'Projekte', 'Sent'].entries()) await fill(probe, [name], range(index * 100, 100))
    for (const name of ['INBOX', 'Projekte', 'Sent']) {
      await probe.store([name], '1:100', '-FLAGS', ['$label1'])
      await probe.store([name], range(1, 20).map((number) => number * 5).join(','), '+FLAGS', ['Receipts'])
      await probe.store([name], '1:10', '+FLAGS', ['$mdnsent'])
    }
  })
  const store = await openStore({ path: ':memory:' })
  try {
    const ledger = await store.mailbox({ sourceUrl: 'imap://dovecot', targetUrl: 'imap://exchange' })
    const first = await pass(ledger)
    expect(first.fates).toMatchObject({ migrated: messages, failed: 0, pending: 0 })
    expect(categories()).toEqual({ $MDNSent: 30 })
    const entries = await ledger.settled('migrated', undefined, 0, 1000)
    expect(entries.map(lostOf).filter((lost) => lost !== undefined)).toEqual(Array(60).fill('keywords-lost:Receipts'))
    expect(entries.every(({ proof }) => proof === 're-read')).toBe(true)

    const mailbox = sandbox.mailbox(address)
    const { change } = mailbox
    const idle = { migrated: 0, alreadyThere: 0, updated: 0, failed: 0 }
    expect((await pass(ledger)).pass).toMatchObject(idle)
    expect(mailbox.change).toBe(change)

    await atSource(async (probe) => {
      await probe.store(['INBOX'], '1:3', '+FLAGS', ['Later'])
      await probe.store(['INBOX'], '11:12', '+FLAGS', ['Later', '$MDNSent'])
    })
    const third = await pass(ledger)
    expect(third.fates).toMatchObject({ migrated: messages, failed: 0, pending: 0 })
    expect(third.pass).toMatchObject({ updated: 2 })
    expect(categories()).toEqual({ $MDNSent: 32 })
    expect((await pass(ledger)).pass).toMatchObject(idle)
  } finally {
    await store.close()
  }
})
