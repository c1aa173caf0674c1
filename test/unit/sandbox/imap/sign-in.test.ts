import { describe, expect, it } from 'vitest'
import { address, createImapRig, type TokenFields, userId, xoauth2 } from './imap-rig.ts'

const connected = 'a OK AUTHENTICATE completed.'
const refused = 'a NO AUTHENTICATE failed.'

/** How a login is answered. */
function logIn(fields?: TokenFields, user = address): readonly string[] {
  const rig = createImapRig()
  const dialogue = rig.open()
  dialogue.send(`a AUTHENTICATE XOAUTH2 ${xoauth2(user, rig.token(fields))}`)
  return dialogue.take()
}

describe('a login (exchange.md 5.4)', () => {
  it('by XOAUTH2 is open to an app with IMAP.AccessAsApp and FullAccess, in one step or two', async () => {
    expect(logIn()).toEqual([connected])
    const rig = createImapRig()
    const dialogue = rig.open()
    dialogue.send('a AUTHENTICATE XOAUTH2')
    expect(dialogue.take()).toEqual(['+ '])
    dialogue.send(xoauth2(address.toUpperCase(), rig.token()))
    expect(dialogue.take()).toEqual([connected])
    expect((await dialogue.ask('SELECT INBOX')).at(-1)).toBe('t OK [READ-WRITE] SELECT completed.')
  })

  it('is open to a user with IMAP.AccessAsUser.All in his own mailbox', () => {
    expect(logIn({ scp: 'openid IMAP.AccessAsUser.All' })).toEqual([connected])
  })

  it.each<[string, TokenFields]>([
    ['for another resource', { aud: 'https://graph.microsoft.com' }],
    ['without the role', { roles: ['Mail.ReadWrite'] }],
    ['without the scope', { scp: 'Mail.ReadWrite', oid: userId }],
    ['of another tenant', { tid: 'ffffffff-0000-0000-0000-000000000000' }],
    ['that has expired', { lifetimeS: 0 }],
    ['of an app that was registered by another object id', { oid: '99999999-0000-0000-0000-000000000002' }],
    ['of another app', { appid: '99999999-0000-0000-0000-00000000000b' }],
  ])('is refused to a token %s', (_what, fields) => {
    expect(logIn(fields)).toEqual([refused])
  })

  it('is refused to an unknown address and to what is no XOAUTH2 response', () => {
    expect(logIn({}, 'nobody@contoso.example')).toEqual([refused])
    const dialogue = createImapRig().open()
    dialogue.send('a AUTHENTICATE XOAUTH2 AAAA')
    expect(dialogue.take()).toEqual([refused])
  })

  it('by password fails always', async () => {
    const dialogue = createImapRig().open()
    expect(await dialogue.ask('LOGIN anna@contoso.example "secret"')).toEqual(['t NO LOGIN failed.'])
    expect(await dialogue.ask('AUTHENTICATE PLAIN AGEAYg==')).toEqual(['t NO AUTHENTICATE failed.'])
  })
})

describe('a good token without a mailbox behind it', () => {
  const notConnected = 't BAD User is authenticated but not connected.'

  it.each<[string, TokenFields, Record<string, unknown>]>([
    ['no FullAccess', {}, { fullAccess: [] }],
    ['IMAP that is off', {}, { isImapEnabled: false }],
    ['FullAccess for the app registration instead of its service principal', {}, { fullAccess: ['another-object'] }],
    ['another user’s mailbox', { scp: 'IMAP.AccessAsUser.All', oid: 'another-user' }, {}],
  ])('is authenticated but not connected (exchange.md 4.5): %s', async (_what, fields, settings) => {
    const rig = createImapRig()
    rig.mailbox.changeSettings(settings)
    const dialogue = rig.open()
    dialogue.send(`a AUTHENTICATE XOAUTH2 ${xoauth2(address, rig.token(fields))}`)
    expect(dialogue.take()).toEqual([connected])
    for (const command of ['SELECT INBOX', 'LIST "" *', 'NAMESPACE', 'NOOP', 'IDLE']) {
      expect(await dialogue.ask(command)).toEqual([notConnected])
    }
    expect((await dialogue.ask('CAPABILITY')).at(-1)).toBe('t OK CAPABILITY completed.')
  })

  it('is not connected before the mailbox is ready', async () => {
    const rig = createImapRig()
    rig.store.reconnect(rig.mailbox, rig.clock.nowMs() + 60_000)
    expect(await rig.openSignedIn().ask('SELECT INBOX')).toEqual([notConnected])
    rig.clock.advance(60_000)
    expect((await rig.openSignedIn().ask('SELECT INBOX')).at(-1)).toContain('OK')
  })
})

describe('a session', () => {
  it('ends when its token expires', async () => {
    const rig = createImapRig()
    const dialogue = rig.openSignedIn()
    rig.clock.advance(3_600_000)
    expect(await dialogue.ask('NOOP')).toEqual(['* BYE Session invalidated - AccessTokenExpired'])
    expect(dialogue.fate).toBe('end')
  })

  it('announces what Exchange Online announces, before and after the login', async () => {
    const rig = createImapRig()
    const [before] = await rig.open().ask('CAPABILITY')
    expect(before).toBe(
      '* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+',
    )
    const [after] = await rig.openSignedIn().ask('CAPABILITY')
    expect(after).toMatch(/ UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN /)
    for (const list of [before, after]) expect(list).not.toMatch(/MULTIAPPEND|CONDSTORE|QRESYNC|ESEARCH|SPECIAL-USE|APPENDLIMIT|QUOTA/)
  })

  it('takes nothing before the login but what needs none, and STARTTLS first where TLS is missing', async () => {
    const rig = createImapRig()
    expect(await rig.open().ask('SELECT INBOX')).toEqual(['t BAD Command received in Invalid state.'])
    expect(await rig.open().ask('STARTTLS')).toEqual(['t BAD Command received in Invalid state.'])
    const plain = rig.open({ needsTls: true })
    expect((await plain.ask('CAPABILITY'))[0]).toContain(' LOGINDISABLED STARTTLS ')
    expect(await plain.ask(`AUTHENTICATE XOAUTH2 ${xoauth2(address, rig.token())}`)).toEqual(['t BAD Command received in Invalid state.'])
    plain.raw('s STARTTLS\r\nx LOGOUT\r\n')
    expect(plain.take()).toEqual(['s OK Begin TLS negotiation now.'])
    expect(plain.fate).toBe('tls')
    expect((await plain.ask(`AUTHENTICATE XOAUTH2 ${xoauth2(address, rig.token())}`)).at(-1)).toBe('t OK AUTHENTICATE completed.')
  })

  it('ends after ten commands that cannot be read', async () => {
    const dialogue = createImapRig().open()
    for (let count = 1; count < 10; count++) expect(await dialogue.ask('XLIST "" *')).toEqual(['t BAD Command Error. 12'])
    expect(await dialogue.ask('FOO')).toEqual(['t BAD Command Error. 12', '* BYE Connection is closed. 14'])
    expect(dialogue.fate).toBe('end')
  })

  it('says good-bye', async () => {
    const dialogue = createImapRig().open()
    expect(await dialogue.ask('LOGOUT')).toEqual(['* BYE Microsoft Exchange Server IMAP4 server signing off.', 't OK LOGOUT completed.'])
    expect(dialogue.fate).toBe('end')
  })
})
