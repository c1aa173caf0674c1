import { Buffer } from 'node:buffer'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countBy, digest } from './canonical-digest.ts'
import { corpusIsThere, corpusNote, emlMessages, mboxMessages } from './corpus.ts'
import type { CorpusMessage } from './corpus.ts'
import { migrate, toTableLine } from './migration.ts'
import { readRawMaildir, writeRawMaildir } from './raw-maildir.ts'

/** The least that a message can be, and what is hardest to keep in a file of many. */
const extremes: readonly CorpusMessage[] = [
  '',
  '\n',
  '\r\n',
  '\r',
  'x',
  'From somebody Sat Jan  1 00:00:00 2000\n',
  'Subject: quoted\n\n>From here\n\nFrom somebody Sat Jan  1 00:00:00 2000\nSubject: another\n\n>>From there\n\n\n',
  'Content-Length: 5\n\nlonger than five\n\nFrom a@example.org Sat Jan  1 00:00:00 2000\n\n',
].map((text, index) => {
  const receivedAt = new Date(Date.UTC(1970 + index * 9, 1, 29, 23, 59, index))
  return { name: `extreme ${index}`, folder: ['extremes'], bytes: Buffer.from(text), receivedAt, flags: ['\\Seen', 'corpus'] }
})

describe.skipIf(!corpusIsThere)(`the corpus comes back from every format${corpusNote}`, () => {
  const table: string[] = []
  let folder: string
  let messages: readonly CorpusMessage[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailvan-round-'))
    messages = [...emlMessages(), ...mboxMessages(), ...extremes]
    writeRawMaildir(join(folder, 'first'), messages)
  })

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
    console.log(`There and back, every copy read back and compared:\n  ${table.join('\n  ')}`)
  })

  test.each(['maildir', 'mbox', 'eml'])('%s: bytes, dates and flags are the same', async (format) => {
    const between = `${format}:${join(folder, format)}`
    const there = await migrate(`maildir:${join(folder, 'first')}`, between, join(folder, `home-to-${format}`))
    const back = await migrate(between, `maildir:${join(folder, `last-${format}`)}`, join(folder, `home-from-${format}`))
    table.push(toTableLine(`Maildir to ${format}`, there), toTableLine(`${format} to Maildir`, back))
    for (const told of [there, back]) {
      expect(told).toMatchObject({ exitCode: 0, migrated: messages.length, altered: { '': messages.length }, failed: {} })
    }
    expect(countBy(readRawMaildir(join(folder, `last-${format}`)), keyOf)).toEqual(countBy(messages, keyOf))
  })
})

/** A Maildir keeps line ends as Unix has them or as they came; readers give CRLF. */
function keyOf({ folder, bytes, receivedAt, flags }: CorpusMessage): string {
  const given = Buffer.from(bytes.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1')
  return [folder.join('/'), digest(given), receivedAt.toISOString(), flags.join(' ')].join(' | ')
}
