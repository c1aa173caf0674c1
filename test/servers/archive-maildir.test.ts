import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { chownSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveConnector } from '../../src/connectors/archive/index.ts'
import type { Folder } from '../../src/core/model/folder.ts'
import type { ItemRef } from '../../src/core/model/item.ts'
import type { Reader } from '../../src/core/ports/connector.ts'
import { museum } from '../conformance/museum.ts'
import { readAll, refsOf, testContext, toDelivery, writeAll } from '../conformance/reading.ts'
import { startDovecot, type DovecotServer } from './dovecot.ts'
import { withProbe } from './imap-probe.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startDovecot({ tls: false })
})
afterAll(() => server?.stop())

const login = (user: string) => ({ host: server.host, port: server.port, user, password: server.password })

const open = (side: 'openSource' | 'openTarget', user: string) =>
  archiveConnector[side]({ scheme: 'maildir', path: server.userMaildir(user) }, testContext())

/** Files made by this process belong to Dovecot's user, as they would on a server. */
function giveToServer(directory: string): void {
  const { uid, gid } = server.owner
  chownSync(directory, uid, gid)
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
    chownSync(join(directory, entry), uid, gid)
}

async function everything(reader: Reader) {
  const found: { folder: Folder; refs: readonly ItemRef[] }[] = []
  for (const folder of await reader.discover())
    if (folder.holdsItems) found.push({ folder, refs: await refsOf(reader, folder) })
  return found
}

const toFlag = (keyword: string) =>
  /^\$(seen|answered|flagged|draft|deleted)$/.test(keyword)
    ? `\\${keyword[1]!.toUpperCase()}${keyword.slice(2)}`
    : keyword

describe('a Maildir that this program wrote', () => {
  it('is the same mailbox in Dovecot', async () => {
    mkdirSync(dirname(server.userMaildir('written')), { recursive: true })
    const target = await archiveConnector.openTarget(
      { scheme: 'maildir', path: server.userMaildir('written') },
      testContext(),
    )
    const paths = [['INBOX'], ['Entwürfe', '2026 📬'], ['R&D'], ['INBOX', 'sub']]
    const pieces = museum(100_000).filter((piece) => !piece.mayBeRefused && !piece.name.startsWith('year-'))
    const keywords = ['$flagged', '$seen', 'Receipts', '$Forwarded']
    for (const path of paths) {
      const { id } = await target.ensureFolder(path, { isSubscribed: true })
      const { error } = await writeAll(
        target,
        pieces.map((piece, number) => toDelivery({ ...piece, keywords }, id, number)),
      )
      expect(error).toBeUndefined()
    }
    await target.close()
    giveToServer(dirname(server.userMaildir('written')))
    await withProbe(login('written'), async (probe) => {
      const folders = (await probe.folders()).map((folder) => folder.path.join('/'))
      for (const path of paths) expect(folders).toContain(path.join('/'))
      // Dovecot 2.3.19 shows bare LF as CRLF, and NUL as 0x80.
      const toServerForm = (bytes: Uint8Array) =>
        Buffer.from(
          Buffer.from(bytes)
            .toString('latin1')
            .replace(/(?<!\r)\n/g, '\r\n')
            .replaceAll('\0', '\x80'),
          'latin1',
        )
      const expected = pieces
        .map((piece) => `${hash('sha256', toServerForm(piece.bytes))} ${piece.receivedAt.epochMs}`)
        .toSorted()
      for (const path of paths) {
        const messages = await probe.messages(path)
        expect(messages.map((one) => `${one.sha256} ${one.internalDate.getTime()}`).toSorted()).toEqual(expected)
        for (const one of messages) {
          expect(one.claimedSizeBytes).toBe(one.sizeBytes)
          expect(one.flags.toSorted()).toEqual(keywords.map(toFlag).toSorted())
        }
      }
    })
    const subscribed = execFileSync('doveadm', ['-c', server.configFile, 'mailbox', 'list', '-s', '-u', 'written'], {
      encoding: 'utf8',
    })
    for (const path of paths) expect(subscribed.split('\n')).toContain(path.join('/'))
  })
})

describe('a Maildir that Dovecot wrote', () => {
  it('is the same mailbox in this program', async () => {
    await withProbe(login('server'), async (probe) => {
      for (const path of [['Entwürfe'], ['Entwürfe', 'alt & neu']]) {
        await probe.create(path)
        for (const [number, flags] of [
          ['\\Seen'],
          ['\\Answered', '\\Deleted', 'Receipts'],
          ['$Forwarded', '\\Draft'],
        ].entries()) {
          const bytes = Buffer.from(`Subject: ${number}\r\n\r\n${path.join(' ')}\r\n`)
          await probe.append(path, bytes, { flags, internalDate: new Date(Date.UTC(2001, number, 1)) })
        }
      }
      const there = await probe.allMessages()
      expect(there).toHaveLength(6)
      const source = await open('openSource', 'server')
      const found = []
      for (const { folder, refs } of await everything(source)) {
        for (const { ref, digest } of await readAll(source, refs)) {
          const flags = ref.keywords.map(toFlag).toSorted()
          found.push([folder.path.join('/'), digest, flags, ref.receivedAt.epochMs, ref.sizeBytes])
        }
      }
      const expected = there.map((one) => [
        one.folder,
        one.sha256,
        one.flags.toSorted(),
        one.internalDate.getTime(),
        one.sizeBytes,
      ])
      const sorted = (list: unknown[]) => list.map((one) => JSON.stringify(one)).toSorted()
      expect(sorted(found)).toEqual(sorted(expected))
    })
  })
})
