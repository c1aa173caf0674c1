import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { skuCatalogue } from '../../../src/sandbox/tenant/sku-catalogue.ts'
import { idOf, refusalOf, StandingSandbox, valuesOf } from './standing-sandbox.ts'

let run: StandingSandbox

beforeAll(async () => {
  run = await StandingSandbox.start(2, 20)
})

afterEach(() => run.sandbox.profiles.use('none'))

afterAll(async () => {
  await run.sandbox.close()
  expect(run.defects).toEqual([])
})

describe('what takes time, by the clock', () => {
  const { EXCHANGESTANDARD } = skuCatalogue

  it('a mailbox opens some time after its licence (exchange.md 6.2)', async () => {
    const body = {
      accountEnabled: true,
      displayName: 'Late',
      mailNickname: 'late',
      userPrincipalName: `late@${run.tenant.domain}`,
      passwordProfile: { password: 'Correct-Horse-7', forceChangePasswordNextSignIn: true },
      usageLocation: 'DE',
    }
    const id = idOf(await run.call('POST', '/users', { body }))
    const probes = [`/users/${id}/settings/exchange`, `/users/${id}/mailFolders/inbox`]
    const expectClosed = async () => {
      for (const probe of probes)
        expect(refusalOf(await run.call('GET', probe))).toEqual([404, 'MailboxNotEnabledForRESTAPI'])
    }
    await expectClosed()
    const licence = { addLicenses: [{ skuId: EXCHANGESTANDARD.skuId, disabledPlans: [] }], removeLicenses: [] }
    expect((await run.call('POST', `/users/${id}/assignLicense`, { body: licence })).status).toBe(200)
    run.clock.advance(run.tenant.tenant.settings.mailboxDelayMs - 1)
    await expectClosed()
    run.clock.advance(1)
    for (const probe of probes) expect((await run.call('GET', probe)).status).toBe(200)
  })

  it('an app is known, and what it was granted is in its tokens, some time later (exchange.md 5.2, 5.3)', async () => {
    const { settings } = run.tenant.tenant
    const made = await run.call('POST', '/applications', {
      body: { displayName: 'Migration', signInAudience: 'AzureADMyOrg' },
    })
    const clientId = String(made.json['appId'])
    const addPrincipal = () => run.call('POST', '/servicePrincipals', { body: { appId: clientId } })
    expect((await addPrincipal()).status).toBe(400)
    run.clock.advance(settings.replicationDelayMs)
    const principal = await addPrincipal()
    expect(principal.status).toBe(201)
    run.clock.advance(settings.replicationDelayMs)
    const passwordCredential = { displayName: 'x' }
    const secret = await run.call('POST', `/applications/${idOf(made)}/addPassword`, { body: { passwordCredential } })
    const credentials = { clientId, clientSecret: String(secret.json['secretText']) }
    const filter = encodeURIComponent("appId eq '00000003-0000-0000-c000-000000000000'")
    const found = await run.call('GET', `/servicePrincipals?$filter=${filter}&$select=id,appRoles`)
    const [graph] = valuesOf<{ id: string; appRoles: { id: string; value: string }[] }>(found)
    const appRoleId = graph?.appRoles.find(({ value }) => value === 'Mail.Read')?.id
    const body = { principalId: idOf(principal), resourceId: graph?.id, appRoleId }
    const grant = () => run.call('POST', `/servicePrincipals/${graph?.id}/appRoleAssignedTo`, { body })
    expect([(await grant()).status, (await grant()).status]).toEqual([201, 400])
    const read = (token: string) => run.call('GET', `${run.path()}/messages`, { token })
    const early = await run.signIn(credentials)
    expect(refusalOf(await read(early))).toEqual([403, 'ErrorAccessDenied'])
    run.clock.advance(settings.roleDelayMs)
    expect((await read(early)).status).toBe(403)
    expect((await read(await run.signIn(credentials))).status).toBe(200)
  })

  it('an access token and an import session end (exchange.md 2.3, 5.2)', async () => {
    const token = await run.signIn(run.tenant)
    const url = await run.importUrl()
    run.clock.advance(3_600_000)
    expect(refusalOf(await run.call('GET', '/users', { token }))).toEqual([401, 'InvalidAuthenticationToken'])
    expect(refusalOf(await run.post(url, { body: {} }))).toEqual([401, 'InvalidImportSession'])
    expect((await run.call('GET', '/users')).status).toBe(200)
  })

  it('changing sent mail needs another permission from 2026-12-31 on (exchange.md 3.2)', async () => {
    const [message] = valuesOf(
      await run.call('GET', `${run.path()}/mailFolders/inbox/messages?$top=1&$filter=isDraft eq false`),
    )
    const { application, secret } = addApplication(run.tenant.tenant, {
      displayName: 'Mail only',
      graphRoles: ['Mail.ReadWrite'],
      withSecret: true,
    })
    const change = async (body: object) => {
      const token = await run.signIn({ clientId: application.appId, clientSecret: secret ?? '' })
      return run.call('PATCH', `${run.path()}/messages/${String(message?.['id'])}`, { body, token })
    }
    run.clock.advance(Date.UTC(2026, 11, 31) - 1 - run.clock.nowMs())
    expect((await change({ subject: 'Before' })).status).toBe(200)
    run.clock.advance(1)
    expect(refusalOf(await change({ subject: 'After' }))).toEqual([403, 'ErrorAccessDenied'])
    expect((await change({ isRead: true, categories: ['Blue'], flag: { flagStatus: 'flagged' } })).status).toBe(200)
  })

  it('a delta token is lost after 30 days, or where it is of another collection (exchange.md 3.3)', async () => {
    const inbox = `${run.path()}/mailFolders/inbox/messages/delta`
    let page = await run.call('GET', `${inbox}?$select=id`)
    while ('@odata.nextLink' in page.json) page = await run.call('GET', String(page.json['@odata.nextLink']))
    const link = String(page.json['@odata.deltaLink'])
    expect((await run.call('GET', link)).status).toBe(200)
    expect(refusalOf(await run.call('GET', link.replace('/inbox/', '/drafts/')))).toEqual([410, 'SyncStateNotFound'])
    expect(refusalOf(await run.call('GET', `${inbox}?$deltatoken=nonsense`))).toEqual([400, 'SyncStateInvalid'])
    run.clock.advance(31 * 24 * 3_600_000)
    const lost = await run.call('GET', link)
    expect(refusalOf(lost)).toEqual([410, 'SyncStateNotFound'])
    expect((await run.call('GET', lost.headers.get('location') ?? '')).status).toBe(200)
  })
})

describe('Outlook’s own host', () => {
  it('is another than Graph’s, and names Exchange as the resource of a token (exchange.md 5.1, 5.2)', async () => {
    const { graph, outlook } = run.sandbox.access
    const token = await run.signIn(run.tenant, `${outlook}/.default`)
    expect(refusalOf(await run.call('GET', '/users', { token }))).toEqual([401, 'InvalidAuthenticationToken'])
    expect((await run.call('GET', '/users', { token: await run.signIn(run.tenant, `${graph}/.default`) })).status).toBe(200)
    expect(new URL(await run.importUrl()).origin).toBe(outlook)
    const imap = await run.imap()
    await imap.command('NOOP')
    await imap.close()
  })
})

describe('an app whose access is revoked', () => {
  const readInbox = async (index = 0) => (await run.call('GET', `${run.path(index)}/mailFolders/inbox`)).status

  it('loses its token, and goes on with a new one', async () => {
    run.sandbox.profiles.use('revoked', { requestsBefore: 2, revokes: 'token' })
    expect([await readInbox(), await readInbox(), await readInbox()]).toEqual([200, 200, 401])
    run.clock.advance(1_000)
    const token = await run.signIn(run.tenant)
    expect((await run.call('GET', `${run.path()}/mailFolders/inbox`, { token })).status).toBe(200)
    expect(await readInbox()).toBe(401)
  })

  it('loses its permissions everywhere, until they are given back', async () => {
    run.sandbox.profiles.use('revoked', { requestsBefore: 1, revokes: 'permission' })
    expect([await readInbox(), await readInbox(), await readInbox(1)]).toEqual([200, 403, 403])
    expect(refusalOf(await run.call('GET', '/users'))).toEqual([403, 'Authorization_RequestDenied'])
    await expect(run.imap()).rejects.toThrow('NO AUTHENTICATE failed')
    run.sandbox.profiles.restore()
    expect(await readInbox()).toBe(200)
  })

  it('loses one mailbox: over HTTP, at import URLs and over IMAP', async () => {
    const imap = await run.imap()
    const url = await run.importUrl()
    run.sandbox.profiles.use('revoked', { requestsBefore: 1, revokes: 'mailbox' })
    expect([await readInbox(0), await readInbox(0), await readInbox(1)]).toEqual([200, 403, 200])
    expect(refusalOf(await run.call('GET', `${run.transferPath()}/folders`))).toEqual([403, 'ErrorAccessDenied'])
    expect(refusalOf(await run.post(url, { body: {} }))).toEqual([403, 'ErrorAccessDenied'])
    await expect(imap.command('NOOP')).rejects.toThrow('BAD User is authenticated but not connected.')
    await imap.close()
  })
})

describe('sizes (exchange.md 4.1, 4.3)', () => {
  it('Graph takes 4 MB a request', async () => {
    const body = { subject: 'x', body: { contentType: 'text', content: 'a'.repeat(4 * 1024 * 1024) } }
    expect((await run.call('POST', `${run.path()}/messages`, { body })).status).toBe(413)
  })

  it('a mailbox takes no message above its limit, whichever way it comes', async () => {
    run.mailbox(1).changeSettings({ maxReceiveSizeBytes: 100_000 })
    const content = Buffer.from(`Subject: Big\r\n\r\n${'a'.repeat(120_000)}\r\n`)
    const create = (index: number) =>
      run.call('POST', `${run.path(index)}/messages`, {
        body: content.toString('base64'),
        headers: { 'Content-Type': 'text/plain' },
      })
    expect(refusalOf(await create(1))).toEqual([413, 'ErrorMessageSizeExceeded'])
    const body = {
      FolderId: await run.makeFolder('Big', 1),
      Mode: 'create',
      Data: await run.exportItem(idOf(await create(0))),
    }
    expect(refusalOf(await run.post(await run.importUrl(1), { body }))).toEqual([413, 'ErrorMessageSizeExceeded'])
    const imap = await run.imap(1)
    const appended = imap.command(['APPEND INBOX ', content])
    await expect(appended).rejects.toThrow('NO Maximum size of appendable message has been exceeded')
    await imap.close()
  })
})
