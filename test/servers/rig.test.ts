import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:tls'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDovecot } from './dovecot.ts'
import type { DovecotServer } from './dovecot.ts'
import { ImapConnection } from './imap-connection.ts'
import { ImapProbe, withProbe } from './imap-probe.ts'
import { differenceOf, toMultiset } from './message-multiset.ts'

const message = Buffer.from('Subject: Gr\xfc\xdfe\r\n\r\nText {5}\r\n', 'latin1')

describe('a Dovecot with everything', () => {
  let server: DovecotServer
  beforeAll(async () => {
    server = await startDovecot({
      mechanisms: ['plain', 'login', 'scram-sha-256', 'xoauth2', 'oauthbearer'],
      masterUser: 'admin',
      appendSizeBytesMax: 50_000,
      quotaBytes: 120_000,
      specialUse: { Sent: 'Gesendete Objekte', Trash: 'Papierkorb' },
    })
  })
  afterAll(() => server.stop())

  test('keeps the bytes, flags and date that were appended', async () => {
    await withProbe({ port: server.port, user: 'bytes' }, async (probe) => {
      await probe.create(['Проекты', 'A & B'])
      const internalDate = new Date('2017-03-05T01:02:03Z')
      const uid = await probe.append(['Проекты', 'A & B'], message, { flags: ['\\Seen', 'Kunde'], internalDate })
      const [found] = await probe.messages(['Проекты', 'A & B'])
      expect(found).toMatchObject({ uid, flags: ['Kunde', '\\Seen'], internalDate, sizeBytes: message.length })
      expect(await probe.body(['Проекты', 'A & B'], uid)).toEqual(message)
      expect((await probe.allStatus()).get('Проекты/A & B')).toMatchObject({ messages: 1, uidNext: uid + 1 })
    })
  })

  test('shows localized special-use folders', async () => {
    await withProbe({ port: server.port, user: 'roles' }, async (probe) => {
      const sent = (await probe.folders()).find((folder) => folder.attributes.includes('\\sent'))
      expect(sent?.path).toEqual(['Gesendete Objekte'])
    })
  })

  test('speaks TLS with a certificate that its authority vouches for', async () => {
    const login = { port: server.tlsPort, user: 'tls', caFile: server.caFile as string }
    expect(await withProbe(login, (probe) => probe.messages(['INBOX']))).toEqual([])
    const untrusted = Promise.withResolvers<Error>()
    connect({ host: 'localhost', port: server.tlsPort }).once('error', untrusted.resolve)
    expect((await untrusted.promise).message).toMatch(/certificate|issuer/)
  })

  test('lets the master user and token holders in, and nobody with a wrong password', async () => {
    await withProbe({ port: server.port, user: 'anna*admin' }, (probe) => probe.append(['INBOX'], message))
    expect(await withProbe({ port: server.port, user: 'anna' }, (probe) => probe.messages(['INBOX']))).toHaveLength(1)
    await expect(ImapProbe.open({ port: server.port, user: 'anna', password: 'wrong' })).rejects.toThrow(/refused: NO/)
    const bearer = (token: string) => Buffer.from(`user=anna\x01auth=Bearer ${token}\x01\x01`).toString('base64')
    const connection = await ImapConnection.connect({ port: server.port })
    await connection.command(`AUTHENTICATE XOAUTH2 ${bearer(server.accessToken('anna'))}`)
    await connection.close()
  })

  test('refuses what is too large for a message and what is too much for the quota', async () => {
    await withProbe({ port: server.port, user: 'full' }, async (probe) => {
      const capabilities = (await probe.connection.command('CAPABILITY'))[0]?.text
      expect(capabilities).toContain('APPENDLIMIT=50000')
      expect(capabilities).toContain('COMPRESS=DEFLATE')
      await expect(probe.append(['INBOX'], Buffer.alloc(50_001, 'a'))).rejects.toThrow('[LIMIT]')
      await probe.append(['INBOX'], Buffer.alloc(49_000, 'a'))
      await probe.append(['INBOX'], Buffer.alloc(49_000, 'b'))
      await expect(probe.append(['INBOX'], Buffer.alloc(49_000, 'c'))).rejects.toThrow('[OVERQUOTA]')
    })
  })
})

test('a server with a prefix, another separator, few capabilities and sdbox', async () => {
  const server = await startDovecot({
    separator: '.',
    namespacePrefix: 'INBOX.',
    capability: 'IMAP4rev1 UIDPLUS NAMESPACE',
    storage: 'sdbox',
    tls: false,
    specialUse: {},
    sessionsMax: 1,
  })
  try {
    await withProbe({ port: server.port, user: 'plain' }, async (probe) => {
      expect((await probe.connection.command('CAPABILITY'))[0]?.text).toBe('* CAPABILITY IMAP4rev1 UIDPLUS NAMESPACE')
      await probe.create(['Lists', 'ietf'])
      await probe.append(['Lists', 'ietf'], message)
      expect(probe.rawName(['Lists', 'ietf'])).toBe('INBOX.Lists.ietf')
      expect(await probe.allMessages()).toMatchObject([{ folder: 'Lists/ietf' }])
      await expect(ImapProbe.open({ port: server.port, user: 'plain' })).rejects.toThrow(/Maximum number/)
    })
  } finally {
    await server.stop()
  }
})

test('stopping ends open sessions and leaves no files behind', async () => {
  const server = await startDovecot({ tls: false })
  const connection = await ImapConnection.login({ port: server.port, user: 'left' })
  expect(await readFile(server.logFile, 'utf8')).toContain('Login: user=<left>')
  await server.stop()
  await expect(connection.command('NOOP')).rejects.toThrow()
  expect(existsSync(dirname(server.configFile))).toBe(false)
  await server.stop()
})

test('what does not come up says so in words', async () => {
  await expect(startDovecot({ tls: false, extraConfig: 'foo = bar' })).rejects.toThrow(/Unknown setting: foo/)
})

test('multisets see a message in the wrong folder and a doubled one', () => {
  const facts = { uid: 1, flags: [], internalDate: new Date(0), claimedSizeBytes: 1, sizeBytes: 1 }
  const one = { ...facts, folder: 'A', sha256: 'x' }
  const source = toMultiset([one, { ...one, folder: 'B' }])
  expect(differenceOf(source, toMultiset([one, one]))).toEqual({ missing: ['B | x'], surplus: ['A | x'] })
  expect(differenceOf(source, source)).toEqual({ missing: [], surplus: [] })
})
