import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attachmentProperties } from '../../src/formats/mapi/attachment-properties.ts'
import type { MapiAttachment, MapiMessage } from '../../src/formats/mapi/message.ts'
import { essenceDigest, mailEssence } from '../../src/formats/mime/mail-essence.ts'
import { mimeToMapi } from '../../src/formats/mime/mime-to-mapi.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { toImapDate } from '../servers/imap-probe.ts'
import { corpusIsThere, corpusNote, corpusRoot, emlMessages, mboxMessages } from './corpus.ts'
import { residentBytes, SandboxClient } from './sandbox-client.ts'

/**
 * What a message shows: its bytes, or for one with a calendar its essence and the calendar without the times at which the
 * store last wrote it, since importing is writing.
 */
function shownContent(bytes: Buffer): string {
  if (!hasCalendar(bytes)) return `${bytes.length} ${hash('sha256', bytes)}`
  const calendars = calendarParts(mimeToMapi(bytes))
    .map(({ properties }) => Buffer.from(properties.get(attachmentProperties.data) ?? []).toString('utf8'))
    .map((ics) => hash('sha256', ics.replaceAll(/^(?:LAST-MODIFIED|DTSTAMP):.*$/gm, '')))
  return `${restDigest(bytes)} ${calendars.join()}`
}

function hasCalendar(bytes: Buffer): boolean {
  return /^content-type: *text\/calendar/im.test(bytes.toString('latin1'))
}

function calendarParts({ attachments }: MapiMessage): readonly MapiAttachment[] {
  return attachments.filter(({ properties }) => properties.get(attachmentProperties.mimeType) === 'text/calendar')
}

/** The essence without calendar parts: Exchange makes a meeting of them and writes them anew. */
function restDigest(bytes: Buffer): string {
  const message = mimeToMapi(bytes)
  const calendars = calendarParts(message)
  return essenceDigest(mailEssence({ ...message, attachments: message.attachments.filter((each) => !calendars.includes(each)) }))
}

/** What is in the first list and, counting copies, not in the second. */
function differenceOf(first: readonly string[], second: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const key of second) counts.set(key, (counts.get(key) ?? 0) + 1)
  return first.filter((key) => {
    const left = counts.get(key) ?? 0
    counts.set(key, left - 1)
    return left <= 0
  })
}

/** What comes back changed beyond Exchange's known conversion, and why. */
const explained = {
  'eml/james-project/eml/related_in_alternative_multipart.eml': 'a body without a header: the meeting in it gives subject and sender',
}

/** What Exchange's IMAP does not take; everything else has to arrive. */
const refusals = [
  // exchange.md 4.5: lines above 10,239 bytes.
  /Command Argument Error\. 11/,
  // A message of no bytes is no message to any server.
  /BAD .*(?:empty|Invalid|missing)/i,
]

describe.skipIf(!corpusIsThere)(`the corpus through a sandbox${corpusNote}`, () => {
  let sandbox: Sandbox
  const defects: unknown[] = []
  let from: SandboxClient
  let to: SandboxClient

  beforeAll(async () => {
    sandbox = await startSandbox({
      tenants: ['contoso', 'fabrikam'],
      port: 0,
      users: 1,
      messagesPerUser: 0,
      profile: 'none',
      timeFactor: 1,
      isSecure: false,
      onDefect: (error) => defects.push(error),
    })
    ;[from, to] = [await SandboxClient.open(sandbox, 0), await SandboxClient.open(sandbox, 1)]
  })
  afterAll(async () => {
    await Promise.all([from?.close(), to?.close()])
    await sandbox?.close()
    expect(defects).toEqual([])
  })

  /** Takes mail in by IMAP, moves it between the tenants by export and import, and reads both sides by IMAP. */
  async function migrate(folder: string, messages: readonly { name: string; bytes: Buffer; flags: readonly string[]; receivedAt: Date }[]) {
    const [sourceFolder, targetFolder] = [await from.makeFolder(folder), await to.makeFolder(folder)]
    const taken: (typeof messages)[number][] = []
    const refused = new Map<string, string>()
    for (const message of messages) {
      // Exchange has no keywords of users' own (exchange.md 4.5).
      const flags = message.flags.filter((flag) => /^[\\$]/.test(flag))
      const why = await from.append(folder, message.bytes, flags, toImapDate(message.receivedAt))
      if (why === undefined) taken.push(message)
      else refused.set(message.name, why)
    }
    const ids = await from.itemIds(sourceFolder)
    expect(ids).toHaveLength(taken.length)
    await to.importItems(targetFolder, await from.exportItems(ids))
    const source = await from.messages()
    const target = await to.messages()
    // What one tenant shows is what the other shows, to the byte. The mark for EXPUNGE belongs to IMAP alone.
    const shown = ({ flags, internalDate, bytes }: (typeof source)[number]) =>
      `${internalDate} (${flags.replace(/ ?\\Deleted/, '')}) ${shownContent(bytes)}`
    const names = new Map(source.map((each, index) => [shown(each), taken[index]!.name]))
    const missing = differenceOf(source.map(shown), target.map(shown)).map((key) => names.get(key))
    expect(missing).toEqual([])
    expect(target).toHaveLength(source.length)
    return { taken, refused, source }
  }

  test('mail: nothing is lost on the way in, out, in and out', async () => {
    const all = [...emlMessages(), ...mboxMessages()]
    const { taken, refused, source } = await migrate('Corpus', all)
    for (const [name, why] of refused) expect(refusals.some((rule) => rule.test(why)), `${name}: ${why}`).toBe(true)
    expect(taken.length).toBeGreaterThan(all.length * 0.95)
    const changed = taken.filter(({ bytes }, index) => restDigest(bytes) !== restDigest(source[index]!.bytes)).map(({ name }) => name)
    expect(changed).toEqual(Object.keys(explained))
    expect(residentBytes()).toBeLessThan(1_500_000_000)
  })

  test('calendars: each one is taken in as a meeting mail and comes out the same in the other tenant', async () => {
    const root = join(corpusRoot, 'ics')
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const messages = files.map((entry, index) => {
      const ics = readFileSync(join(entry.parentPath, entry.name)).toString('base64')
      const lines = ics.match(/.{1,76}/g) ?? []
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
      return { name: join(entry.parentPath, entry.name), bytes: Buffer.from([...header, '', ...lines, ''].join('\r\n')), flags: [], receivedAt: new Date(Date.UTC(2026, 2, 2)) }
    })
    const { taken, refused } = await migrate('Calendars', messages)
    expect([...refused.values()]).toEqual([])
    expect(taken.length).toBe(files.length)
    expect(sandbox.tenants.map(({ store }) => store.outbox.count)).toEqual([0, 0])
  })
})
