import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MemoryMailbox, MemoryWorld } from '../../../src/connectors/memory/index.ts'
import { messageProperties as known } from '../../../src/formats/mapi/message-properties.ts'
import { StandingSandbox } from '../sandbox/standing-sandbox.ts'
import { cloudConfig, context, graphConnector, MailMigration, makeLedger, receivedAt } from './mail-migration.ts'

const users = 12
let sandbox: StandingSandbox
beforeAll(async () => {
  sandbox = await StandingSandbox.start(users, 0)
  sandbox.tenant.tenant.settings.takesNativeMime = true
})
afterAll(async () => {
  await sandbox.sandbox.close()
  expect(sandbox.defects).toEqual([])
})

const header = (subject: string, ...more: string[]) => ['From: Sender <sender@example.org>', 'To: anna@contoso.example', `Subject: ${subject}`, 'MIME-Version: 1.0', ...more]
const dated = (subject: string) => [`Message-ID: <${subject}@example.org>`, 'Date: Fri, 01 Jan 2016 12:00:00 +0000']
const multipart = (type: string, ...parts: readonly string[][]) => [`Content-Type: multipart/${type}; boundary=part`, '', ...parts.flatMap((part) => ['--part', ...part]), '--part--', '']
const toBytes = (lines: readonly string[]) => Buffer.from(lines.join('\r\n'))
const plain = ['Content-Type: text/plain; charset=utf-8', '', 'plain words']
const signature = ['Content-Type: application/pkcs7-signature; name=smime.p7s', 'Content-Transfer-Encoding: base64', '', Buffer.from('signature').toString('base64')]
const calendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//EN', 'METHOD:REQUEST', 'BEGIN:VEVENT', 'UID:1@example.org', 'DTSTAMP:20240101T090000Z', 'DTSTART:20240108T090000Z', 'DTEND:20240108T100000Z', 'SUMMARY:invited', 'END:VEVENT', 'END:VCALENDAR']
const invitation = ['Content-Type: text/calendar; method=REQUEST; charset=utf-8', '', ...calendar]
const html = ['Content-Type: text/html; charset=utf-8', '', '<p>other words</p>']

/** What each way into Microsoft 365 makes something else of. */
const mail: Readonly<Record<string, { readonly bytes: Buffer; readonly keywords?: readonly string[] }>> = {
  plain: { bytes: toBytes([...header('plain', ...dated('plain')), ...plain, '']) },
  unnamed: { bytes: toBytes([...header('unnamed'), ...plain, '']) },
  forwarded: { bytes: toBytes([...header('forwarded', ...dated('forwarded')), ...multipart('mixed', plain, ['Content-Type: message/rfc822', '', ...header('inner', ...dated('inner')), ...plain])]) },
  signed: { bytes: toBytes([...header('signed', ...dated('signed')), ...multipart('signed; protocol="application/pkcs7-signature"; micalg=sha-256', plain, signature)]) },
  draft: { bytes: toBytes([...header('draft', ...dated('draft')), ...multipart('alternative', plain, html)]), keywords: ['$draft', '$seen'] },
  invited: { bytes: toBytes([...header('invited', ...dated('invited')), ...multipart('mixed', plain, invitation)]) },
}

function fill(mailbox: MemoryMailbox, path: readonly string[]): void {
  Object.values(mail).forEach(({ bytes, keywords = ['$seen'] }, number) => mailbox.add(path, { bytes, keywords, receivedAt: receivedAt(number) }))
}

function open(user: number, way: string) {
  return () => graphConnector.openTarget(cloudConfig(sandbox, user, way), context(), 'mail')
}

const itemsTotal = Object.keys(mail).length

/** A mailbox with that mail in one folder, and passes that move it to a user of the sandbox. */
async function migrationTo(user: number, way: string) {
  const world = new MemoryWorld()
  const mailbox = world.addMailbox('anna')
  fill(mailbox, ['INBOX'])
  const start = async (way: string) => new MailMigration(await makeLedger('anna'), () => world.openSource({ mailbox: 'anna' }, context(), 'mail'), open(user, way))
  return { mailbox, migration: await start(way), start }
}

async function alteredIn({ ledger }: MailMigration): Promise<Readonly<Record<string, string | undefined>>> {
  const entries = [...(await ledger.settled('migrated', undefined, 0, 100)), ...(await ledger.settled('alreadyThere', undefined, 0, 100))]
  return Object.fromEntries(entries.map(({ description, altered }) => [description?.subject ?? '', altered]))
}

/** Changes the subject of a copy as its user would. */
function tamper(user: number, subject: string): void {
  const mailbox = sandbox.mailbox(user)
  const root = mailbox.folders.wellKnown('msgfolderroot')!.id
  const found = mailbox.folders.subtree(root).flatMap(({ id }) => mailbox.items.list(id)).find((item) => item.subject === subject)
  mailbox.items.edit(found!.id, (properties) => void properties.set(known.subject, 'tampered').set(known.normalizedSubject, 'tampered'))
}

describe.each([
  ["Graph's JSON", 'json', 0, {}],
  ['MIME', 'mime', 1, { signed: 'header-lines-added' }],
  ['streams', 'stream', 2, { signed: 'header-lines-added' }],
] as const)('mail that came as %s', (_, way, user, refined) => {
  test('is verified as what it was recorded to be, by a run that would choose another way', async () => {
    const { migration } = await migrationTo(user, `?via=${way}`)
    expect((await migration.pass()).pass).toMatchObject({ migrated: itemsTotal, failed: 0 })
    const recorded = await alteredIn(migration)
    expect((await migration.verify(open(user, ''))).fates).toMatchObject({ migrated: itemsTotal, failed: 0 })
    expect([migration.failures(), await alteredIn(migration)]).toEqual([[], { ...recorded, ...refined }])
    tamper(user, 'forwarded')
    await migration.verify(open(user, ''))
    expect(migration.failures()).toEqual(['verify.content-mismatch'])
  })

  test('is verified from a ledger that does not say what became of it', async () => {
    const { migration } = await migrationTo(user + 3, `?via=${way}`)
    await migration.pass()
    const entries = await migration.ledger.settled('migrated', undefined, 0, 100)
    await migration.ledger.settle(1, entries.map(({ key }) => ({ type: 'verified', key, proof: 'answered' })))
    expect(Object.values(await alteredIn(migration))).toEqual(Array.from({ length: itemsTotal }, () => undefined))
    expect((await migration.verify(open(user + 3, ''))).fates).toMatchObject({ migrated: itemsTotal, failed: 0 })
    tamper(user + 3, 'unnamed')
    await migration.verify(open(user + 3, ''))
    expect(migration.failures()).toEqual(['verify.content-mismatch'])
  })

  test('is recognised by a pass that would choose another way, and not written again', async () => {
    const { migration, start } = await migrationTo(user + 6, `?via=${way}`)
    await migration.pass()
    const lost = await start('')
    expect((await lost.pass()).pass).toMatchObject({ migrated: 0, alreadyThere: itemsTotal, failed: 0 })
    expect((await lost.verify()).fates).toMatchObject({ alreadyThere: itemsTotal, failed: 0 })
  })
})

test.each([
  ['by IMAP', '?via=imap', ''],
  ['by streams', '', '?via=imap'],
])('mail that came %s is not looked at in a way that names it differently', async (_, way, other) => {
  const user = way === '' ? 9 : 10
  const { migration, start } = await migrationTo(user, way)
  const { pass } = await migration.pass()
  expect(pass).toMatchObject({ migrated: itemsTotal, failed: 0 })
  const isRefused = { kind: 'config', code: 'guard.other-way' }
  for (const level of ['counts', 'identity', 'content'] as const) await expect(migration.verify(open(user, other), level)).rejects.toMatchObject(isRefused)
  const changed = new MailMigration(migration.ledger, migration.openSource, open(user, other))
  await expect(changed.pass()).rejects.toMatchObject(isRefused)
  expect((await migration.verify()).fates).toMatchObject({ migrated: itemsTotal, failed: 0 })
  const anew = await start(other)
  expect((await anew.pass()).pass).toMatchObject({ migrated: 0, alreadyThere: itemsTotal, failed: 0 })
  expect((await anew.verify()).fates).toMatchObject({ alreadyThere: itemsTotal, failed: 0 })
})
