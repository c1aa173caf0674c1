import { Buffer } from 'node:buffer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapConnection } from '../imap-connection.ts'
import { ExchangeAdminClient, reasonOf, warningsOf } from './exchange-admin-client.ts'
import { idOf, StandingSandbox, valuesOf } from './standing-sandbox.ts'

let run: StandingSandbox
let admin: ExchangeAdminClient

beforeAll(async () => {
  run = await StandingSandbox.start(4, 3)
  admin = new ExchangeAdminClient(run)
})

afterAll(async () => {
  expect(run.defects).toEqual([])
  expect(run.tenant.store.outbox.count).toBe(0)
  await run.sandbox.close()
})

/** `@{...}` of PowerShell's, as its module sends it. */
const table = (keys: object) => ({ '@odata.type': '#Exchange.GenericHashTable', ...keys })
const aliasOf = (index: number) => run.user(index).split('@')[0] as string

async function mailboxRow(identity: string): Promise<Readonly<Record<string, unknown>>> {
  const answer = await admin.invoke('Get-Mailbox', { Identity: identity })
  expect([answer.status, valuesOf(answer).length]).toEqual([200, 1])
  return valuesOf(answer)[0]!
}

/** What an app that signs in by IMAP is answered: `refused`, `not connected`, or `in`. */
async function imapOutcome(token: string, user: string): Promise<string> {
  const connection = await ImapConnection.connect({ port: run.sandbox.access.imap.port })
  const response = Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64')
  try {
    await connection.command(`AUTHENTICATE XOAUTH2 ${response}`)
    await connection.command('SELECT INBOX')
    return 'in'
  } catch (error) {
    return /authenticated but not connected/.test(String(error)) ? 'not connected' : 'refused'
  } finally {
    await connection.close()
  }
}

describe('who may administer Exchange (exchange.md 3.8)', () => {
  const get = async (token: string) => (await admin.invoke('Get-Mailbox', {}, { token })).status
  const set = async (token: string) => (await admin.invoke('Set-CASMailbox', { Identity: run.user(), ImapEnabled: true }, { token })).status

  it('is an app with Exchange.ManageAsApp and a directory role, by a token for Exchange', async () => {
    expect(await get('')).toBe(401)
    expect(await get(await run.token())).toBe(401)
    expect(await get(await run.token(admin.scope))).toBe(200)
    expect(await get(await admin.tokenOf(admin.addApp(['IMAP.AccessAsApp'], ['exchangeAdministrator'])))).toBe(403)
    expect(await get(await admin.tokenOf(admin.addApp(['Exchange.ManageAsApp'])))).toBe(403)
    expect(await get(await admin.tokenOf(admin.addApp(['Exchange.ManageAsApp'], ['userAdministrator'])))).toBe(403)
    const administrator = await admin.tokenOf(admin.addApp(['Exchange.ManageAsApp'], ['exchangeAdministrator']))
    expect([await get(administrator), await set(administrator)]).toEqual([200, 200])
    const reader = await admin.tokenOf(admin.addApp(['Exchange.ManageAsApp'], ['globalReader']))
    expect([await get(reader), await set(reader)]).toEqual([200, 403])
  })

  it('is an administrator who has signed in, and no other user', async () => {
    const token = await admin.tokenOf(run.tenant.administrator)
    expect([await get(token), await set(token)]).toEqual([200, 200])
    expect(await get(await admin.tokenOf(run.user(3)))).toBe(403)
    const user = run.tenant.tenant.directory.users.findBy('userPrincipalName', run.user(3))
    admin.giveRoles(user!.id, ['exchangeAdministrator'])
    expect(await get(await admin.tokenOf(run.user(3)))).toBe(200)
    const graphOnly = await admin.tokenOf(run.tenant.administrator, 'https://graph.microsoft.com/User.Read')
    expect(await get(graphOnly)).toBe(401)
  })

  it('reaches its own tenant, by id or domain, and the Admin API by permissions of its own', async () => {
    const call = { CmdletInput: { CmdletName: 'Get-Mailbox', Parameters: { Identity: run.user() } } }
    expect((await admin.post(`beta/${run.tenant.domain}/InvokeCommand`, call)).status).toBe(200)
    expect((await admin.post('beta/fabrikam.onmicrosoft.com/InvokeCommand', call)).status).toBe(403)
    expect((await admin.post(`v2.0/${run.tenant.id}/Mailbox`, call)).status).toBe(200)
    const token = await admin.tokenOf(admin.addApp(['Exchange.ManageAsApp'], ['exchangeAdministrator']))
    expect((await admin.post(`v2.0/${run.tenant.id}/Mailbox`, call, { token })).status).toBe(403)
    expect((await admin.post(`v2.0/${run.tenant.id}/Nonsense`, call)).status).toBe(404)
  })
})

describe('a call', () => {
  it('of an unknown cmdlet, or with a parameter that it does not have, is refused in Exchange’s words', async () => {
    expect(reasonOf(await admin.invoke('Get-Nonsense'))).toEqual([
      400,
      'CommandNotFoundException',
      "The term 'Get-Nonsense' is not recognized as the name of a cmdlet, function, script file, or operable program.",
    ])
    const unknown = await admin.invoke('Get-Mailbox', { Identity: run.user(), BogusParameter: 1 })
    expect(unknown.json['error']).toMatchObject({
      code: 'BadRequest',
      message: 'Invalid Operation',
      details: [
        {
          code: 'Client',
          message:
            '|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. BogusParameter',
        },
      ],
    })
  })

  it.each<[string, object, string, RegExp]>([
    ['Set-Mailbox', { Identity: 'x', Type: 'Nonsense' }, 'ParameterTransformationException', /Unable to match the identifier name Nonsense .*Regular, Shared, Room, Equipment/],
    ['Set-Mailbox', { Identity: 'x', MaxSendSize: 'much' }, 'ParameterTransformationException', /parameter 'MaxSendSize'/],
    ['Set-Mailbox', { Identity: 'x', EmailAddresses: table({ plus: ['a'] }) }, 'ParameterTransformationException', /neither add nor remove/],
    ['Set-Mailbox', { Identity: 'x', EmailAddresses: { add: ['a'] } }, 'ParameterTransformationException', /without its type, #Exchange.GenericHashTable/],
    ['Set-CASMailbox', { ImapEnabled: true }, 'ParameterBindingException', /missing mandatory parameters: Identity/],
    ['Set-CASMailbox', { Identity: 'x', ImapEnabled: 'maybe' }, 'ParameterTransformationException', /Boolean/],
    ['New-ServicePrincipal', { AppId: 'x', ObjectId: 'y' }, 'ParameterTransformationException', /Guid/],
    ['New-Mailbox', { Name: 'x' }, 'AmbiguousParameterSetException', /cannot be resolved/],
    ['New-Mailbox', { Name: 'x', Shared: true, Room: true }, 'AmbiguousParameterSetException', /cannot be resolved/],
  ])('%s %j is refused', async (name, parameters, type, reason) => {
    const answer = await admin.invoke(name, parameters)
    expect(reasonOf(answer)).toEqual([400, type, expect.stringMatching(reason)])
  })

  it('that is none is refused', async () => {
    for (const body of ['{', {}, { CmdletInput: {} }, { CmdletInput: { CmdletName: 'Get-Mailbox', Parameters: [] } }]) {
      expect((await admin.post(`beta/${run.tenant.id}/InvokeCommand`, body)).status).toBe(400)
    }
  })

  it('names nobody: 404 with the id that tools look for', async () => {
    const answer = await admin.invoke('get-mailbox', { identity: 'nobody@contoso.example' })
    expect(answer.status).toBe(404)
    expect(answer.json['error']).toMatchObject({
      code: 'NotFound',
      message: 'Error executing cmdlet',
      details: [{ message: expect.stringMatching(/^Ex6F9304\|Microsoft\.Exchange\.Configuration\.Tasks\.ManagementObjectNotFoundException\|/) as string }],
    })
  })

  it('gives its results page by page, and only the properties that were selected', async () => {
    const body = { CmdletInput: { CmdletName: 'Get-Mailbox', Parameters: {} } }
    const headers = { Prefer: 'odata.maxpagesize=3' }
    const first = await admin.post(`beta/${run.tenant.id}/InvokeCommand?$select=Alias,exchangeguid`, body, { headers })
    expect(Object.keys(valuesOf(first)[0]!).filter((name) => !name.includes('@'))).toEqual(['ExchangeGuid', 'Alias'])
    const link = String(first.json['@odata.nextLink'])
    const second = await run.post(link, { body, headers: { ...headers, Authorization: `Bearer ${await run.token(admin.scope)}` } })
    const aliases = [first, second].map((page) => valuesOf(page).map((row) => row['Alias']))
    expect(aliases).toEqual([[0, 1, 2].map(aliasOf), [aliasOf(3)]])
    expect(second.json['@odata.nextLink']).toBeUndefined()
    const limited = await admin.invoke('Get-Mailbox', { ResultSize: 2 })
    expect([valuesOf(limited).length, warningsOf(limited)]).toEqual([2, [expect.stringContaining('more results available')]])
  })
})

describe('IMAP for an app (exchange.md 5.4)', () => {
  it('needs New-ServicePrincipal by the enterprise app’s object id, FullAccess, and IMAP that is on', async () => {
    const app = admin.addApp(['IMAP.AccessAsApp'])
    const token = await admin.tokenOf(app)
    const outcome = () => imapOutcome(token, run.user(1))
    const grant = { Identity: run.user(1), User: app.servicePrincipalId, AccessRights: ['FullAccess'], AutoMapping: false }
    expect(await outcome()).toBe('refused')
    expect(reasonOf(await admin.invoke('Add-MailboxPermission', grant))[2]).toContain("wasn't found")
    const AppId = app.clientId
    expect((await admin.invoke('New-ServicePrincipal', { AppId, ObjectId: app.applicationObjectId, DisplayName: 'Wrong' })).status).toBe(200)
    expect((await admin.invoke('Add-MailboxPermission', { ...grant, User: app.applicationObjectId })).status).toBe(200)
    expect(await outcome()).toBe('refused')
    expect(reasonOf(await admin.invoke('New-ServicePrincipal', { AppId, ObjectId: app.servicePrincipalId }))[1]).toBe('ADObjectAlreadyExistsException')
    expect((await admin.invoke('Remove-ServicePrincipal', { Identity: AppId, Confirm: false })).status).toBe(200)
    const made = await admin.invoke('New-ServicePrincipal', { AppId, ObjectId: app.servicePrincipalId, DisplayName: 'Right' })
    expect(valuesOf(made)).toMatchObject([{ AppId, ObjectId: app.servicePrincipalId, DisplayName: 'Right' }])
    expect(valuesOf(await admin.invoke('Get-ServicePrincipal', { Identity: 'Right' }))).toMatchObject([{ AppId }])
    expect(await outcome()).toBe('not connected')
    expect((await admin.invoke('Add-MailboxPermission', grant)).status).toBe(200)
    expect(await outcome()).toBe('in')
    expect(await imapOutcome(token, run.user(2))).toBe('not connected')
    expect(warningsOf(await admin.invoke('Add-MailboxPermission', grant))).toEqual([expect.stringContaining('already present')])
    await admin.invoke('Set-CASMailbox', { Identity: run.user(1), ImapEnabled: false })
    expect(valuesOf(await admin.invoke('Get-CASMailbox', { Identity: run.user(1) }))).toMatchObject([{ ImapEnabled: false }])
    expect(await outcome()).toBe('not connected')
    await admin.invoke('Set-CASMailbox', { Identity: run.user(1), ImapEnabled: '$true' })
    expect(await outcome()).toBe('in')
    await admin.invoke('Remove-MailboxPermission', { Identity: run.user(1), User: AppId, AccessRights: 'FullAccess' })
    expect(await outcome()).toBe('not connected')
    expect((await admin.invoke('Remove-ServicePrincipal', { Identity: AppId })).status).toBe(200)
    expect(await outcome()).toBe('refused')
  })

  it('is open to the sandbox’s own app from the start', async () => {
    expect(await imapOutcome(await run.token(admin.scope), run.user())).toBe('in')
    const [, own] = valuesOf(await admin.invoke('Get-MailboxPermission', { Identity: run.user() }))
    expect(own).toMatchObject({ User: run.tenant.servicePrincipalId, AccessRights: ['FullAccess'] })
  })

  it('is open to a user with FullAccess in somebody else’s mailbox, as long as it lasts', async () => {
    const grant = { Identity: run.user(), User: run.user(2), AccessRights: 'FullAccess' }
    const scope = 'https://outlook.office.com/IMAP.AccessAsUser.All'
    const token = await admin.tokenOf(run.user(2), scope)
    expect(await imapOutcome(token, run.user())).toBe('not connected')
    await admin.invoke('Add-MailboxPermission', grant)
    expect(await imapOutcome(token, run.user())).toBe('in')
    const listed = await admin.invoke('Get-MailboxPermission', { Identity: run.user(), User: run.user(2) })
    expect(valuesOf(listed)).toMatchObject([{ User: run.user(2), Deny: false, IsInherited: false }])
    await admin.invoke('Remove-MailboxPermission', grant)
    expect(await imapOutcome(token, run.user())).toBe('not connected')
    expect(warningsOf(await admin.invoke('Remove-MailboxPermission', grant))).toEqual([expect.stringContaining("isn't present")])
  })
})

describe('a mailbox', () => {
  it('is shown with what a migration needs, by whatever name it is asked for', async () => {
    const user = await run.call('GET', run.path())
    const row = await mailboxRow(run.user())
    expect(row).toMatchObject({
      ExchangeGuid: run.mailbox().row.guid,
      'ExchangeGuid@odata.type': '#Guid',
      ArchiveGuid: '00000000-0000-0000-0000-000000000000',
      ArchiveStatus: 'None',
      EmailAddresses: [`SMTP:${run.user()}`],
      'EmailAddresses@odata.type': '#Collection(String)',
      PrimarySmtpAddress: run.user(),
      ExternalDirectoryObjectId: idOf(user),
      LegacyExchangeDN: expect.stringMatching(/^\/o=ExchangeLabs\/ou=.+\/cn=Recipients\/cn=[0-9a-f]{32}-/) as string,
      RecipientTypeDetails: 'UserMailbox',
      MaxSendSize: '35 MB (36,700,160 bytes)',
      MaxReceiveSize: '36 MB (37,748,736 bytes)',
    })
    for (const name of [idOf(user), run.user().toUpperCase(), aliasOf(0), user.json['displayName'], row['ExchangeGuid'], row['LegacyExchangeDN']]) {
      expect((await mailboxRow(String(name)))['ExchangeGuid']).toBe(row['ExchangeGuid'])
    }
  })

  it('takes further addresses and gives them up; Graph and IMAP know of it', async () => {
    const source = '/o=Old/ou=Exchange Administrative Group/cn=Recipients/cn=anna'
    const add = ['anna@contoso.onmicrosoft.com', `X500:${source}`]
    const change = (EmailAddresses: unknown) => admin.invoke('Set-Mailbox', { Identity: run.user(), EmailAddresses })
    expect((await change(table({ add }))).status).toBe(200)
    const all = [`SMTP:${run.user()}`, 'smtp:anna@contoso.onmicrosoft.com', `X500:${source}`]
    expect((await mailboxRow(source))['EmailAddresses']).toEqual(all)
    const user = await run.call('GET', `${run.path()}?$select=proxyAddresses`)
    expect(user.json['proxyAddresses']).toEqual(all)
    expect(await imapOutcome(await run.token(admin.scope), 'anna@contoso.onmicrosoft.com')).toBe('in')
    await change(table({ Add: 'SMTP:anna@contoso.onmicrosoft.com' }))
    expect(await mailboxRow(run.user())).toMatchObject({
      PrimarySmtpAddress: 'anna@contoso.onmicrosoft.com',
      EmailAddresses: ['SMTP:anna@contoso.onmicrosoft.com', `smtp:${run.user()}`, `X500:${source}`],
    })
    expect((await run.call('GET', run.path())).json['mail']).toBe('anna@contoso.onmicrosoft.com')
    await admin.invoke('Set-Mailbox', { Identity: run.user(), WindowsEmailAddress: run.user() })
    await change(table({ remove: ['smtp:anna@contoso.onmicrosoft.com'] }))
    expect((await mailboxRow(run.user()))['EmailAddresses']).toEqual([`SMTP:${run.user()}`, `X500:${source}`])
    await change([`SMTP:${run.user()}`])
    expect((await mailboxRow(run.user()))['EmailAddresses']).toEqual([`SMTP:${run.user()}`])
  })

  it.each<[unknown, string, RegExp]>([
    [table({ add: ['anna@fabrikam.example'] }), 'NotAcceptedDomainException', /not an accepted domain/],
    [table({ add: ['no address'] }), 'TaskArgumentException', /isn't a valid SMTP address/],
    [table({ remove: ['anna.berg@contoso.onmicrosoft.com'] }), 'TaskArgumentException', /primary SMTP address/],
    [['SMTP:a@contoso.onmicrosoft.com', 'SMTP:b@contoso.onmicrosoft.com'], 'TaskArgumentException', /multiple primary/],
  ])('refuses the addresses %j', async (EmailAddresses, type, reason) => {
    const before = await mailboxRow(run.user())
    expect(reasonOf(await admin.invoke('Set-Mailbox', { Identity: run.user(), EmailAddresses }))).toEqual([400, type, expect.stringMatching(reason)])
    expect(await mailboxRow(run.user())).toEqual(before)
  })

  it('refuses an address that somebody else has, and changes nothing then', async () => {
    const change = { Identity: run.user(), MaxSendSize: '50MB', EmailAddresses: table({ add: [run.user(1)] }) }
    expect(reasonOf(await admin.invoke('Set-Mailbox', change))[1]).toBe('ProxyAddressExistsException')
    expect((await mailboxRow(run.user()))['MaxSendSize']).toBe('35 MB (36,700,160 bytes)')
    const { LegacyExchangeDN } = await mailboxRow(run.user(1))
    const named = { Identity: run.user(), EmailAddresses: table({ add: [`X500:${String(LegacyExchangeDN)}`] }) }
    expect(reasonOf(await admin.invoke('Set-Mailbox', named))[1]).toBe('ProxyAddressExistsException')
  })

  it('takes as large messages as it is set to, up to 150 MB (exchange.md 4.3)', async () => {
    const body = Buffer.from(`Subject: Big\r\n\r\n${'a'.repeat(120_000)}\r\n`).toString('base64')
    const post = () => run.call('POST', `${run.path(3)}/messages`, { body, headers: { 'Content-Type': 'text/plain' } })
    await admin.invoke('Set-Mailbox', { Identity: run.user(3), MaxReceiveSize: '100KB' })
    expect((await post()).status).toBe(413)
    await admin.invoke('Set-Mailbox', { Identity: run.user(3), MaxReceiveSize: '150 MB (157,286,400 bytes)', MaxSendSize: 157_286_400 })
    expect((await post()).status).toBe(201)
    expect(await mailboxRow(run.user(3))).toMatchObject({ MaxReceiveSize: '150 MB (157,286,400 bytes)', MaxSendSize: '150 MB (157,286,400 bytes)' })
    expect(reasonOf(await admin.invoke('Set-Mailbox', { Identity: run.user(3), MaxSendSize: '151MB' }))[0]).toBe(400)
    const same = await admin.invoke('Set-Mailbox', { Identity: run.user(3), MaxSendSize: '150MB' })
    expect(warningsOf(same)).toEqual([expect.stringContaining('no settings')])
  })

  it('becomes a shared one, and a shared one, a room or equipment is made', async () => {
    const purposeOf = async (name: string) => (await run.call('GET', `/users/${name}/mailboxSettings/userPurpose`)).json['value']
    await admin.invoke('Set-Mailbox', { Identity: run.user(2), Type: 'Shared' })
    expect([(await mailboxRow(run.user(2)))['RecipientTypeDetails'], await purposeOf(run.user(2))]).toEqual(['SharedMailbox', 'shared'])
    await admin.invoke('Set-Mailbox', { Identity: run.user(2), Type: 'Regular' })
    expect((await mailboxRow(run.user(2)))['RecipientTypeDetails']).toBe('UserMailbox')
    const made = await admin.invoke('New-Mailbox', { Shared: { IsPresent: true }, Name: 'Info Desk', PrimarySmtpAddress: 'info@contoso.onmicrosoft.com' })
    expect(valuesOf(made)).toMatchObject([{ Alias: 'InfoDesk', DisplayName: 'Info Desk', RecipientTypeDetails: 'SharedMailbox', IsShared: true, AccountDisabled: true }])
    await admin.invoke('New-Mailbox', { Room: true, Name: 'room1', DisplayName: 'Room 1' })
    await admin.invoke('New-Mailbox', { Equipment: true, Name: 'beamer' })
    expect([await purposeOf('InfoDesk@contoso.onmicrosoft.com'), await purposeOf('room1@contoso.onmicrosoft.com')]).toEqual(['shared', 'room'])
    const rooms = await admin.invoke('Get-Mailbox', { RecipientTypeDetails: ['RoomMailbox', 'EquipmentMailbox'] })
    expect(valuesOf(rooms).map(({ ResourceType }) => ResourceType)).toEqual(['Room', 'Equipment'])
    const session = await run.call('POST', `/admin/exchange/mailboxes/MBX:${String(valuesOf(made)[0]?.['ExchangeGuid'])}@${run.tenant.id}/createImportSession`)
    expect(session.status).toBe(200)
    expect(reasonOf(await admin.invoke('New-Mailbox', { Shared: true, Name: 'InfoDesk' }))[1]).toBe('ADObjectAlreadyExistsException')
    expect(reasonOf(await admin.invoke('New-Mailbox', { Shared: true, Name: 'x', PrimarySmtpAddress: run.user() }))[1]).toBe('ProxyAddressExistsException')
    const grant = { Identity: 'info@contoso.onmicrosoft.com', User: run.tenant.clientId, AccessRights: 'FullAccess' }
    await admin.invoke('Add-MailboxPermission', grant)
    expect(await imapOutcome(await run.token(admin.scope), 'info@contoso.onmicrosoft.com')).toBe('in')
  })

  it('gets an archive, which Graph names by the same id', async () => {
    const enabled = await admin.invoke('Enable-Mailbox', { Identity: run.user(1), Archive: true })
    const ArchiveGuid = String(valuesOf(enabled)[0]?.['ArchiveGuid'])
    const settings = await run.call('GET', `/beta${run.path(1)}/settings/exchange`)
    expect(settings.json['inPlaceArchiveMailboxId']).toBe(`MBX:${ArchiveGuid}@${run.tenant.id}`)
    expect(await mailboxRow(run.user(1))).toMatchObject({ ArchiveGuid, ArchiveStatus: 'Active', AutoExpandingArchiveEnabled: false })
    expect(reasonOf(await admin.invoke('Enable-Mailbox', { Identity: run.user(1), Archive: true }))[2]).toContain('already has an archive')
    await admin.invoke('Enable-Mailbox', { Identity: run.user(1), AutoExpandingArchive: true })
    expect((await mailboxRow(run.user(1)))['AutoExpandingArchiveEnabled']).toBe(true)
    expect(valuesOf(await admin.invoke('Get-Mailbox', { Archive: true })).map(({ Alias }) => Alias)).toEqual([aliasOf(1)])
  })

  it('lets others send as it and on behalf of it', async () => {
    await admin.invoke('Add-RecipientPermission', { Identity: run.user(), Trustee: run.user(1), AccessRights: 'SendAs', Confirm: false })
    const listed = valuesOf(await admin.invoke('Get-RecipientPermission', { Identity: run.user() }))
    expect(listed.map(({ Trustee, AccessRights }) => [Trustee, AccessRights])).toEqual([
      ['NT AUTHORITY\\SELF', ['SendAs']],
      [run.user(1), ['SendAs']],
    ])
    const path = `v2.0/${run.tenant.id}/Mailbox`
    const set = (GrantSendOnBehalfTo: unknown) =>
      admin.post(path, { CmdletInput: { CmdletName: 'Set-Mailbox', Parameters: { Identity: run.user(), GrantSendOnBehalfTo } } })
    const names = async () => (await mailboxRow(run.user()))['GrantSendOnBehalfTo']
    const nameOf = async (index: number) => (await run.call('GET', run.path(index))).json['displayName']
    await set([run.user(1), run.user(2)])
    expect(await names()).toEqual([await nameOf(1), await nameOf(2)])
    await set(table({ remove: [run.user(1)], add: [run.user(3)] }))
    expect(await names()).toEqual([await nameOf(2), await nameOf(3)])
    const more = { CmdletInput: { CmdletName: 'Set-Mailbox', Parameters: { Identity: run.user(), MaxSendSize: '50MB' } } }
    expect(reasonOf(await admin.post(path, more))[1]).toBe('AmbiguousParameterSetException')
  })
})

describe('recipients and forwarding', () => {
  it('are found by what a filter says, and by identity', async () => {
    const { DisplayName } = await mailboxRow(run.user(1))
    const addressesBy = async (parameters: object) => valuesOf(await admin.invoke('Get-Recipient', parameters)).map(({ PrimarySmtpAddress }) => PrimarySmtpAddress)
    expect(await addressesBy({ Filter: `DisplayName -eq '${String(DisplayName).replaceAll("'", "''")}' -or Name -eq 'nobody'`, ResultSize: 2 })).toEqual([run.user(1)])
    expect(await addressesBy({ Filter: `Name -eq '${aliasOf(2)}'` })).toEqual([run.user(2)])
    expect(await addressesBy({ Identity: run.user(2) })).toEqual([run.user(2)])
    expect(await addressesBy({ Filter: "DisplayName -eq 'nobody'" })).toEqual([])
    expect(reasonOf(await admin.invoke('Get-Recipient', { Filter: 'DisplayName -eq nobody' }))[0]).toBe(400)
  })

  it('are set, shown and taken away', async () => {
    const forwarding = async () => {
      const { ForwardingAddress, ForwardingSmtpAddress, DeliverToMailboxAndForward } = await mailboxRow(run.user(3))
      return [ForwardingAddress, ForwardingSmtpAddress, DeliverToMailboxAndForward]
    }
    expect(await forwarding()).toEqual([null, null, false])
    const { DisplayName } = await mailboxRow(run.user(1))
    await admin.invoke('Set-Mailbox', { Identity: run.user(3), ForwardingAddress: run.user(1), ForwardingSmtpAddress: 'out@elsewhere.example', DeliverToMailboxAndForward: true })
    expect(await forwarding()).toEqual([DisplayName, 'smtp:out@elsewhere.example', true])
    await admin.invoke('Set-Mailbox', { Identity: run.user(3), ForwardingAddress: null, ForwardingSmtpAddress: null, DeliverToMailboxAndForward: false })
    expect(await forwarding()).toEqual([null, null, false])
  })
})

describe('a folder', () => {
  const folderPermission = (verb: string, parameters: object) =>
    admin.post(`v2.0/${run.tenant.id}/MailboxFolderPermission`, { CmdletInput: { CmdletName: `${verb}-MailboxFolderPermission`, Parameters: parameters } })
  const rightsIn = async (folder: string) =>
    valuesOf(await folderPermission('Get', { Identity: `${run.user()}:\\${folder}` })).map(({ User, AccessRights, SharingPermissionFlags }) => [
      User,
      AccessRights,
      SharingPermissionFlags,
    ])
  const calendar = () => ({ Identity: `${run.user()}:\\Calendar` })

  it('that is a calendar is shared as Graph shows it, and nobody is told', async () => {
    const person = { ...calendar(), User: run.user(1) }
    const name = (await run.call('GET', run.path(1))).json['displayName']
    const fresh = [
      ['Default', ['AvailabilityOnly'], null],
      ['Anonymous', ['None'], null],
    ]
    expect(await rightsIn('Calendar')).toEqual(fresh)
    expect((await folderPermission('Add', { ...person, AccessRights: 'Editor', SharingPermissionFlags: 'Delegate,CanViewPrivateItems' })).status).toBe(200)
    expect(await rightsIn('Calendar')).toEqual([...fresh, [name, ['Editor'], 'Delegate, CanViewPrivateItems']])
    const graph = async () => valuesOf<{ role: string; emailAddress: { name: string } }>(await run.call('GET', `${run.path()}/calendar/calendarPermissions`))
    expect((await graph()).map(({ role, emailAddress }) => [emailAddress.name, role])).toEqual([
      ['My Organization', 'freeBusyRead'],
      [name, 'delegateWithPrivateEventAccess'],
    ])
    expect(reasonOf(await folderPermission('Add', { ...person, AccessRights: ['Reviewer'] }))).toEqual([
      400,
      'UserAlreadyExistsInPermissionEntryException',
      `An existing permission entry was found for user: ${String(name)}.`,
    ])
    await folderPermission('Set', { ...person, AccessRights: ['ReadItems', 'CreateItems', 'FolderVisible'] })
    expect((await graph())[1]?.role).toBe('custom')
    await folderPermission('Set', { ...calendar(), User: 'Default', AccessRights: 'LimitedDetails' })
    expect((await graph())[0]?.role).toBe('limitedRead')
    expect(await rightsIn('Calendar')).toEqual([
      ['Default', ['LimitedDetails'], null],
      ['Anonymous', ['None'], null],
      [name, ['ReadItems', 'CreateItems', 'FolderVisible'], null],
    ])
    expect((await folderPermission('Remove', { ...calendar(), User: name })).status).toBe(200)
    expect(reasonOf(await folderPermission('Remove', person))[1]).toBe('UserNotFoundInPermissionEntryException')
    expect(reasonOf(await folderPermission('Remove', { ...calendar(), User: 'Default' }))[0]).toBe(400)
    await folderPermission('Set', { ...calendar(), User: 'Default', AccessRights: 'AvailabilityOnly' })
    expect(await rightsIn('Calendar')).toEqual(fresh)
  })

  it('of mail is shared as well, by its path', async () => {
    const inbox = idOf(await run.call('GET', `${run.path()}/mailFolders/inbox`))
    await run.call('POST', `${run.path()}/mailFolders/${inbox}/childFolders`, { body: { displayName: 'Team' } })
    const added = await admin.invoke('Add-MailboxFolderPermission', { Identity: `${aliasOf(0)}:\\Inbox\\Team`, User: run.user(2), AccessRights: 'Reviewer' })
    expect(valuesOf(added)).toMatchObject([{ FolderName: 'Team', Identity: `${aliasOf(0)}:\\Inbox\\Team`, AccessRights: ['Reviewer'] }])
    expect((await rightsIn('Inbox\\Team'))[0]).toEqual(['Default', ['None'], null])
    expect(reasonOf(await folderPermission('Get', { Identity: `${run.user()}:\\Inbox\\Nowhere` }))[0]).toBe(404)
  })

  it.each<[object, RegExp]>([
    [{ User: 'nobody@contoso.example', AccessRights: 'Reviewer' }, /no matching information/],
    [{ User: 'juergen.mueller@contoso.onmicrosoft.com', AccessRights: ['Reviewer', 'ReadItems'] }, /alone/],
    [{ User: 'juergen.mueller@contoso.onmicrosoft.com', AccessRights: 'Reviewer', SharingPermissionFlags: 'Delegate' }, /Editor/],
    [{ User: 'juergen.mueller@contoso.onmicrosoft.com', AccessRights: 'Editor', SharingPermissionFlags: 'CanViewPrivateItems' }, /needs the flag Delegate/],
  ])('is not shared by %j', async (parameters, reason) => {
    expect(reasonOf(await folderPermission('Add', { ...calendar(), ...parameters }))).toEqual([400, expect.any(String), expect.stringMatching(reason)])
  })
})
