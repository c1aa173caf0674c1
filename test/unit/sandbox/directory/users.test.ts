import { describe, expect, it } from 'vitest'
import { skuCatalogue } from '../../../../src/sandbox/tenant/sku-catalogue.ts'
import { createDirectoryRig, listOf } from './directory-rig.ts'

const eventual = { ConsistencyLevel: 'eventual' }

function withUsers(total: number) {
  const made = createDirectoryRig()
  for (let number = 0; number < total; number++) {
    const address = `user${number}@contoso.onmicrosoft.com`
    made.rig.addUser(`user${number}`, {
      displayName: `User ${number}`,
      mail: address,
      proxyAddresses: [`SMTP:${address}`, `smtp:alias${number}@contoso.com`],
    })
  }
  return made
}

const newUser = {
  accountEnabled: true,
  displayName: 'Nora New',
  mailNickname: 'nora',
  userPrincipalName: 'nora@contoso.onmicrosoft.com',
  passwordProfile: { password: 'Correct-Horse-7', forceChangePasswordNextSignIn: true },
  usageLocation: 'DE',
}

describe('listing users', () => {
  it('pages by a hundred, each user once, whatever is added meanwhile', async () => {
    const { rig, call } = withUsers(230)
    const seen: unknown[] = []
    let path: string | undefined = '/users'
    const sizes: number[] = []
    while (path !== undefined) {
      const { body } = await call('GET', path)
      seen.push(...listOf(body).map(({ id }) => id))
      sizes.push(listOf(body).length)
      if (sizes.length === 1) rig.addUser('late')
      const next = body['@odata.nextLink'] as string | undefined
      path = next?.replace('https://graph.test/v1.0', '')
    }
    expect(sizes).toEqual([100, 100, 31])
    expect(new Set(seen).size).toBe(231)
  })

  it('answers what Graph answers by default, and what is selected', async () => {
    const { call } = withUsers(1)
    const { body } = await call('GET', '/users')
    expect(body['@odata.context']).toBe('https://graph.test/v1.0/$metadata#users')
    expect(Object.keys(listOf(body)[0] ?? {}).sort()).toEqual(
      [
        'businessPhones',
        'displayName',
        'givenName',
        'id',
        'jobTitle',
        'mail',
        'mobilePhone',
        'officeLocation',
        'preferredLanguage',
        'surname',
        'userPrincipalName',
      ].sort(),
    )
    const selected = await call(
      'GET',
      '/users?$select=id,proxyAddresses,userType,assignedLicenses,onPremisesSyncEnabled,streetAddress&$top=1',
    )
    expect(selected.body['@odata.context']).toBe(
      'https://graph.test/v1.0/$metadata#users(id,proxyAddresses,userType,assignedLicenses,onPremisesSyncEnabled,streetAddress)',
    )
    expect(listOf(selected.body)[0]).toEqual({
      id: expect.any(String) as string,
      proxyAddresses: ['SMTP:user0@contoso.onmicrosoft.com', 'smtp:alias0@contoso.com'],
      userType: 'Member',
      assignedLicenses: [],
      onPremisesSyncEnabled: null,
      streetAddress: null,
    })
  })

  it.each([
    ["proxyAddresses/any(p:p eq 'smtp:ALIAS7@contoso.com')", ['User 7']],
    [
      "userPrincipalName eq 'user3@contoso.onmicrosoft.com' or mail eq 'user4@contoso.onmicrosoft.com'",
      ['User 3', 'User 4'],
    ],
    ["startswith(displayName,'user 1')", ['User 1', 'User 10', 'User 11']],
    ['accountEnabled eq false', []],
  ])('filters by %s', async (filter, expected) => {
    const { call } = withUsers(12)
    const { body } = await call('GET', `/users?$filter=${encodeURIComponent(filter)}`)
    expect(listOf(body).map(({ displayName }) => displayName)).toEqual(expected)
  })

  it('keeps advanced queries to those who ask for them: exchange.md 6.1', async () => {
    const { call } = withUsers(12)
    const count = await call('GET', '/users?$count=true&$top=5', undefined, eventual)
    expect([count.body['@odata.count'], listOf(count.body).length]).toEqual([12, 5])
    for (const query of [
      "$filter=displayName ne 'x'",
      "$filter=endswith(mail,'com')",
      '$search="displayName:user"',
      "$filter=startswith(mail,'u')&$orderby=mail",
    ]) {
      const refused = await call('GET', `/users?${query}`)
      expect([refused.status, refused.error?.code], query).toEqual([400, 'Request_UnsupportedQuery'])
      const taken = await call('GET', `/users?${query}&$count=true`, undefined, eventual)
      expect([taken.status, taken.body['@odata.count']], query).toEqual([200, 12])
    }
    const number = await call('GET', '/users/$count', undefined, eventual)
    expect(new TextDecoder().decode(number.bytes)).toBe('12')
    expect((await call('GET', '/users/$count')).status).toBe(400)
  })

  it.each([
    ['$top=1000', 'Request_BadRequest'],
    ['$top=0', 'Request_BadRequest'],
    ['$skip=5', 'Request_UnsupportedQuery'],
    ['$select=colour', 'BadRequest'],
    ['$skiptoken=m~AAAA', 'Directory_ExpiredPageToken'],
    ['$nonsense=1', 'BadRequest'],
  ])('refuses %s', async (query, code) => {
    const answer = await withUsers(2).call('GET', `/users?${query}`)
    expect([answer.status, answer.error?.code]).toEqual([400, code])
  })

  it('shows the basics only to who may see only them', async () => {
    const { rig } = withUsers(1)
    const answer = await rig.call('GET', '/v1.0/users?$select=displayName,proxyAddresses', { roles: ['User.ReadBasic.All'] })
    expect(listOf(answer.body)).toEqual([{ displayName: 'User 0', proxyAddresses: null }])
  })
})

describe('a user', () => {
  it('is made, found by id and by name, changed, deleted, restored and erased', async () => {
    const { call } = createDirectoryRig()
    const made = await call('POST', '/users', { ...newUser, streetAddress: 'Street 1', city: 'Bern' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      '@odata.context': 'https://graph.test/v1.0/$metadata#users/$entity',
      displayName: 'Nora New',
    })
    const id = String(made.body['id'])
    const found = await call(
      'GET',
      "/users('NORA@contoso.onmicrosoft.com')?$select=id,city,streetAddress,usageLocation,passwordProfile",
    )
    expect(found.body).toMatchObject({
      id,
      city: 'Bern',
      streetAddress: 'Street 1',
      usageLocation: 'DE',
      passwordProfile: null,
    })
    expect((await call('PATCH', `/users/${id}`, { jobTitle: 'Chief', city: null })).status).toBe(204)
    expect((await call('GET', `/users/${id}?$select=jobTitle,city,streetAddress`)).body).toMatchObject({
      jobTitle: 'Chief',
      city: null,
      streetAddress: 'Street 1',
    })

    expect((await call('DELETE', `/users/${id}`)).status).toBe(204)
    expect(await call('GET', `/users/${id}`)).toMatchObject({ status: 404, error: { code: 'Request_ResourceNotFound' } })
    expect(listOf((await call('GET', '/directory/deletedItems/microsoft.graph.user')).body)).toMatchObject([{ id }])
    expect((await call('POST', `/directory/deletedItems/${id}/restore`, {})).body).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      id,
    })
    expect((await call('GET', `/users/${id}`)).status).toBe(200)
    await call('DELETE', `/users/${id}`)
    expect((await call('DELETE', `/directory/deletedItems/${id}`)).status).toBe(204)
    expect((await call('GET', `/directory/deletedItems/${id}`)).status).toBe(404)
  })

  it.each([
    ['displayName', undefined, "A value is required for property 'displayName' of resource 'User'."],
    ['mailNickname', undefined, "A value is required for property 'mailNickname' of resource 'User'."],
    ['accountEnabled', undefined, "A value is required for property 'accountEnabled'"],
    ['passwordProfile', {}, "A value is required for property 'passwordProfile.password'"],
    ['passwordProfile', { password: 'short' }, 'does not comply with password complexity requirements'],
    ['userPrincipalName', 'nora@elsewhere.com', 'The domain portion of the userPrincipalName property is invalid.'],
    ['userPrincipalName', 'nora', 'Property userPrincipalName is invalid.'],
    [
      'userPrincipalName',
      'TAKEN@contoso.onmicrosoft.com',
      'Another object with the same value for property userPrincipalName already exists.',
    ],
    ['mailNickname', 'a b', "Invalid value specified for property 'mailNickname'"],
    ['usageLocation', 'Germany', "Invalid value specified for property 'usageLocation'"],
    ['proxyAddresses', ['smtp:a@b.c'], "Property 'proxyAddresses' is read-only and cannot be set."],
    ['assignedLicenses', [], "Property 'assignedLicenses' is read-only"],
    ['colour', 'red', "The property 'colour' does not exist on type 'microsoft.graph.user'."],
    ['accountEnabled', 'yes', "Cannot convert the literal 'yes' to the expected type 'Edm.Boolean'."],
  ])('is refused with %s %j', async (name, value, message) => {
    const { rig, call } = createDirectoryRig()
    rig.addUser('taken')
    const answer = await call('POST', '/users', { ...newUser, [name]: value })
    expect(answer.status).toBe(400)
    expect(answer.error?.message).toContain(message)
  })

  it('is found as me by a delegated caller, who changes others only with a role', async () => {
    const { rig } = withUsers(2)
    const [user] = [...rig.tenant.directory.users.all()]
    const caller = { user, scopes: ['User.Read'] } as const
    expect((await rig.call('GET', '/v1.0/me', caller as never)).body).toMatchObject({
      userPrincipalName: user?.userPrincipalName,
    })
    expect((await rig.call('GET', '/v1.0/users', caller as never)).status).toBe(403)
  })
})

describe('licences: exchange.md 6.2', () => {
  const { SPE_E3, EXCHANGESTANDARD, POWER_BI_STANDARD } = skuCatalogue
  const assign = (...skuIds: readonly string[]) => ({
    addLicenses: skuIds.map((skuId) => ({ skuId, disabledPlans: [] })),
    removeLicenses: [],
  })

  it('give a mailbox after a while, and an address; the last one gone takes it away', async () => {
    const { rig, clock, tenant, provisioned, call } = createDirectoryRig()
    const { id } = rig.addUser('nora', { usageLocation: 'DE' })
    const answer = await call('POST', `/users/${id}/assignLicense`, assign(SPE_E3.skuId))
    expect(answer.status).toBe(200)
    expect(provisioned).toEqual([{ userId: id, readyAtMs: clock.nowMs() + tenant.settings.mailboxDelayMs }])
    const user = await call(
      'GET',
      `/users/${id}?$select=mail,proxyAddresses,assignedLicenses,assignedPlans,licenseAssignmentStates`,
    )
    expect(user.body).toMatchObject({
      mail: 'nora@contoso.onmicrosoft.com',
      proxyAddresses: ['SMTP:nora@contoso.onmicrosoft.com'],
      assignedLicenses: [{ skuId: SPE_E3.skuId, disabledPlans: [] }],
      licenseAssignmentStates: [{ skuId: SPE_E3.skuId, state: 'Active', error: 'None' }],
    })
    const details = await call('GET', `/users/${id}/licenseDetails`)
    expect(listOf(details.body)).toMatchObject([
      { skuPartNumber: 'SPE_E3', servicePlans: [{ servicePlanName: 'EXCHANGE_S_ENTERPRISE' }, {}] },
    ])
    const skus = await call('GET', '/subscribedSkus')
    expect(listOf(skus.body)).toContainEqual(expect.objectContaining({ skuPartNumber: 'SPE_E3', consumedUnits: 1 }))
    await call('POST', `/users/${id}/assignLicense`, { addLicenses: [], removeLicenses: [SPE_E3.skuId] })
    expect(provisioned.at(-1)).toEqual({ userId: id, readyAtMs: undefined })
  })

  it('give none without a plan that has one', async () => {
    const { rig, provisioned, call } = createDirectoryRig()
    const { id } = rig.addUser('nora', { usageLocation: 'DE' })
    expect((await call('POST', `/users/${id}/assignLicense`, assign(POWER_BI_STANDARD.skuId))).status).toBe(200)
    const [exchangePlan] = SPE_E3.servicePlans.map(({ servicePlanId }) => servicePlanId)
    const without = { addLicenses: [{ skuId: SPE_E3.skuId, disabledPlans: [exchangePlan] }], removeLicenses: [] }
    expect((await call('POST', `/users/${id}/assignLicense`, without)).status).toBe(200)
    expect(provisioned).toEqual([])
    await call('POST', `/users/${id}/assignLicense`, assign(SPE_E3.skuId))
    expect(provisioned).toHaveLength(1)
  })

  it.each([
    [
      'no usage location',
      null,
      assign(SPE_E3.skuId),
      'License assignment cannot be done for user with invalid usage location.',
    ],
    ['an unknown product', 'DE', assign('00000000-1111-4222-8333-444444444444'), 'does not exist'],
    ['two plans with a mailbox', 'DE', assign(SPE_E3.skuId, EXCHANGESTANDARD.skuId), 'mutually exclusive'],
    [
      'a licence that is not there',
      'DE',
      { addLicenses: [], removeLicenses: [SPE_E3.skuId] },
      'User does not have a corresponding license.',
    ],
    [
      'a plan of another product',
      'DE',
      {
        addLicenses: [{ skuId: SPE_E3.skuId, disabledPlans: ['9aaf7827-d63c-4b61-89c3-182f06f82e5c'] }],
        removeLicenses: [],
      },
      'is not part of',
    ],
    ['half a body', 'DE', { addLicenses: [] }, "A value is required for property 'removeLicenses'"],
  ])('are refused with %s, and nothing changes', async (_name, usageLocation, body, message) => {
    const { rig, tenant, provisioned, call } = createDirectoryRig()
    const { id } = rig.addUser('nora', { usageLocation })
    const answer = await call('POST', `/users/${id}/assignLicense`, body)
    expect(answer.status).toBe(400)
    expect(answer.error?.message).toContain(message)
    expect([tenant.directory.users.find(id)?.assignedLicenses, provisioned]).toEqual([[], []])
  })

  it('run out', async () => {
    const { rig, call } = createDirectoryRig()
    for (let number = 0; number < 11; number++) {
      const { id } = rig.addUser(`u${number}`, { usageLocation: 'DE' })
      const answer = await call('POST', `/users/${id}/assignLicense`, assign(EXCHANGESTANDARD.skuId))
      expect(answer.status).toBe(number < 10 ? 200 : 400)
      if (number === 10) expect(answer.error?.message).toContain('does not have any available licenses')
    }
  })
})
