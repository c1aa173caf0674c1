import { Buffer } from 'node:buffer'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DovecotServer, startDovecot } from '../servers/dovecot.ts'
import { countBy } from './canonical-digest.ts'
import { corpusIsThere, corpusNote, corpusRoot, emlMessages, mboxMessages } from './corpus.ts'
import type { CorpusMessage } from './corpus.ts'
import { type Change, changes, differencesOf, refusedBy } from './exchange-changes.ts'
import { lostLines } from './lost-lines.ts'
import { type MailFacts, readFacts } from './mail-facts.ts'
import { toTableLine, type Told } from './migration.ts'
import { oddMail, oddReasons } from './odd-mail.ts'
import { readRawMaildir, writeRawMaildir } from './raw-maildir.ts'
import { TenantRoute } from './tenant-route.ts'

type Way = keyof typeof refusedBy

/** MAILVAN_CORPUS=whole takes every message through every way; otherwise it is each so-many-th, in the order of the files. */
const isWhole = process.env['MAILVAN_CORPUS'] === 'whole'
const ways: readonly { readonly way: Way; readonly each: number }[] = [
  { way: 'stream', each: 6 },
  { way: 'imap', each: 41 },
  { way: 'mime', each: 41 },
  { way: 'json', each: 37 },
]
const eachCalendar = 41
const hookMsMax = 120_000

/** Exchange's IMAP takes no line above 10,239 bytes (exchange.md 4.5). */
const linesTooLong = 'imap.append.refused'

/** A message and what came back of it. */
interface Pair extends CorpusMessage {
  readonly copy: CorpusMessage
}

describe.skipIf(!corpusIsThere)(`the corpus through a mailbox of Microsoft 365 and out again${corpusNote}`, () => {
  const table: string[] = []
  let folder: string
  let dovecot: DovecotServer
  let route: TenantRoute
  const mail = corpusIsThere ? [...emlMessages(), ...mboxMessages()].map(withDateOfItsOwn) : []
  const calendars = corpusIsThere ? calendarMails().map(withDateOfItsOwn) : []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailvan-fidelity-'))
    ;[dovecot, route] = await Promise.all([startDovecot({ tls: false }), TenantRoute.open(folder, ways.length + 1)])
  }, hookMsMax)

  afterAll(async () => {
    await route?.close()
    await dovecot?.stop()
    await rm(folder, { recursive: true, force: true })
    console.log(`The corpus through Microsoft 365 (a sandbox):\n  ${table.join('\n  ')}`)
  }, hookMsMax)

  /** From Dovecot into a mailbox in one of the ways, and out of it into a Maildir. */
  async function throughTenant(mailbox: number, name: string, way: Way, messages: readonly CorpusMessage[]): Promise<{ into: Told; pairs: readonly Pair[] }> {
    writeRawMaildir(dovecot.userMaildir(name), messages, dovecot.owner)
    const into = await route.migrate(`in-${name}`, `imap://${name}@127.0.0.1:${dovecot.port}?tls=off`, route.urlOf(mailbox, `?via=${way}`))
    const maildir = join(folder, name)
    const out = await route.migrate(`out-${name}`, route.urlOf(mailbox), `maildir:${maildir}`)
    expect(into.source).toBe(messages.length)
    const names = new Map(messages.map((message) => [message.receivedAt.toISOString(), message.name]))
    const failed = into.items.filter(({ fate }) => fate === 'failed').map(({ received, reason }) => `${names.get(String(received))}: ${reason}`)
    expect(failed.filter((one) => !(way === 'imap' && one.endsWith(linesTooLong)))).toEqual([])
    expect(out).toMatchObject({ exitCode: 0, source: into.migrated, migrated: into.migrated, altered: { '': into.migrated } })
    table.push(toTableLine(`${name}: in`, into), toTableLine(`${name}: out`, out))
    const copies = new Map(readRawMaildir(maildir).map((copy) => [copy.receivedAt.getTime(), copy]))
    expect(copies.size, 'every copy has a date of its own').toBe(into.migrated)
    const pairs = messages.flatMap((message) => {
      const copy = copies.get(message.receivedAt.getTime())
      return copy === undefined ? [] : [{ ...message, bytes: withCrlf(message.bytes), copy }]
    })
    expect(pairs.length, 'every copy has the date of an original').toBe(into.migrated)
    return { into, pairs }
  }

  test.each(ways)('mail by $way: what differs is known', async ({ way, each }) => {
    const messages = mail.filter((_, index) => isWhole || index % each === 0)
    const { into, pairs } = await throughTenant(ways.findIndex((one) => one.way === way), way, way, messages)
    expect(into.migrated + (into.failed[linesTooLong] ?? 0)).toBe(messages.length)
    for (const { name, folder: path, flags, copy } of pairs) {
      expect({ path: copy.folder, flags: copy.flags }, name).toEqual({ path, flags: keptFlags(flags, way) })
    }

    const changed = pairs.filter(({ bytes, copy }) => !bytes.equals(copy.bytes))
    const [before, after] = [readFacts(changed.map(({ bytes }) => bytes)), readFacts(changed.map(({ copy }) => copy.bytes))]
    const met: Change[] = []
    const unknown: string[] = []
    const odd: string[] = []
    let same = 0
    changed.forEach((pair, index) => {
      const [original, copy] = [before[index], after[index]]
      if (original === undefined || copy === undefined) return void unknown.push(`${pair.name}: Python cannot read it`)
      const found = differencesOf({ original, copy, bytes: pair.bytes })
      const isDraftByJson = way === 'mime' && pair.flags.includes('\\Draft')
      const refused = refusedBy[isDraftByJson ? 'json' : way]
      const wrong = found.flatMap((one) => ('unknown' in one ? [one.unknown] : refused.includes(one.change) ? [one.change] : []))
      met.push(...new Set(found.flatMap((one) => ('change' in one ? [one.change] : []))))
      if (found.length === 0) same++
      if (wrong.length === 0) return
      if (oddMail[pair.name] === undefined) unknown.push(`${pair.name}: ${wrong.join('; ')}`)
      else odd.push(...oddities(pair, original, copy, way))
    })
    expect(unknown).toEqual([])
    expect(odd).toEqual([])
    table.push(...summary(way, { pairs: pairs.length, identical: pairs.length - changed.length, same, met: countBy(met, (one) => one) }))
  })

  test('calendars in mail: each comes back with its mail', async () => {
    const messages = calendars.filter((_, index) => isWhole || index % eachCalendar === 0)
    const { into, pairs } = await throughTenant(ways.length, 'calendars', 'stream', messages)
    expect(into).toMatchObject({ exitCode: 0, migrated: messages.length })
    const [before, after] = [readFacts(pairs.map(({ bytes }) => bytes)), readFacts(pairs.map(({ copy }) => copy.bytes))]
    const lost = pairs.filter((_, index) => !hasCalendar(after[index]) || fieldsOf(before[index]) !== fieldsOf(after[index]))
    expect(lost.map(({ name }) => name)).toEqual([])
  })

  test.runIf(isWhole)('each change is met, and each odd message is odd', () => {
    const told = table.join('\n')
    expect(Object.keys(changes).filter((change) => !told.includes(change))).toEqual([])
    expect(Object.keys(oddMail).filter((name) => !mail.some((message) => message.name === name))).toEqual([])
  })
})

/** Streams and IMAP have one conversion, so of them the lines that are gone are counted; Graph leaves out more of such mail. */
function oddities(pair: Pair, original: MailFacts, copy: MailFacts, way: Way): readonly string[] {
  const { reason, linesGone } = oddMail[pair.name]!
  const gone = lostLines({ bytes: pair.bytes, facts: original }, { bytes: pair.copy.bytes, facts: copy })
  const isAsKnown = way === 'stream' || way === 'imap' ? gone.length === linesGone : true
  return isAsKnown ? [] : [`${pair.name} (${oddReasons[reason]}): ${gone.length} lines are gone, such as ${gone[0]}`]
}

/** IMAP's mark for EXPUNGE is no property of a message; by IMAP Exchange keeps no keywords (RFC 9051 section 7.1, PERMANENTFLAGS). */
function keptFlags(flags: readonly string[], way: Way): readonly string[] {
  return flags.filter((flag) => flag !== '\\Deleted' && (way !== 'imap' || flag.startsWith('\\')))
}

/** The key by which a copy is found again: whole seconds, in no order of anything else. */
function withDateOfItsOwn<T extends { readonly bytes: Buffer }>(message: T, index: number): T & { readonly receivedAt: Date } {
  return { ...message, receivedAt: new Date(Date.UTC(1999, 2, 30, 1, 59, 58) + index * 100_337_000) }
}

/** As an archive and a server show a file. */
function withCrlf(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1')
}

/** The calendars of the corpus, each in an invitation. */
function calendarMails(): readonly Omit<CorpusMessage, 'receivedAt'>[] {
  const root = join(corpusRoot, 'ics')
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map((entry, index) => {
    const path = join(entry.parentPath, entry.name)
    const lines = readFileSync(path).toString('base64').match(/.{1,76}/g) ?? []
    const header = [
      'From: organizer@example.com',
      'To: attendee@example.com',
      `Subject: calendar ${index}`,
      'Date: Mon, 02 Mar 2026 10:00:00 +0000',
      `Message-ID: <ics-${index}@example.com>`,
      'MIME-Version: 1.0',
      'Content-Type: text/calendar; charset=utf-8; method=REQUEST',
      'Content-Transfer-Encoding: base64',
    ]
    return { name: relative(corpusRoot, path), folder: ['ics'], bytes: Buffer.from([...header, '', ...lines, ''].join('\r\n')), flags: [] }
  })
}

function hasCalendar(facts: MailFacts | undefined): boolean {
  return facts?.leaves.some(({ type }) => type === 'text/calendar') === true
}

/** Subject, people and ids; the fields of the structure are made anew. */
function fieldsOf(facts: MailFacts | undefined): string {
  return (facts?.fields ?? []).filter(([name]) => !/^(?:mime-|content-)/.test(name)).map((field) => field.join(': ')).join('\n')
}

function summary(way: Way, { pairs, identical, same, met }: { pairs: number; identical: number; same: number; met: Readonly<Record<string, number>> }): readonly string[] {
  const rows = Object.entries(met).toSorted(([, one], [, other]) => other - one)
  if (process.env['MAILVAN_CORPUS_COUNTS'] !== undefined) writeFileSync(join(process.env['MAILVAN_CORPUS_COUNTS'], `${way}.json`), JSON.stringify({ pairs, identical, same, met }))
  return [`${way}: ${pairs} messages, the same to the byte ${identical}, the same for every reader ${same}`, ...rows.map(([name, count]) => `  ${String(count).padStart(4)}  ${name}: ${changes[name as Change]}`)]
}
