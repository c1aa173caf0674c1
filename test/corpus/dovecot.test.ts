import { Buffer } from 'node:buffer'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDovecot } from '../servers/dovecot.ts'
import type { DovecotServer } from '../servers/dovecot.ts'
import { withProbe } from '../servers/imap-probe.ts'
import type { ProbedMessage } from '../servers/imap-probe.ts'
import { canonical, changesOf, countBy, countShared, digest } from './canonical-digest.ts'
import { corpusIsThere, corpusNote, corpusRoot, emlMessages, mboxMessages } from './corpus.ts'
import type { CorpusMessage } from './corpus.ts'
import { migrate, toTableLine } from './migration.ts'
import { writeRawMaildir } from './raw-maildir.ts'

if (!corpusIsThere) console.log('The corpus lane is skipped: there is no ../shared/corpus.')

/** Dovecot stores no message of no bytes (2.3.19: `NO Can't save a zero byte message.`). */
const emptyCode = 'imap.append.empty'
const empty = ['a', 'b'].map(
  (name): CorpusMessage => ({ name, folder: ['eml', 'empty'], bytes: Buffer.alloc(0), receivedAt: new Date(0), flags: [] }),
)

describe.skipIf(!corpusIsThere)(`every message of the corpus arrives at Dovecot${corpusNote}`, () => {
  const eml = corpusIsThere ? emlMessages() : []
  const mbox = corpusIsThere ? mboxMessages() : []
  const table: string[] = []
  let folder: string
  let source: DovecotServer
  let target: DovecotServer

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailvan-corpus-'))
    ;[source, target] = await Promise.all([startDovecot({ tls: false }), startDovecot({ tls: false })])
  })

  afterAll(async () => {
    await Promise.all([source?.stop(), target?.stop()])
    await rm(folder, { recursive: true, force: true })
    console.log(`The corpus, every copy read back and compared:\n  ${table.join('\n  ')}`)
  })

  test('from Dovecot', async () => {
    const messages = [...eml, ...mbox]
    await appendAll(source, 'anna', messages)
    const seeded = await readAll(source, 'anna')
    expect(countBy(seeded, canonicalKey), 'Dovecot did something unknown to a message').toEqual(countBy(messages, expectedKey))
    // Not to be had by APPEND.
    writeRawMaildir(source.userMaildir('anna'), empty, source.owner)

    const told = await migrate(urlOf(source, 'anna'), urlOf(target, 'anna'), join(folder, 'dovecot'))
    table.push(toTableLine('Dovecot to Dovecot', told))
    expect(countBy(await readAll(target, 'anna'), exactKey)).toEqual(countBy(seeded, exactKey))
    expect(told).toMatchObject({ exitCode: 1, migrated: messages.length, altered: { '': messages.length } })
    expect(told.failed).toEqual({ [emptyCode]: empty.length })
  })

  test('from a Maildir', async () => {
    const messages = [...eml, ...mbox]
    writeRawMaildir(join(folder, 'maildir'), [...messages, ...empty])
    const told = await migrate(`maildir:${join(folder, 'maildir')}`, urlOf(target, 'from-maildir'), join(folder, 'home-maildir'))
    table.push(toTableLine('Maildir to Dovecot', told))
    const arrived = await readAll(target, 'from-maildir')
    expect(countBy(arrived, canonicalKey)).toEqual(countBy(messages, expectedKey))
    expect(countIdentical(messages, arrived)).toBe(told.altered[''])
    expect(told).toMatchObject({ exitCode: 1, migrated: messages.length, altered: expectedChanges(messages) })
    expect(told.failed).toEqual({ [emptyCode]: empty.length })
  })

  test('from .eml files', async () => {
    const tree = join(folder, 'eml')
    cpSync(join(corpusRoot, 'eml'), tree, { recursive: true })
    mkdirSync(join(tree, 'empty'))
    writeFileSync(join(tree, 'empty/a.eml'), '')
    const told = await migrate(`eml:${tree}`, urlOf(target, 'from-eml'), join(folder, 'home-eml'))
    table.push(toTableLine('.eml to Dovecot', told))
    const arrived = await readAll(target, 'from-eml')
    expect(countBy(arrived, ({ canonicalDigest }) => canonicalDigest)).toEqual(countBy(eml, digestKey))
    expect(countIdentical(eml, arrived)).toBe(told.altered[''])
    expect(told).toMatchObject({ exitCode: 1, migrated: eml.length, altered: expectedChanges(eml) })
    expect(told.failed).toEqual({ [emptyCode]: 1 })
  })

  test('from mbox files', async () => {
    const told = await migrate(`mbox:${join(corpusRoot, 'mbox')}`, urlOf(target, 'from-mbox'), join(folder, 'home-mbox'))
    table.push(toTableLine('mbox to Dovecot', told))
    // Two files end in the middle of a line: whether that is all of their last message is for a person to say.
    expect(told.failed).toEqual({ 'archive.mbox.truncated': 2 })
    const whole = mbox.filter(({ name }) => !/laminas-mail\/INBOX(?:\.unix)?\.mbox#7$/.test(name))
    expect(whole.length).toBe(mbox.length - 2)
    expect(told).toMatchObject({ exitCode: 1, migrated: whole.length, altered: { '': whole.length } })
    const arrived = await withProbe({ port: target.port, user: 'from-mbox' }, (probe) => probe.allMessages(withoutEnd))
    expect(countBy(arrived, ({ sha256 }) => sha256)).toEqual(countBy(whole, ({ bytes }) => digest(withoutEnd(bytes))))
  })
})

interface Read extends ProbedMessage {
  readonly canonicalDigest: string
}

/** Whether the last empty line of a message is its own or the mbox's, nobody knows for all dialects. */
function withoutEnd(bytes: Buffer): Buffer {
  return Buffer.from(canonical(bytes).toString('latin1').replace(/(?:\r\n)+$/, ''), 'latin1')
}

const exactKey = (one: Read): string => [one.folder, one.sha256, one.internalDate.toISOString(), one.flags.join(' ')].join(' | ')
const canonicalKey = (one: Read): string =>
  [one.folder, one.canonicalDigest, one.internalDate.toISOString(), one.flags.join(' ')].join(' | ')
const digestKey = ({ bytes }: CorpusMessage): string => digest(canonical(bytes))
const expectedKey = (one: CorpusMessage): string =>
  [one.folder.join('/'), digestKey(one), one.receivedAt.toISOString(), one.flags.join(' ')].join(' | ')

/** An archive gives messages with CRLF, as a server shows such a file: LF alone is no change, everything else is. */
function expectedChanges(messages: readonly CorpusMessage[]): Readonly<Record<string, number>> {
  return countBy(messages, ({ bytes }) => {
    const isReencoded = bytes.includes(0) && /^Content-Transfer-Encoding: binary/im.test(bytes.toString('latin1'))
    return isReencoded ? 'transfer-encoding' : changesOf(asGiven(bytes))
  })
}

function asGiven(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1')
}

function countIdentical(messages: readonly CorpusMessage[], arrived: readonly Read[]): number {
  const originals = countBy(messages, ({ bytes }) => digest(asGiven(bytes)))
  return countShared(originals, countBy(arrived, ({ sha256 }) => sha256))
}

function urlOf({ port }: DovecotServer, user: string): string {
  return `imap://${user}@127.0.0.1:${port}?tls=off`
}

async function appendAll({ port }: DovecotServer, user: string, messages: readonly CorpusMessage[]): Promise<void> {
  await withProbe({ port, user }, async (probe) => {
    for (const path of new Set(messages.map((message) => message.folder.join('/')))) await probe.create(path.split('/'))
    for (const { folder, bytes, receivedAt, flags } of messages) {
      await probe.append(folder, bytes, { internalDate: receivedAt, flags })
    }
  })
}

/** Everything that is not empty, read twice: as it is, and in its canonical form. */
async function readAll({ port }: DovecotServer, user: string): Promise<readonly Read[]> {
  return withProbe({ port, user }, async (probe) => {
    const exact = await probe.allMessages()
    const normal = await probe.allMessages(canonical)
    const read = exact.map((one, index): Read => ({ ...one, canonicalDigest: normal[index]?.sha256 ?? '' }))
    return read.filter(({ sizeBytes }) => sizeBytes > 0)
  })
}
