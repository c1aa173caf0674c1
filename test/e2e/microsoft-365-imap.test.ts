import { chownSync, mkdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { verifyCertificateFile } from '../../src/control/verify-certificate.ts'
import { sampleFolders } from '../../src/sandbox/samples/sample-folders.ts'
import { generateSample } from '../../src/sandbox/samples/sample-mailbox.ts'
import { SeededRandom } from '../../src/sandbox/samples/seeded-random.ts'
import { writeMaildir } from '../../src/sandbox/samples/write-maildir.ts'
import { dovecotPassword, startDovecot } from '../servers/dovecot.ts'
import type { DovecotServer } from '../servers/dovecot.ts'
import { ImapConnection } from '../servers/imap-connection.ts'
import { differenceOf } from '../servers/message-multiset.ts'
import { awkwardMail } from './awkward-mail.ts'
import { killWhileMoving } from './kill-while-moving.ts'
import { mailAtTenant } from './mail-at-tenant.ts'
import { mailForExchange, mailOf } from './mail-multiset.ts'
import { summaryOf } from './run-summary.ts'
import { TenantClient } from './tenant-client.ts'
import { TenantStage } from './tenant-stage.ts'

const messagesEach = 25
/** Whose mailboxes are moved in which test; nobody's twice. */
const people = {
  many: named('many', 20),
  throttled: named('throttled', 2),
  flaky: named('flaky', 2),
  killed: named('killed', 2),
}
const everybody = Object.values(people).flat()
/** So that the clock of the tenants need not be waited for. */
const timeFactor = 60
const kills = 2
const seed = Number(process.env['MAILVAN_TEST_SEED'] ?? Math.floor(Math.random() * 1_000_000))

let server: DovecotServer
let stage: TenantStage
let contoso: TenantClient

beforeAll(async () => {
  ;[server, stage] = await Promise.all([
    startDovecot(),
    TenantStage.start(['--users', '0', '--time-factor', String(timeFactor)], dovecotPassword),
  ])
  contoso = new TenantClient(stage, 'contoso')
  for (const [number, person] of everybody.entries()) fillSource(person, number)
  await stage.addEndpoints()
})

afterEach(() => stage.control('profile', { profile: 'none' }))

afterAll(async () => {
  const isQuiet = await stage?.hasSentNothing()
  await Promise.all([server?.stop(), stage?.stop()])
  expect(isQuiet).toBe(true)
})

function named(group: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, number) => `${group}${number + 1}`)
}

const sourceMaildir = (person: string) => server.userMaildir(`${person}@old.example`)
const addressOf = (person: string) => `${person}@contoso.onmicrosoft.com`

/** Half of them hold what real mail is like, half what copiers lose or double. */
function fillSource(person: string, number: number): void {
  const maildir = sourceMaildir(person)
  mkdirSync(dirname(maildir))
  if (process.getuid?.() === 0) chownSync(dirname(maildir), server.owner.uid, server.owner.gid)
  const isAwkward = number % 2 === 1
  const mail = isAwkward ? awkwardMail(number, messagesEach) : generateSample({ messages: messagesEach, seed: number, sizeBytesMedian: 2_500 })
  // Of the others only those that hold something: each folder costs time.
  const folders = sampleFolders.filter(({ role, weight }) => role !== undefined || weight === 0)
  writeMaildir(maildir, folders, mail, { owner: server.owner })
}

/** The rows of the list that `match` wrote, of these people only. */
async function listOf(persons: readonly string[]): Promise<string> {
  const [header = '', ...rows] = (await readFile(stage.path('pairs.csv'), 'utf8')).trimEnd().split('\r\n')
  const file = stage.path(`${persons[0]}-pairs.csv`)
  await writeFile(file, [header, ...rows.filter((row) => persons.some((person) => row.startsWith(`${person}@`)))].join('\r\n'))
  return file
}

const migrationOf = async (persons: readonly string[]) => ['migrate', '--mailboxes', await listOf(persons), '--at-once', '4', '--json']
const migrate = async (persons: readonly string[]) => stage.run(await migrationOf(persons))

/** Reads the mailboxes by Graph, and compares with what was at the source. */
async function expectAllArrived(persons: readonly string[]): Promise<void> {
  const differences = persons.map(async (person) => {
    const mail = await mailAtTenant(contoso, addressOf(person))
    expect(mail).toHaveLength(messagesEach)
    return { person, ...differenceOf(mailForExchange(sourceMaildir(person)), mailOf(mail)) }
  })
  expect(await Promise.all(differences)).toEqual(persons.map((person) => ({ person, missing: [], surplus: [] })))
}

const statedFields = 'id,changeKey,internetMessageId,receivedDateTime,isRead,isDraft,flag,categories'
const messagesAt = (person: string) => contoso.list(`/users/${addressOf(person)}/messages?$select=${statedFields}&$top=500`)

/** UIDs of an open folder by Message-ID. */
async function messageIds(folder: ImapConnection): Promise<ReadonlyMap<string, string>> {
  const answers = await folder.command('UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])')
  return new Map(
    answers.flatMap(({ text, literals: [header] }) => {
      const messageId = /<[^>]+>/.exec(header?.toString('latin1') ?? '')?.[0]
      return messageId === undefined ? [] : [[messageId, /\bUID (\d+)/.exec(text)?.[1] ?? ''] as const]
    }),
  )
}

/** The message with this Message-ID at the target, as often as it is there. */
const copiesAt = (person: string, messageId: string) =>
  contoso.list(`/users/${addressOf(person)}/messages?$filter=${encodeURIComponent(`internetMessageId eq '${messageId}'`)}&$select=${statedFields},parentFolderId`)

describe('IMAP mailboxes go to Microsoft 365', () => {
  test('users are matched, made and licensed, and their mailboxes answer', async () => {
    const list = everybody.map((person) => `${person}@old.example,The ${person}\n`).join('')
    await writeFile(stage.path('people.csv'), `Login,Display name\n${list}`)
    const sourceUrl = `imaps://{login}@localhost:${server.tlsPort}?ca=${encodeURIComponent(server.caFile ?? '')}`
    const map = ['--map-domain', 'old.example=contoso.onmicrosoft.com']
    const matched = await stage.run(['match', stage.path('people.csv'), 'contoso', '--source-url', sourceUrl, ...map, '--csv', stage.path('pairs.csv')])
    expect(matched).toMatchObject({ exitCode: 0, errors: '', output: expect.stringContaining(`${everybody.length} to be made`) })
    const provision = ['provision', stage.path('pairs.csv'), 'contoso', '--licence', 'SPE_E3', '--passwords', stage.path('passwords.csv'), '--json']
    const made = await stage.run([...provision, '--no-wait'])
    expect(made).toMatchObject({ exitCode: 0, errors: '' })
    expect(made.lines.map(({ wasMade, wasLicensed }) => [wasMade, wasLicensed])).toEqual(everybody.map(() => [true, true]))
    await stage.control('clock', { advanceSeconds: 120 })
    const ready = await stage.run(provision)
    expect(ready.lines.map(({ address, state, wasMade }) => [address, state, wasMade])).toEqual(everybody.map((person) => [addressOf(person), 'ready', false]))
    const { lines } = await stage.run(['discover', 'contoso', '--kind', 'user', '--json'])
    expect(lines.map(({ licences }) => licences)).toEqual(everybody.map(() => ['Microsoft 365 E3']))
  })

  test('twenty mailboxes arrive whole, and a second pass writes nothing', async () => {
    const itemsTotal = people.many.length * messagesEach
    const none = { alreadyThere: 0, skipped: 0, failed: 0, gone: 0 }
    const first = await migrate(people.many)
    const fates = { migrated: itemsTotal, ...none }
    expect(summaryOf(first)).toMatchObject({ counts: { source: itemsTotal, updated: 0, unchanged: 0, ...fates }, fates })
    const certificates = first.lines.filter(({ content }) => content === 'certificate').map(({ file }) => String(file))
    expect(certificates).toHaveLength(people.many.length)
    for (const file of certificates) expect(await verifyCertificateFile(file, undefined)).toMatchObject({ valid: true })
    expect(await stage.run(['certificate', 'verify', certificates[0] ?? ''])).toMatchObject({ exitCode: 0 })

    const before = await Promise.all(people.many.map(messagesAt))
    const second = await migrate(people.many)
    expect(summaryOf(second)).toMatchObject({ counts: { source: itemsTotal, updated: 0, unchanged: itemsTotal, migrated: 0, ...none }, fates })
    expect(await Promise.all(people.many.map(messagesAt))).toEqual(before)
    await expectAllArrived(people.many)
  })

  test('what changes at the source follows, and what the user changed at the target stays', async () => {
    // Somebody with enough in the inbox, and nothing there twice.
    const person = people.many[4] ?? ''
    const user = `/users/${addressOf(person)}`
    const inbox = await ImapConnection.login({ port: server.port, user: `${person}@old.example`, password: dovecotPassword })
    await inbox.command('SELECT INBOX')
    const uids = await messageIds(inbox)
    const [marked, moved, removed, both, lost] = [...uids.keys()]
    expect(lost, 'an inbox with five messages').toBeDefined()
    const at = async (messageId = '') => `${user}/messages/${String((await copiesAt(person, messageId))[0]?.['id'])}`
    await contoso.call('PATCH', await at(both), { categories: ['Mine'] })
    await contoso.call('POST', `${await at(lost)}/permanentDelete`)
    const changed = [marked, moved, removed, both].map(String)
    const unchanged = async () => (await messagesAt(person)).filter(({ internetMessageId }) => !changed.includes(String(internetMessageId)))
    const before = await unchanged()

    const uidOf = (messageId = '') => uids.get(messageId) ?? ''
    await inbox.command(`UID STORE ${uidOf(marked)},${uidOf(both)},${uidOf(lost)} FLAGS (\\Flagged \\Seen)`)
    await inbox.command(`UID MOVE ${uidOf(moved)} Junk`)
    await inbox.command(`UID STORE ${uidOf(removed)} +FLAGS.SILENT (\\Deleted)`)
    await inbox.command(`UID EXPUNGE ${uidOf(removed)}`)
    await inbox.close()

    const run = await stage.run([...(await migrationOf([person])), '--policy', 'mirror'])
    expect(summaryOf(run)).toMatchObject({ counts: { migrated: 0, failed: 0, skipped: 0 }, conflicts: 1 })
    expect(run.lines.filter(({ type }) => type === 'conflict')).toMatchObject([{ reason: 'deleted-at-target' }])
    const { id: junk } = await contoso.call('GET', `${user}/mailFolders/junkemail`)
    const facts = { isRead: true, flag: { flagStatus: 'flagged' } }
    expect(await copiesAt(person, marked ?? '')).toMatchObject([{ ...facts, categories: [] }])
    expect(await copiesAt(person, both ?? '')).toMatchObject([{ ...facts, categories: ['Mine'] }])
    expect(await copiesAt(person, moved ?? '')).toMatchObject([{ parentFolderId: junk }])
    expect([await copiesAt(person, removed ?? ''), await copiesAt(person, lost ?? '')]).toEqual([[], []])
    expect(await unchanged()).toEqual(before)
    const after = await messagesAt(person)
    const again = await stage.run([...(await migrationOf([person])), '--policy', 'mirror'])
    expect(summaryOf(again)).toMatchObject({ counts: { migrated: 0, updated: 0, failed: 0 }, conflicts: 1 })
    expect(again.lines.filter(({ type }) => type === 'conflict')).toEqual([])
    expect(await messagesAt(person)).toEqual(after)
  })

  test.each(['throttled', 'flaky'] as const)('into a tenant that is %s each message arrives once', async (profile) => {
    await stage.control('profile', { profile })
    const run = await migrate(people[profile])
    const itemsTotal = people[profile].length * messagesEach
    expect(summaryOf(run)).toMatchObject({ counts: { source: itemsTotal, failed: 0, skipped: 0 } })
    await stage.control('profile', { profile: 'none' })
    await expectAllArrived(people[profile])
  })

  test(`killed again and again and resumed, nothing is lost and nothing is there twice (MAILVAN_TEST_SEED=${seed})`, async () => {
    const addresses = new Set(people.killed.map(addressOf))
    const itemsTotal = people.killed.length * messagesEach
    const args = await migrationOf(people.killed)
    const counts = await killWhileMoving({
      start: () => stage.startProgram(args),
      arrived: () => stage.itemsIn(addresses),
      itemsTotal,
      kills,
      random: new SeededRandom(seed),
    })
    console.log(`killed; messages at the target after each: ${counts.join(' ')}`)
    const last = summaryOf(await stage.run(args))
    expect(last).toMatchObject({ counts: { source: itemsTotal, failed: 0, skipped: 0 }, fates: { migrated: itemsTotal } })
    await expectAllArrived(people.killed)
  })
})
