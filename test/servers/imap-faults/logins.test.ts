import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { imapConnector } from '../../../src/connectors/imap/index.ts'
import { type DovecotServer, startDovecot } from '../dovecot.ts'
import { freePort } from '../free-port.ts'
import { type ScriptedImapOptions, startScriptedImap } from '../scripted-imap.ts'
import { withProbe } from '../imap-probe.ts'
import { fill, range } from './fault-rig.ts'
import { refusalOf, withSource } from './open-side.ts'

const secret = 'kEEp-th1s-0ut'

let server: DovecotServer
beforeAll(async () => {
  server = await startDovecot({
    fsync: 'never',
    masterUser: 'admin',
    mechanisms: ['plain', 'login', 'scram-sha-256', 'xoauth2', 'oauthbearer'],
  })
  await withProbe({ port: server.port, user: 'anna' }, (probe) => fill(probe, ['INBOX'], range(0, 7)))
})
afterAll(() => server.stop())

const inboxItems = async (url: string, password: string): Promise<number | undefined> =>
  withSource(url, password, async (source) => (await source.discover()).find(({ role }) => role === 'inbox')?.status?.items)

async function scripted<T>(options: ScriptedImapOptions, work: (port: number) => Promise<T>): Promise<T> {
  const fake = await startScriptedImap(options)
  try {
    return await work(fake.port)
  } finally {
    await fake.stop()
  }
}

test('master-user login as user*master opens the mailbox of the user', async () => {
  expect(await inboxItems(`imap://anna*admin@127.0.0.1:${server.port}?tls=unverified&auth=plain`, 'pw')).toBe(7)
})

test('master-user login by SASL authorization identity opens the mailbox of the user', async () => {
  expect(await inboxItems(`imap://admin@127.0.0.1:${server.port}?tls=unverified&auth=plain&authzid=anna`, 'pw')).toBe(7)
})

test('the mailbox of a master login is another one in the ledger', () => {
  const name = (url: string) => imapConnector.canonicalUrl(imapConnector.parseUrl(url, {}))
  expect(name('imaps://admin@mail.example.org?authzid=anna')).not.toBe(name('imaps://admin@mail.example.org?authzid=ben'))
})

test('an authorization identity that the user may not use is an auth error', async () => {
  const error = await refusalOf(`imap://ben@127.0.0.1:${server.port}?tls=unverified&auth=plain&authzid=anna`, secret)
  expect(error).toMatchObject({ kind: 'auth' })
})

test('wrong password', async () => {
  const error = await refusalOf(`imap://anna@127.0.0.1:${server.port}?tls=unverified`, secret)
  expect(error).toMatchObject({ kind: 'auth', code: 'imap.auth.failed' })
})

test.each(['xoauth2', 'oauthbearer'])('an access token by %s opens the mailbox; a wrong and an expired one are auth errors', async (auth) => {
  const url = `imap://anna@127.0.0.1:${server.port}?tls=unverified&auth=${auth}`
  expect(await inboxItems(url, server.accessToken('anna'))).toBe(7)
  for (const token of [server.accessToken('anna', -60), secret, server.accessToken('ben')]) {
    const error = await refusalOf(url, token)
    expect(error).toMatchObject({ kind: 'auth', code: 'imap.auth.token-rejected', hint: expect.stringContaining('new one') })
  }
})

test('an access token where the server takes none', () =>
  scripted({ capability: 'IMAP4rev1 AUTH=PLAIN' }, async (port) => {
    // Asked for by name it is tried; the answer says why it is not to be had.
    const error = await refusalOf(`imap://anna@127.0.0.1:${port}?tls=off&auth=xoauth2`, secret)
    expect(error.kind).toBe('config')
  }))

test('STARTTLS that is not to be had: nothing secret is sent', async () => {
  const fake = await startScriptedImap()
  try {
    const error = await refusalOf(`imap://anna@127.0.0.1:${fake.port}`, secret)
    expect(error).toMatchObject({ kind: 'config', code: 'imap.tls.no-starttls', hint: expect.stringContaining('?tls=off') })
    expect(fake.commands.map(({ name }) => name)).toEqual(['STARTTLS'])
  } finally {
    await fake.stop()
  }
})

test('STARTTLS that is announced and refused', () =>
  scripted(
    { capability: 'IMAP4rev1 STARTTLS', handlers: { STARTTLS: (session, command) => session.answer(command, 'NO TLS is not available now') } },
    async (port) => {
      expect(await refusalOf(`imap://anna@127.0.0.1:${port}`, secret)).toMatchObject({ kind: 'config', code: 'imap.tls.no-starttls' })
    },
  ))

test('LOGINDISABLED and no mechanism: a sentence that says what to use', () =>
  scripted({ capability: 'IMAP4rev1 LOGINDISABLED' }, async (port) => {
    const error = await refusalOf(`imap://anna@127.0.0.1:${port}?tls=off`, secret)
    expect(error).toMatchObject({ kind: 'config', code: 'imap.auth.no-mechanism', hint: expect.stringContaining('TLS') })
  }))

const refusals: readonly (readonly [answer: string, kind: string, code: string])[] = [
  ['NO [PRIVACYREQUIRED] Plaintext authentication disallowed', 'config', 'imap.auth.privacy-required'],
  ['NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)', 'auth', 'imap.auth.failed'],
  ['NO [EXPIRED] Password expired', 'auth', 'imap.auth.expired'],
  ['NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833', 'auth', 'imap.auth.app-password-required'],
  ['NO Basic authentication is disabled.', 'config', 'imap.auth.disabled'],
  ['NO [UNAVAILABLE] Try later', 'transient', 'imap.auth.unavailable'],
  ['BAD command unknown', 'config', 'imap.auth.not-understood'],
]

test.each(refusals)('a login answered %s', async (answer, kind, code) => {
  await scripted({ handlers: { LOGIN: (session, command) => session.answer(command, answer) } }, async (port) => {
    expect(await refusalOf(`imap://anna@127.0.0.1:${port}?tls=off`, secret)).toMatchObject({ kind, code })
  })
})

test('a server that repeats the password in its refusal does not get it into the error', () =>
  scripted({ handlers: { LOGIN: (session, command) => session.answer(command, `NO Bad password ${secret}`) } }, async (port) => {
    await refusalOf(`imap://anna@127.0.0.1:${port}?tls=off`, secret)
  }))

test('a port where nothing listens', async () => {
  const error = await refusalOf(`imap://anna@127.0.0.1:${await freePort()}?tls=off`, secret)
  expect(error).toMatchObject({ kind: 'config', code: 'imap.connect.refused' })
})

test('a host that does not exist', async () => {
  const error = await refusalOf('imaps://anna@no-such-host.invalid', secret)
  expect(error).toMatchObject({ kind: 'config', code: 'imap.connect.unknown-host' })
})

test.each([
  ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['a POP3 server', '+OK ready\r\n'],
  ['an SSH server', 'SSH-2.0-OpenSSH_9.2\r\n'],
])('%s where IMAP was expected', async (name, greeting) => {
  const other = createServer((socket) => void socket.on('error', () => {}).end(greeting))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  try {
    const error = await refusalOf(`imap://anna@127.0.0.1:${(other.address() as AddressInfo).port}?tls=off`, secret)
    expect(error).toMatchObject({ kind: 'config', code: 'imap.connect.not-imap', message: expect.stringContaining(name.replace(/^an? /, '')) })
  } finally {
    await new Promise((resolve) => other.close(resolve))
  }
})
