import { createHash } from 'node:crypto'
import { chown, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { sampleFolders } from '../../src/sandbox/samples/sample-folders.ts'
import { generateSample } from '../../src/sandbox/samples/sample-mailbox.ts'
import type { SampleItem } from '../../src/sandbox/samples/sample-mailbox.ts'
import { writeSampleMaildir } from '../../src/sandbox/samples/write-sample-maildir.ts'
import { startDovecot } from './dovecot.ts'
import { withProbe } from './imap-probe.ts'

const size = { messages: 400, seed: 7 }
const imapNames: Readonly<Record<string, string>> = {
  $seen: '\\Seen',
  $answered: '\\Answered',
  $flagged: '\\Flagged',
  $draft: '\\Draft',
  $deleted: '\\Deleted',
}

function toLine(item: SampleItem): string {
  const digest = createHash('sha256').update(item.bytes).digest('hex')
  const flags = item.keywords.map((keyword) => imapNames[keyword] ?? keyword).sort()
  return [item.folderPath.join('/'), digest, item.bytes.length, item.receivedAt.toISOString(), ...flags].join(' ')
}

test('Dovecot reads the sample Maildir exactly as it was meant', async () => {
  const server = await startDovecot({ tls: false, createSpecialUse: false })
  try {
    const maildir = server.userMaildir('anna')
    await mkdir(dirname(maildir))
    if (process.getuid?.() === 0) await chown(dirname(maildir), server.owner.uid, server.owner.gid)
    const totals = writeSampleMaildir(maildir, { ...size, owner: server.owner })
    expect(totals).toMatchObject({ folders: 30, messages: 400 })
    await withProbe({ port: server.port, user: 'anna' }, async (probe) => {
      const found = (await probe.allMessages()).map((message) =>
        [
          message.folder,
          message.sha256,
          message.claimedSizeBytes,
          message.internalDate.toISOString(),
          ...message.flags,
        ].join(' '),
      )
      expect(found.sort()).toEqual(Array.from(generateSample(size), toLine).sort())
      const folders = await probe.folders()
      expect(folders.map((folder) => folder.path.join('/')).sort()).toEqual(
        sampleFolders.map((folder) => folder.path.join('/')).sort(),
      )
      const subscribed = await probe.connection.command('LSUB "" "*"')
      expect(subscribed.filter((response) => response.text.startsWith('* LSUB'))).toHaveLength(30)
    })
  } finally {
    await server.stop()
  }
})

test('the sample is the same for the same seed and holds what real mail holds', () => {
  const items = [...generateSample({ seed: 3 })]
  expect(Array.from(generateSample({ seed: 3 }), toLine)).toEqual(items.map(toLine))
  expect(items).toHaveLength(2_000)
  const digests = items.map((item) => createHash('sha256').update(item.bytes).digest('hex'))
  const duplicates = items.length - new Set(digests).size
  expect(duplicates).toBeGreaterThan(20)
  const headers = items.map((item) => Buffer.from(item.bytes).toString('latin1').split('\r\n\r\n')[0] ?? '')
  const countOf = (matches: (header: string) => boolean) => headers.filter(matches).length
  expect(countOf((header) => !/^Message-ID:/m.test(header))).toBeGreaterThan(30)
  expect(countOf((header) => !/^Date:/m.test(header))).toBeGreaterThan(5)
  expect(countOf((header) => /[\x80-\xff]/.test(header))).toBeGreaterThan(20)
  expect(countOf((header) => header.includes('multipart/mixed'))).toBeGreaterThan(100)
  expect(new Set(items.map((item) => item.receivedAt.getUTCFullYear())).size).toBeGreaterThanOrEqual(10)
  expect(items.some((item) => item.keywords.includes('Kunde-Wichtig'))).toBe(true)
})
