import { describe, expect, it } from 'vitest'
import { authenticate, chooseMechanism, type Credentials } from '../../../src/connectors/imap/protocol/auth.ts'
import { ScramClient } from '../../../src/connectors/imap/protocol/scram.ts'
import { openFake } from './fake-transport.ts'

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')
const password: Credentials = { type: 'password', user: 'alice', password: 'sésame "1"' }
const token: Credentials = { type: 'token', user: 'alice@example.org', token: 'ya29.tok' }
const inText = 'A1 OK [CAPABILITY IMAP4rev1 UIDPLUS] in\r\n'

describe('the way to log in', () => {
  it.each([
    ['IMAP4rev1', password, 'LOGIN'],
    ['IMAP4rev1 AUTH=PLAIN', password, 'LOGIN'],
    ['IMAP4rev1 AUTH=PLAIN SASL-IR', password, 'PLAIN'],
    ['IMAP4rev1 AUTH=PLAIN LOGINDISABLED', password, 'PLAIN'],
    ['IMAP4rev1 AUTH=PLAIN AUTH=SCRAM-SHA-256', password, 'SCRAM-SHA-256'],
    ['IMAP4rev1 AUTH=PLAIN', { ...password, actAs: 'bob' }, 'PLAIN'],
    ['IMAP4rev1 AUTH=XOAUTH2', token, 'XOAUTH2'],
    ['IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER', token, 'OAUTHBEARER'],
  ] as const)('for %s', async (capabilities, credentials, mechanism) => {
    const { session } = await openFake(capabilities)
    expect(chooseMechanism(session, credentials)).toBe(mechanism)
  })

  it.each([
    ['IMAP4rev1 LOGINDISABLED', password],
    ['IMAP4rev1', { ...password, actAs: 'bob' }],
    ['IMAP4rev1 AUTH=PLAIN', token],
  ] as const)('is missing for %s', async (capabilities, credentials) => {
    const { session } = await openFake(capabilities)
    await expect(authenticate(session, credentials)).rejects.toMatchObject({ kind: 'config', code: 'imap.auth.no-mechanism' })
  })
})

describe('LOGIN', () => {
  it('quotes what needs it and learns what is announced', async () => {
    const { session, server } = await openFake('IMAP4rev1')
    const answer = authenticate(session, password)
    expect(await server.written()).toBe(`A1 LOGIN alice "s\xc3\xa9same \\"1\\""\r\n`)
    server.say(inText)
    expect(await answer).toMatchObject({ status: 'OK', mechanism: 'LOGIN' })
    expect(session.capabilities.has('UIDPLUS')).toBe(true)
  })

  it('asks for capabilities that were not told', async () => {
    const { session, server } = await openFake('IMAP4rev1')
    const answer = authenticate(session, password)
    await server.written()
    server.say('A1 OK in\r\n')
    expect(await server.written()).toBe('A2 CAPABILITY\r\n')
    server.say('* CAPABILITY IMAP4rev1 MULTIAPPEND\r\nA2 OK\r\n')
    await answer
    expect(session.capabilities.has('MULTIAPPEND')).toBe(true)
  })

  it('gives a refusal as an answer', async () => {
    const { session, server } = await openFake('IMAP4rev1')
    const answer = authenticate(session, password)
    server.say('A1 NO [AUTHENTICATIONFAILED] no\r\n')
    expect(await answer).toMatchObject({ status: 'NO', code: { name: 'AUTHENTICATIONFAILED' } })
  })
})

describe('PLAIN', () => {
  it('goes in one line with SASL-IR, for a master user too', async () => {
    const { session, server } = await openFake('IMAP4rev1 AUTH=PLAIN SASL-IR')
    const answer = authenticate(session, { type: 'password', user: 'master', password: 'pw', actAs: 'bob' })
    expect(await server.written()).toBe(`A1 AUTHENTICATE PLAIN ${base64('bob\0master\0pw')}\r\n`)
    server.say(inText)
    expect((await answer).status).toBe('OK')
  })

  it('waits for the server without, and holds back what follows', async () => {
    const { session, server } = await openFake('IMAP4rev1 AUTH=PLAIN LOGINDISABLED')
    const answer = authenticate(session, password)
    session.execute('NOOP')
    expect(await server.written()).toBe('A1 AUTHENTICATE PLAIN\r\n')
    server.say('+ \r\n')
    expect(await server.written()).toBe(`${base64('\0alice\0sésame "1"')}\r\n`)
    server.say(inText)
    await answer
    expect(await server.written()).toBe('A2 NOOP\r\n')
  })
})

describe('OAuth', () => {
  it('XOAUTH2 acknowledges the complaint with an empty line', async () => {
    const { session, server } = await openFake('IMAP4rev1 AUTH=XOAUTH2 SASL-IR')
    const answer = authenticate(session, token)
    expect(await server.written()).toBe(
      `A1 AUTHENTICATE XOAUTH2 ${base64('user=alice@example.org\x01auth=Bearer ya29.tok\x01\x01')}\r\n`,
    )
    server.say(`+ ${base64('{"status":"400"}')}\r\n`)
    expect(await server.written()).toBe('\r\n')
    server.say('A1 NO [AUTHENTICATIONFAILED] no\r\n')
    expect(await answer).toMatchObject({ status: 'NO', detail: '{"status":"400"}' })
  })

  it('OAUTHBEARER acknowledges it with one byte', async () => {
    const { session, server } = await openFake('IMAP4rev1 AUTH=OAUTHBEARER SASL-IR')
    const answer = authenticate(session, token)
    const first = 'n,a=alice@example.org,\x01host=mail.example.org\x01port=993\x01auth=Bearer ya29.tok\x01\x01'
    expect(await server.written()).toBe(`A1 AUTHENTICATE OAUTHBEARER ${base64(first)}\r\n`)
    server.say(`+ ${base64('{"status":"invalid_token"}')}\r\n`)
    expect(await server.written()).toBe('AQ==\r\n')
    server.say('A1 NO no\r\n')
    expect((await answer).detail).toContain('invalid_token')
  })
})

describe('SCRAM-SHA-256', () => {
  // RFC 7677 section 3.
  const nonce = 'rOprNGfwEbeRWgbNEkqO'
  const serverNonce = `${nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`
  const challenge = `r=${serverNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`
  const started = () => new ScramClient({ user: 'user', password: 'pencil' }, nonce)

  it('speaks as the RFC does', () => {
    const client = started()
    expect(client.first()).toBe(`n,,n=user,r=${nonce}`)
    expect(client.final(challenge)).toBe(`c=biws,r=${serverNonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`)
    expect(client.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toBe(true)
    expect(client.isVerified).toBe(true)
  })

  it('names whom to act as, and escapes names', () => {
    expect(new ScramClient({ user: 'a=b,c', password: 'x', actAs: 'bob' }, 'n').first()).toBe('n,a=bob,n=a=3Db=2Cc,r=n')
  })

  it.each([
    `r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
    `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
    `r=${serverNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1`,
    `r=${serverNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999`,
    '',
  ])('refuses the challenge %j', (text) => {
    expect(() => started().final(text)).toThrow(expect.objectContaining({ code: 'imap.protocol.garbage' }))
  })

  it('refuses a server that does not know the password', async () => {
    const client = started()
    client.final(challenge)
    expect(() => client.verify(`v=${base64('x'.repeat(32))}`)).toThrow(expect.objectContaining({ code: 'imap.auth.server-unproven' }))
    expect(client.verify('e=invalid-proof')).toBe(false)
  })

  it('does not take an OK without the proof', async () => {
    const { session, server } = await openFake('IMAP4rev1 AUTH=SCRAM-SHA-256 SASL-IR')
    const answer = authenticate(session, password)
    await server.written()
    server.say(inText)
    await expect(answer).rejects.toMatchObject({ kind: 'config', code: 'imap.auth.server-unproven' })
    expect(server.isDestroyed).toBe(true)
  })
})

it('puts no secret into an error', async () => {
  const { session, server } = await openFake('IMAP4rev1 AUTH=PLAIN SASL-IR')
  const failed = authenticate(session, password).catch((error: unknown) => error)
  await server.written()
  server.say(`Q1 BAD ${base64('\0alice\0sésame "1"')} sésame\r\n`)
  const error = (await failed) as Error
  expect(error).toMatchObject({ code: 'imap.protocol.garbage' })
  expect(`${error.message} ${error.stack}`).not.toContain(base64('\0alice\0sésame "1"'))
})
