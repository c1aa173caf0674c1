import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerError, toMigrationError } from '../../src/connectors/imap/errors.ts'
import { openAppend } from '../../src/connectors/imap/protocol/append.ts'
import { authenticate, type Credentials, type Mechanism } from '../../src/connectors/imap/protocol/auth.ts'
import { startCompression } from '../../src/connectors/imap/protocol/compress.ts'
import { fetchBodies } from '../../src/connectors/imap/protocol/fetch-bodies.ts'
import { type FetchData, parseFetch } from '../../src/connectors/imap/protocol/fetch-response.ts'
import { openSession, type SessionOptions } from '../../src/connectors/imap/protocol/open-session.ts'
import { SelectedMailbox } from '../../src/connectors/imap/protocol/select-response.ts'
import type { Session } from '../../src/connectors/imap/protocol/session.ts'
import { type DovecotServer, startDovecot } from './dovecot.ts'
import { ImapProbe } from './imap-probe.ts'
import { startMeddler } from './meddler.ts'
import { startScriptedImap } from './scripted-imap.ts'

let server: DovecotServer
let authority: string
const opened: Session[] = []

beforeAll(async () => {
  server = await startDovecot({
    mechanisms: ['plain', 'login', 'scram-sha-256', 'xoauth2', 'oauthbearer'],
    masterUser: 'admin',
    appendSizeBytesMax: 30_000_000,
  })
  authority = readFileSync(server.caFile as string, 'utf8')
})
afterAll(async () => {
  for (const session of opened) session.destroy(new Error('the tests are over'))
  await server.stop()
})

async function connect(options: Partial<SessionOptions> = {}): Promise<Session> {
  const { session } = await openSession({
    host: '127.0.0.1',
    port: server.port,
    security: 'plain',
    tls: { isVerified: true, certificateAuthorities: [authority] },
    translate: toMigrationError,
    signal: new AbortController().signal,
    ...options,
  })
  opened.push(session)
  return session
}

async function logIn(user: string, options: Partial<SessionOptions> = {}): Promise<Session> {
  const session = await connect(options)
  expect((await authenticate(session, { type: 'password', user, password: 'pw' })).status).toBe('OK')
  return session
}

const digest = (text: Uint8Array) => createHash('sha256').update(text).digest('hex')
const receivedAt = { epochMs: Date.UTC(2017, 2, 5, 1, 2, 3), offsetMinutes: 60 }

/** A message of about this size, unlike any other. */
function makeMessage(number: number, sizeBytes: number): Buffer {
  const line = `${createHash('md5').update(`${number}`).digest('hex')} A${number} OK {${number}}\r\n* ${number} FETCH (x\r\n)\r\n`
  return Buffer.from(`Subject: ${number}\r\n\r\n${line.repeat(Math.max(1, Math.ceil(sizeBytes / line.length)))}`)
}

async function write(session: Session, mailbox: string, messages: readonly Buffer[], perCommand: number): Promise<number[]> {
  const answers = []
  for (let at = 0; at < messages.length; at += perCommand) {
    const append = await openAppend(session, mailbox)
    for (const content of messages.slice(at, at + perCommand)) {
      await append.add({ flags: ['\\Seen'], receivedAt, sizeBytes: content.length, content })
    }
    answers.push(append.end())
  }
  return (await Promise.all(answers)).flatMap((answer) => {
    expect(answer.status).toBe('OK')
    return answer.stored?.uids ?? []
  })
}

async function collect(content: Uint8Array | AsyncIterable<Uint8Array> | null): Promise<Buffer> {
  if (content === null || content instanceof Uint8Array) return Buffer.from(content ?? [])
  const chunks = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function readFolders(session: Session, folders: ReadonlyMap<string, readonly number[]>, perCommand: number) {
  const asked = [...folders].map(([name, uids]) => {
    session.execute(`EXAMINE ${name}`)
    const fetches = []
    for (let at = 0; at < uids.length; at += perCommand) fetches.push(fetchBodies(session, uids.slice(at, at + perCommand)))
    return { name, fetches }
  })
  const read: string[] = []
  for (const { name, fetches } of asked) {
    for (const { bodies } of fetches) {
      for await (const { uid, content } of bodies) read.push(`${name} ${uid} ${digest(await collect(content))}`)
    }
  }
  return read
}

describe('a session with Dovecot', () => {
  test.each([
    ['plain', 1],
    ['plain', 20],
    ['TLS', 20],
    ['compressed', 20],
  ])('%s: what was written by %i to a command is read back, folder by folder', async (way, perCommand) => {
    const tls = way === 'TLS' ? ({ security: 'tls', port: server.tlsPort } as const) : {}
    const session = await logIn(`copy-${way}-${perCommand}`, tls)
    if (way === 'compressed') expect(await startCompression(session)).toBe(true)
    const sizes = [100, 3_000, 40_000, 140_000, 70_000, 900, 1_300_000]
    const folders = new Map<string, readonly number[]>()
    const expected: string[] = []
    for (const name of ['a', 'b', 'c']) {
      const messages = Array.from({ length: 28 }, (_, index) =>
        makeMessage(index * 10 + name.charCodeAt(0), sizes[index % sizes.length] as number),
      )
      await session.execute(`CREATE ${name}`)
      const uids = await write(session, name, messages, perCommand)
      folders.set(name, uids)
      expected.push(...messages.map((message, index) => `${name} ${uids[index]} ${digest(message)}`))
    }
    expect(await readFolders(session, folders, 7)).toEqual(expected)
    await session.close()
  })

  test('plans many folders in one burst', async () => {
    const session = await logIn('plan')
    const names = Array.from({ length: 12 }, (_, index) => `f${index}`)
    for (const [index, name] of names.entries()) {
      session.execute(`CREATE ${name}`)
      if (index > 0) await write(session, name, Array.from({ length: index }, (_, at) => makeMessage(at, 10)), 50)
    }
    const planned = await Promise.all(
      names.map(async (name) => {
        const selected = new SelectedMailbox()
        const seen: FetchData[] = []
        session.execute(`EXAMINE ${name}`, selected)
        const fetched = session.execute('UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)', {
          onUntagged: (text, literals) => {
            const data = parseFetch(text, literals)
            if (data !== undefined) seen.push(data)
          },
        })
        return { selected, seen, status: (await fetched).status }
      }),
    )
    for (const [index, { selected, seen, status }] of planned.entries()) {
      expect(status).toBe('OK')
      expect(selected.messages).toBe(index)
      expect(selected.uidNext).toBe(index + 1)
      expect(seen.map(({ uid }) => uid)).toEqual(Array.from({ length: index }, (_, at) => at + 1))
      for (const [at, data] of seen.entries()) {
        expect(data.receivedAt?.epochMs).toBe(receivedAt.epochMs)
        expect(data.sizeBytes).toBe(makeMessage(at, 10).length)
        expect(data.flags).toContain('\\Seen')
      }
    }
    await session.close()
  })

  test('stores nothing of a command whose content fails midway', async () => {
    const session = await logIn('midway')
    const append = await openAppend(session, 'INBOX')
    const whole = makeMessage(1, 100)
    await append.add({ flags: [], receivedAt, sizeBytes: whole.length, content: whole })
    async function* failing() {
      yield whole
      throw new Error('the source is gone')
    }
    await expect(append.add({ flags: [], receivedAt, sizeBytes: 1_000_000, content: failing() })).rejects.toThrow('the source is gone')
    const probe = await ImapProbe.open({ port: server.port, user: 'midway' })
    expect(await probe.messages(['INBOX'])).toEqual([])
    await probe.close()
  })

  test('gets through without literals or MULTIAPPEND announced', async () => {
    const meddler = await startMeddler({
      targetPort: server.port,
      onServerLine: (line) => line.replace(/ (?:LITERAL\+|MULTIAPPEND|SASL-IR|UIDPLUS)/g, ''),
    })
    const session = await logIn('bare', { port: meddler.port })
    const messages = [makeMessage(1, 10), makeMessage(2, 200_000), Buffer.from('x')]
    await session.execute(['CREATE ', { literal: Buffer.from('with space') }])
    await write(session, '"with space"', messages, 1)
    expect(meddler.commandLines.filter((line) => /APPEND.*\{\d+\}$/.test(line))).toHaveLength(3)
    const read = await readFolders(session, new Map([['"with space"', [1, 2, 3]]]), 9)
    expect(read.map((one) => one.split(' ').pop())).toEqual(messages.map(digest))
    await session.close()
    await meddler.stop()
  })

  test('is lost in the middle of a literal and says so to everybody', async () => {
    const name = 'cut'
    const writer = await logIn(name)
    await write(writer, 'INBOX', [makeMessage(1, 500_000), makeMessage(2, 10)], 2)
    await writer.close()
    const meddler = await startMeddler({
      targetPort: server.port,
      onServerLine: (line, session) => {
        if (/BODY\[\] \{\d{6}\}$/.test(line)) session.cutInLiteral(100_000)
      },
    })
    const session = await logIn(name, { port: meddler.port })
    session.execute('EXAMINE INBOX')
    const { bodies, answer } = fetchBodies(session, [1, 2])
    const noop = session.execute('NOOP')
    const read = (async () => {
      for await (const { content } of bodies) await collect(content)
    })()
    await expect(read).rejects.toMatchObject({ kind: 'transient' })
    await expect(answer()).rejects.toMatchObject({ kind: 'transient' })
    await expect(noop).rejects.toMatchObject({ kind: 'transient' })
    await meddler.stop()
  })
})

describe('logging in to Dovecot', () => {
  const password: Credentials = { type: 'password', user: 'login', password: 'pw' }

  test.each<Mechanism>(['LOGIN', 'PLAIN', 'SCRAM-SHA-256'])('by %s', async (mechanism) => {
    const session = await connect()
    expect(await authenticate(session, password, mechanism)).toMatchObject({ status: 'OK', mechanism })
    expect(session.capabilities.has('UIDPLUS')).toBe(true)
    const refusing = await connect()
    const refused = await authenticate(refusing, { ...password, password: 'wrong' }, mechanism)
    expect(answerError(refused, { command: 'LOGIN' })).toMatchObject({ kind: 'auth', code: 'imap.auth.failed' })
    expect(refusing.isOpen).toBe(true)
  })

  test.each<Mechanism>(['XOAUTH2', 'OAUTHBEARER'])('by %s', async (mechanism) => {
    const session = await connect()
    const token = (lifetimeS?: number): Credentials => ({ type: 'token', user: 'token', token: server.accessToken('token', lifetimeS) })
    expect(await authenticate(session, token(), mechanism)).toMatchObject({ status: 'OK', mechanism })
    const refused = await authenticate(await connect(), token(-60), mechanism)
    expect(answerError(refused, { command: 'LOGIN', detail: refused.detail })).toMatchObject({
      kind: 'auth',
      code: 'imap.auth.token-rejected',
    })
  })

  test('as another user', async () => {
    const own = await logIn('owner')
    await write(own, 'INBOX', [makeMessage(1, 10)], 1)
    const master = await connect()
    await authenticate(master, { type: 'password', user: 'admin', password: 'pw', actAs: 'owner' }, 'PLAIN')
    const selected = new SelectedMailbox()
    expect((await master.execute('EXAMINE INBOX', selected)).status).toBe('OK')
    expect(selected.messages).toBe(1)
  })
})

describe('connecting', () => {
  test('verifies the certificate, by STARTTLS and by TLS', async () => {
    await logIn('tls', { security: 'starttls' })
    await logIn('tls', { security: 'tls', port: server.tlsPort })
    await logIn('tls', { security: 'starttls', host: 'localhost' })
    const stranger = { isVerified: true }
    const refused = { kind: 'config', code: expect.stringMatching(/^imap\.tls\.certificate-/) }
    await expect(connect({ security: 'starttls', tls: stranger })).rejects.toMatchObject(refused)
    await expect(connect({ security: 'tls', port: server.tlsPort, tls: stranger })).rejects.toMatchObject(refused)
    await logIn('tls', { security: 'tls', port: server.tlsPort, tls: { isVerified: false } })
    await logIn('tls', { security: 'starttls', tls: { isVerified: false } })
  })

  test('says so when host, port or kind of port are wrong', async () => {
    await expect(connect({ security: 'tls' })).rejects.toMatchObject({ kind: 'config', code: 'imap.tls.not-tls' })
    await expect(connect({ port: server.tlsPort, connectTimeoutMs: 300 })).rejects.toMatchObject({
      kind: 'config',
      code: 'imap.connect.silent',
      hint: expect.stringContaining('imaps://'),
    })
    await expect(connect({ host: 'no-such-host.invalid' })).rejects.toMatchObject({ kind: 'config' })
    await expect(connect({ port: 1 })).rejects.toMatchObject({ kind: 'config', code: 'imap.connect.refused' })
    await expect(connect({ port: 1, wasReached: true })).rejects.toMatchObject({ kind: 'transient' })
  })

  test('refuses a server without STARTTLS, one that is none, and one that is full', async () => {
    const plain = await startScriptedImap({ handlers: { STARTTLS: (session, command) => session.answer(command, 'BAD what') } })
    await expect(connect({ port: plain.port, security: 'starttls' })).rejects.toMatchObject({ code: 'imap.tls.no-starttls' })
    expect(plain.commands.map(({ name }) => name)).not.toContain('LOGIN')
    const known = await startScriptedImap({ greeting: '* PREAUTH [CAPABILITY IMAP4rev1] you are in' })
    await expect(connect({ port: known.port, security: 'starttls' })).rejects.toMatchObject({ code: 'imap.tls.no-starttls' })
    const web = await startScriptedImap({ greeting: 'HTTP/1.1 400 Bad Request' })
    await expect(connect({ port: web.port })).rejects.toMatchObject({ code: 'imap.connect.not-imap' })
    const full = await startScriptedImap({ greeting: '* BYE Too many connections' })
    await expect(connect({ port: full.port })).rejects.toMatchObject({ kind: 'throttled', code: 'sessions-limited' })
    await Promise.all([plain, known, web, full].map((one) => one.stop()))
  })

  test('takes nothing that was sent in the clear behind STARTTLS', async () => {
    const hostile = await startScriptedImap({
      handlers: { STARTTLS: (session, command) => session.send(`${command.tag} OK go\r\n* PREAUTH injected`) },
    })
    await expect(connect({ port: hostile.port, security: 'starttls' })).rejects.toMatchObject({ code: 'imap.protocol.garbage' })
    await hostile.stop()
  })

  test('ends with the signal, before, during and after', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const reason = new Error('cancelled')
    await expect(connect({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const during = new AbortController()
    const connecting = connect({ port: (silent.address() as AddressInfo).port, signal: during.signal })
    during.abort(reason)
    await expect(connecting).rejects.toBe(reason)
    const after = new AbortController()
    const session = await logIn('aborted', { signal: after.signal })
    const idle = session.execute('IDLE')
    after.abort(reason)
    await expect(idle).rejects.toBe(reason)
    await session.ended
    silent.close()
  })

  test('gives up on a server that hangs', async () => {
    const hanging = await startScriptedImap({ handlers: { NOOP: () => {} } })
    const session = await connect({ port: hanging.port, idleTimeoutMs: 200 })
    await expect(session.execute('NOOP')).rejects.toMatchObject({ kind: 'transient', code: 'imap.connection.silent' })
    await hanging.stop()
  })
})
