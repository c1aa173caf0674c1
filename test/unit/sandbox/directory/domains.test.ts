import { describe, expect, it } from 'vitest'
import { createDirectoryRig, listOf } from './directory-rig.ts'

describe('a domain: exchange.md 6.3', () => {
  it('is added, refused until its DNS shows the record, verified, set up and read', async () => {
    const { tenant, call } = createDirectoryRig()
    const made = await call('POST', '/domains', { id: 'Contoso.com' })
    expect([made.status, made.body['isVerified'], made.body['id']]).toEqual([201, false, 'contoso.com'])
    const [txt, mx] = listOf((await call('GET', '/domains/contoso.com/verificationDnsRecords')).body)
    expect(txt).toMatchObject({
      '@odata.type': '#microsoft.graph.domainDnsTxtRecord',
      recordType: 'Txt',
      text: expect.stringMatching(/^MS=ms\d{8}$/) as string,
    })
    expect(mx).toMatchObject({ '@odata.type': '#microsoft.graph.domainDnsMxRecord', preference: 32767 })
    expect((await call('PATCH', '/domains/contoso.com', { supportedServices: ['Email'] })).status).toBe(400)
    const early = await call('POST', '/domains/contoso.com/verify')
    expect([early.status, early.error?.message]).toEqual([400, expect.stringContaining('DNS records') as string])
    tenant.settings.dnsTexts.set('contoso.com', ['v=spf1 -all', String(txt?.['text'])])
    expect((await call('POST', '/domains/contoso.com/verify')).body).toMatchObject({ isVerified: true })
    expect((await call('POST', '/domains/contoso.com/verify')).status).toBe(400)
    expect(
      (
        await call('PATCH', '/domains/contoso.com', {
          supportedServices: ['Email', 'OfficeCommunicationsOnline'],
          isDefault: true,
        })
      ).status,
    ).toBe(204)
    const records = listOf((await call('GET', '/domains/contoso.com/serviceConfigurationRecords')).body)
    expect(
      records.map((record) => [
        record['recordType'],
        record['mailExchange'] ?? record['text'] ?? record['canonicalName'] ?? record['nameTarget'],
      ]),
    ).toEqual([
      ['Mx', 'contoso-com.mail.protection.outlook.com'],
      ['Txt', 'v=spf1 include:spf.protection.outlook.com -all'],
      ['CName', 'autodiscover.outlook.com'],
      ['Srv', 'sipfed.online.lync.com'],
    ])
    const defaults = listOf((await call('GET', '/domains')).body).filter((domain) => domain['isDefault'] === true)
    expect(defaults.map(({ id }) => id)).toEqual(['contoso.com'])
    const organization = listOf((await call('GET', '/organization')).body)[0]
    expect(organization?.['verifiedDomains']).toHaveLength(2)
  })

  it.each([
    [{ id: 'not a domain' }, 400],
    [{ id: 'other.onmicrosoft.com' }, 400],
    [{ id: 'contoso.onmicrosoft.com' }, 400],
    [{}, 400],
    [{ id: 'twice.example' }, 409],
  ])('%j is refused', async (body, status) => {
    const { call } = createDirectoryRig()
    await call('POST', '/domains', { id: 'twice.example' })
    expect((await call('POST', '/domains', body)).status).toBe(status)
  })

  it('moves from one tenant to another only once nothing refers to it: exchange.md 6.4', async () => {
    const { rig, tenant, other, call } = createDirectoryRig()
    const verified = {
      isInitial: false,
      isDefault: false,
      isVerified: true,
      isRoot: true,
      supportedServices: [],
      verificationText: 'MS=ms1',
      deletedDateTime: null,
    }
    other.directory.domains.insert({ ...verified, id: 'moving.example' })
    tenant.directory.domains.insert({ ...verified, id: 'moving.example', isVerified: false })
    tenant.settings.dnsTexts.set('moving.example', ['MS=ms1'])
    expect((await call('POST', '/domains/moving.example/verify')).error?.message).toContain(
      'already verified in another directory',
    )
    other.directory.domains.erase('moving.example')
    expect((await call('POST', '/domains/moving.example/verify')).status).toBe(200)

    const { id } = rig.addUser('anna', {
      userPrincipalName: 'anna@moving.example',
      mail: 'anna@moving.example',
      proxyAddresses: [
        'SMTP:anna@moving.example',
        'smtp:a@moving.example',
        'smtp:anna@contoso.onmicrosoft.com',
        'X500:/o=x',
      ],
    })
    expect(listOf((await call('GET', '/domains/moving.example/domainNameReferences')).body)).toMatchObject([
      { '@odata.type': '#microsoft.graph.user', id },
    ])
    expect((await call('DELETE', '/domains/moving.example')).error?.message).toContain('referenced')
    expect((await call('POST', '/domains/moving.example/forceDelete', { disableUserAccounts: true })).status).toBe(204)
    expect((await call('GET', '/domains/moving.example')).status).toBe(404)
    expect(tenant.directory.users.find(id)).toMatchObject({
      userPrincipalName: 'anna@contoso.onmicrosoft.com',
      mail: 'anna@contoso.onmicrosoft.com',
      proxyAddresses: ['SMTP:anna@contoso.onmicrosoft.com', 'X500:/o=x'],
      accountEnabled: false,
    })
    expect((await call('DELETE', '/domains/contoso.onmicrosoft.com')).status).toBe(400)
    expect((await call('POST', '/domains/contoso.onmicrosoft.com/forceDelete', {})).status).toBe(400)
  })
})
