import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MemoryMailbox, MemoryWorld } from '../../../src/connectors/memory/index.ts'
import { specimen, specimenReceivedAtMs } from '../../../src/connectors/graph/mail/specimen.ts'
import { mimeToMapi } from '../../../src/formats/mime/mime-to-mapi.ts'
import { StandingSandbox } from '../sandbox/standing-sandbox.ts'
import { cloudConfig, context, graphConnector, MailMigration, makeLedger, receivedAt } from './mail-migration.ts'

/** Its clock stands still in the past, so that every session has ended by this machine's: a wrong clock stops nothing. */
let sandbox: StandingSandbox
beforeAll(async () => {
  sandbox = await StandingSandbox.start(4, 0)
  sandbox.tenant.tenant.settings.takesNativeMime = true
})
afterAll(async () => {
  await sandbox.sandbox.close()
  expect(sandbox.defects).toEqual([])
})

function message(number: number, body = 'plain words'): Buffer {
  const text = [
    `From: Sender ${number} <sender${number}@example.org>`,
    'To: anna@contoso.example',
    `Subject: message ${number}`,
    `Message-ID: <message-${number}@example.org>`,
    `Date: ${new Date(Date.UTC(2015, number % 12, 1 + (number % 28), 6, number % 60, 7)).toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=part',
    '',
    '--part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    body,
    '--part',
    `Content-Type: application/octet-stream; name=f${number}.bin`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('file'.repeat(number)).toString('base64').replace(/.{76}/g, '$&\r\n'),
    '--part--',
    '',
  ]
  return Buffer.from(text.join('\r\n'))
}

const keywordSets = [[], ['$seen'], ['$flagged', '$seen'], ['$answered', '$seen'], ['$Forwarded', 'Work'], ['$draft', '$seen']] as const
const paths = [['INBOX'], ['Projekte', 'Küche'], ['Sent']] as const

function fill(mailbox: MemoryMailbox, count: number): void {
  for (let number = 1; number <= count; number++) {
    const keywords = keywordSets[number % keywordSets.length] as readonly string[]
    mailbox.add(paths[number % paths.length] as readonly string[], { bytes: message(number), keywords, receivedAt: receivedAt(number) })
  }
}

/** Subject, keywords and date of every message. */
function facts(mailbox: MemoryMailbox): readonly string[] {
  return mailbox
    .contents()
    .map(({ bytes, keywords, receivedAt: { epochMs } }) => {
      const subject = /^Subject: (.*)$/m.exec(Buffer.from(bytes).toString())?.[1]?.trim()
      return `${subject} ${keywords.join(' ')} ${epochMs}`
    })
    .toSorted()
}

describe.each([
  ['streams made here, after a probe', '', 0, 'rebuilt', 'rebuilt'],
  ["Graph's JSON", '?via=json', 1, 'rebuilt,lossy', 'rebuilt,lossy'],
  ['MIME, where that is no draft', '?via=mime', 3, 'rebuilt', 'rebuilt,lossy'],
])('mail into a mailbox of Microsoft 365 as %s', (_, way, user, altered, ofDrafts) => {
  test('arrives with its date, flags and categories, is no draft, and its changes follow', async () => {
    const world = new MemoryWorld()
    const mailbox = world.addMailbox('anna')
    fill(mailbox, 60)
    const migration = new MailMigration(
      await makeLedger(`anna${user}`),
      () => world.openSource({ mailbox: 'anna' }, context(), 'mail'),
      () => graphConnector.openTarget(cloudConfig(sandbox, user, way), context(), 'mail'),
    )
    const first = await migration.pass('content')
    expect(first.pass).toMatchObject({ migrated: 60, failed: 0, pending: 0 })
    const entries = await migration.ledger.settled('migrated', undefined, 0, 100)
    const told = (isDraft: boolean) => new Set(entries.filter(({ ref }) => ref.keywords.includes('$draft') === isDraft).map(({ proof, altered: word }) => `${proof} ${word}`))
    expect([told(false), told(true)]).toEqual([new Set([`re-read ${altered}`]), new Set([`re-read ${ofDrafts}`])])
    expect((await migration.pass()).pass).toMatchObject({ migrated: 0, unchanged: 60 })

    const back = world.addMailbox('back')
    const home = new MailMigration(
      await makeLedger(`back${user}`),
      () => graphConnector.openSource(cloudConfig(sandbox, user), context(), 'mail'),
      () => world.openTarget({ mailbox: 'back' }, context(), 'mail'),
    )
    expect((await home.pass()).pass).toMatchObject({ migrated: 60, failed: 0 })
    expect(facts(back)).toEqual(facts(mailbox))

    const [one, two] = mailbox.contents().filter(({ path }) => path[0] === 'INBOX')
    mailbox.setKeywords(one!.id, ['$flagged', 'Later'])
    mailbox.move(two!.id, ['Projekte', 'Küche'])
    expect((await migration.pass()).pass).toMatchObject({ updated: 1, alreadyThere: 1, migrated: 0, failed: 0 })
    expect((await home.pass()).pass.failed).toBe(0)
    expect(facts(back)).toEqual(facts(mailbox))
  })

  test('what was copied before is adopted, and what a lost ledger forgot', async () => {
    const world = new MemoryWorld()
    const mailbox = world.addMailbox('anna')
    for (let number = 200; number < 210; number++) mailbox.add(['Adopted'], { bytes: message(number), keywords: ['$seen'], receivedAt: receivedAt(number) })
    const open = async (name: string) =>
      new MailMigration(
        await makeLedger(name),
        () => world.openSource({ mailbox: 'anna' }, context(), 'mail'),
        () => graphConnector.openTarget(cloudConfig(sandbox, user, way), context(), 'mail'),
      )
    expect((await (await open(`first${user}`)).pass()).pass).toMatchObject({ migrated: 10 })
    expect((await (await open(`second${user}`)).pass()).pass).toMatchObject({ migrated: 0, alreadyThere: 10, failed: 0 })
  })
})

test.each([['by streams', ''], ["by Graph's JSON", '?via=json']])('old addresses become new ones beside the message as it came: %s', async (_, way) => {
  const world = new MemoryWorld()
  const mailbox = world.addMailbox('anna')
  mailbox.add(['Mapped'], { bytes: message(way === '' ? 301 : 302), receivedAt: receivedAt(1) })
  const migration = new MailMigration(
    await makeLedger(`mapped${way}`),
    () => world.openSource({ mailbox: 'anna' }, context(), 'mail'),
    () => graphConnector.openTarget(cloudConfig(sandbox, 2, way), context(), 'mail'),
  )
  const recipientMap = { domains: { 'contoso.example': 'fabrikam.example' }, addresses: { 'sender301@example.org': 'first@new.example', 'sender302@example.org': 'first@new.example' } }
  expect((await migration.pass('content', { recipientMap })).pass).toMatchObject({ migrated: 1, failed: 0 })
  const [entry] = await migration.ledger.settled('migrated', undefined, 0, 10)
  const { json } = await sandbox.call('GET', `${sandbox.path(2)}/messages/${entry!.targetId}?$select=from,toRecipients`)
  expect(json).toMatchObject({
    from: { emailAddress: { address: 'first@new.example' } },
    toRecipients: [{ emailAddress: { address: 'anna@fabrikam.example' } }],
  })
})

test('mail into a mailbox of Microsoft 365 by IMAP, signed in as an app', async () => {
  const world = new MemoryWorld()
  const mailbox = world.addMailbox('anna')
  for (let number = 1; number <= 30; number++) mailbox.add(['INBOX'], { bytes: message(number), keywords: ['$seen'], receivedAt: receivedAt(number) })
  const migration = new MailMigration(
    await makeLedger('imap'),
    () => world.openSource({ mailbox: 'anna' }, context(), 'mail'),
    () => graphConnector.openTarget(cloudConfig(sandbox, 2, '?via=imap'), context(), 'mail'),
  )
  expect((await migration.pass('content')).pass).toMatchObject({ migrated: 30, failed: 0 })
  expect((await migration.pass()).pass).toMatchObject({ migrated: 0, unchanged: 30 })
})

test('what a probe that was cut short has left behind goes with the next one, and nothing else does', async () => {
  const inbox = sandbox.mailbox(2).folders.wellKnown('inbox')!.id
  const [bytes, probedAt] = [specimen, { epochMs: specimenReceivedAtMs, offsetMinutes: 0 }]
  for (const receivedMs of [probedAt.epochMs, probedAt.epochMs + 1_000]) sandbox.mailbox(2).items.create(inbox, { message: mimeToMapi(bytes, { receivedMs, isRead: true }) })
  const world = new MemoryWorld()
  const mailbox = world.addMailbox('anna')
  mailbox.add(['Probed'], { bytes: message(401), receivedAt: receivedAt(1) })
  const migration = new MailMigration(
    await makeLedger('probed'),
    () => world.openSource({ mailbox: 'anna' }, context(), 'mail'),
    () => graphConnector.openTarget(cloudConfig(sandbox, 2), context(), 'mail'),
  )
  expect((await migration.pass()).pass).toMatchObject({ migrated: 1, failed: 0 })
  const left = sandbox.mailbox(2).items.list(inbox).filter(({ messageId }) => messageId === '<probe@mailvan.invalid>')
  expect(left.map(({ receivedMs }) => receivedMs)).toEqual([probedAt.epochMs + 1_000])
})

test('an invitation is recognised as what Exchange makes of it', async () => {
  const world = new MemoryWorld()
  const mailbox = world.addMailbox('anna')
  const calendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//EN', 'METHOD:REQUEST', 'BEGIN:VEVENT', 'UID:1@example.org', 'DTSTAMP:20240101T090000Z', 'DTSTART:20240108T090000Z', 'SUMMARY:Offer', 'END:VEVENT', 'END:VCALENDAR', '']
  const text = message(501).toString().replace('application/octet-stream; name=f501.bin\r\nContent-Transfer-Encoding: base64', 'text/calendar; method=REQUEST; charset=utf-8')
  const bytes = Buffer.from(text.replace(/\r\n\r\n[\w=+/\r\n]+--part--/, `\r\n\r\n${calendar.join('\r\n')}--part--`))
  mailbox.add(['Invited'], { bytes, receivedAt: receivedAt(1) })
  const open = async (name: string) =>
    new MailMigration(
      await makeLedger(name),
      () => world.openSource({ mailbox: 'anna' }, context(), 'mail'),
      () => graphConnector.openTarget(cloudConfig(sandbox, 2), context(), 'mail'),
    )
  expect((await (await open('invited')).pass('content')).pass).toMatchObject({ migrated: 1, failed: 0 })
  expect((await (await open('invited again')).pass()).pass).toMatchObject({ migrated: 0, alreadyThere: 1, failed: 0 })
})

test('nobody was sent anything', () => {
  expect(sandbox.tenant.store.outbox.count).toBe(0)
})
