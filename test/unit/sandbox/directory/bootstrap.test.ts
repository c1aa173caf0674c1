import { createHash, randomUUID, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSignInApp } from '../../../../src/sandbox/faces/sign-in/sign-in-app.ts'
import { exchangeAppId, graphAppId } from '../../../../src/sandbox/tenant/well-known-apps.ts'
import { rigEndpoints } from '../graph-rig.ts'
import { claimsOf, createAppCertificate, createAssertion } from '../sign-in/sign-in-rig.ts'
import { createDirectoryRig, listOf } from './directory-rig.ts'

const dayMs = 24 * 60 * 60 * 1000

function withSignIn() {
  const made = createDirectoryRig()
  const { tenant, other, clock } = made
  const app = createSignInApp({
    tenants: { all: [tenant, other] },
    keys: made.rig.keys,
    clock,
    endpoints: rigEndpoints,
    onDefect: (error) => made.rig.defects.push(error),
  })
  const tokenUrl = `${rigEndpoints.signIn}/${tenant.id}/oauth2/v2.0/token`
  const token = async (form: Readonly<Record<string, string>>) => {
    const response = await app.fetch(
      new Request(tokenUrl, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          scope: 'https://graph.microsoft.com/.default',
          ...form,
        }),
      }),
    )
    return (await response.json()) as Readonly<Record<string, string>> & { readonly error_codes?: readonly number[] }
  }
  const newCertificate = () => createAppCertificate(clock.nowMs() - dayMs, clock.nowMs() + 30 * dayMs)
  const nowSeconds = () => clock.nowMs() / 1000
  const byCertificate = (certificate: ReturnType<typeof newCertificate>, clientId: string) =>
    token({
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: createAssertion(certificate, {
        aud: tokenUrl,
        iss: clientId,
        sub: clientId,
        nbf: nowSeconds(),
        exp: nowSeconds() + 600,
      }),
    })
  return { ...made, token, newCertificate, byCertificate, nowSeconds }
}

describe('the bootstrap of exchange.md 5.3', () => {
  it('makes an app, waits for the directory, grants its roles, uses it and clears it away', async () => {
    const { clock, tenant, call, newCertificate, byCertificate } = withSignIn()
    const resource = async (appId: string) => {
      const { body } = await call(
        'GET',
        `/servicePrincipals?$filter=${encodeURIComponent(`appId eq '${appId}'`)}&$select=id,appRoles`,
      )
      return listOf(body)[0] as { id: string; appRoles: { id: string; value: string }[] }
    }
    const [graph, exchange] = [await resource(graphAppId), await resource(exchangeAppId)]
    const wanted = ['User.Read.All', 'MailboxItem.ImportExport.All'].map(
      (value) => graph.appRoles.find((role) => role.value === value)?.id ?? '',
    )
    const imap = exchange.appRoles.find(({ value }) => value === 'IMAP.AccessAsApp')?.id ?? ''

    expect(listOf((await call('GET', "/applications?$filter=displayName eq 'Mailvan'")).body)).toEqual([])
    const certificate = newCertificate()
    const made = await call('POST', '/applications', {
      displayName: 'Mailvan',
      signInAudience: 'AzureADMyOrg',
      tags: ['mailvan'],
      requiredResourceAccess: [
        { resourceAppId: graphAppId, resourceAccess: wanted.map((id) => ({ id, type: 'Role' })) },
        { resourceAppId: exchangeAppId, resourceAccess: [{ id: imap, type: 'Role' }] },
      ],
      keyCredentials: [{ type: 'AsymmetricX509Cert', usage: 'Verify', key: certificate.credential.key, displayName: 'mig' }],
    })
    expect(made.status).toBe(201)
    const { id, appId } = made.body as { id: string; appId: string }
    expect(made.body).toMatchObject({
      keyCredentials: [{ displayName: 'mig', key: null }],
      passwordCredentials: [],
      tags: ['mailvan'],
    })

    const early = await call('POST', '/servicePrincipals', { appId })
    expect([early.status, early.error?.message]).toEqual([
      400,
      `The appId '${appId}' of the service principal does not reference a valid application object.`,
    ])
    clock.advance(tenant.settings.replicationDelayMs)
    const principal = await call('POST', '/servicePrincipals', { appId })
    expect(principal.status).toBe(201)
    const principalId = String(principal.body['id'])
    expect(await call('POST', '/servicePrincipals', { appId })).toMatchObject({
      status: 409,
      error: { code: 'Request_MultipleObjectsWithSameKeyValue' },
    })

    const grant = (resourceId: string, appRoleId: string) =>
      call('POST', `/servicePrincipals/${resourceId}/appRoleAssignedTo`, { principalId, resourceId, appRoleId })
    expect(await grant(graph.id, wanted[0] ?? '')).toMatchObject({
      status: 404,
      error: { code: 'Request_ResourceNotFound' },
    })
    expect((await byCertificate(certificate, appId)).error_codes).toEqual([7000229])
    clock.advance(tenant.settings.replicationDelayMs)
    for (const role of wanted) expect((await grant(graph.id, role)).status).toBe(201)
    expect(await grant(exchange.id, imap)).toMatchObject({
      status: 201,
      body: {
        principalDisplayName: 'Mailvan',
        principalType: 'ServicePrincipal',
        resourceDisplayName: 'Office 365 Exchange Online',
      },
    })
    expect((await grant(graph.id, wanted[0] ?? '')).error?.message).toContain('Permission being assigned already exists')
    expect((await grant(graph.id, imap)).error?.message).toContain('Permission being assigned was not found')
    const assignments = listOf((await call('GET', `/servicePrincipals/${principalId}/appRoleAssignments`)).body)
    expect(assignments).toHaveLength(3)

    const roles = async () => claimsOf((await byCertificate(certificate, appId))['access_token'])['roles']
    expect(await roles()).toBeUndefined()
    clock.advance(tenant.settings.roleDelayMs)
    expect(await roles()).toEqual(['User.Read.All', 'MailboxItem.ImportExport.All'])

    const [first] = assignments
    expect(
      (await call('DELETE', `/servicePrincipals/${principalId}/appRoleAssignments/${String(first?.['id'])}`)).status,
    ).toBe(204)
    expect(listOf((await call('GET', `/servicePrincipals/${principalId}/appRoleAssignments`)).body)).toHaveLength(2)
    clock.advance(tenant.settings.roleDelayMs)
    expect(await roles()).toEqual(['MailboxItem.ImportExport.All'])

    expect((await call('DELETE', `/servicePrincipals/${principalId}`)).status).toBe(204)
    expect((await call('DELETE', `/applications/${id}`)).status).toBe(204)
    expect((await byCertificate(certificate, appId)).error_codes).toEqual([700016])
    expect((await call('DELETE', `/directory/deletedItems/${id}`)).status).toBe(204)
    expect((await call('DELETE', `/directory/deletedItems/${id}`)).status).toBe(404)
  })

  it('gives the app a directory role, once', async () => {
    const { tenant, call } = createDirectoryRig()
    const principalId = tenant.directory.servicePrincipals.findBy('appId', graphAppId)?.id ?? ''
    const body = { principalId, roleDefinitionId: '29232cdf-9323-42fd-ade2-1d097af3e4de', directoryScopeId: '/' }
    const made = await call('POST', '/roleManagement/directory/roleAssignments', body)
    expect([made.status, made.body['roleDefinitionId']]).toEqual([201, body.roleDefinitionId])
    expect((await call('POST', '/roleManagement/directory/roleAssignments', body)).error?.message).toContain(
      'conflicting object',
    )
    const filter = encodeURIComponent(`principalId eq '${principalId}'`)
    expect(listOf((await call('GET', `/roleManagement/directory/roleAssignments?$filter=${filter}`)).body)).toHaveLength(1)
    expect((await call('DELETE', `/roleManagement/directory/roleAssignments/${String(made.body['id'])}`)).status).toBe(204)
    expect(
      (await call('POST', '/roleManagement/directory/roleAssignments', { ...body, roleDefinitionId: randomUUID() })).status,
    ).toBe(404)
  })
})

describe('an app’s credentials', () => {
  it('tell a new secret once, and work until they are removed', async () => {
    const { clock, tenant, call, token } = withSignIn()
    const { id, appId } = (await call('POST', '/applications', { displayName: 'x' })).body as { id: string; appId: string }
    clock.advance(tenant.settings.replicationDelayMs)
    await call('POST', '/servicePrincipals', { appId })
    clock.advance(tenant.settings.replicationDelayMs)
    const added = await call('POST', `/applications/${id}/addPassword`, { passwordCredential: { displayName: 'mig' } })
    const { secretText, keyId, hint } = added.body as { secretText: string; keyId: string; hint: string }
    expect([added.status, secretText.length, secretText.slice(0, 3)]).toEqual([200, 40, hint])
    const shown = await call('GET', `/applications(appId='${appId}')`)
    expect(shown.body['passwordCredentials']).toMatchObject([{ keyId, secretText: null }])
    expect(JSON.stringify(shown.body)).not.toContain('secretDigest')
    expect(await token({ client_id: appId, client_secret: secretText })).toHaveProperty('access_token')
    expect((await call('POST', `/applications/${id}/removePassword`, { keyId })).status).toBe(204)
    expect((await token({ client_id: appId, client_secret: secretText })).error_codes).toEqual([7000215])
    expect((await call('POST', `/applications/${id}/removePassword`, { keyId })).status).toBe(400)
    const ended = await call('POST', `/applications/${id}/addPassword`, {
      passwordCredential: { endDateTime: '2020-01-01T00:00:00Z' },
    })
    expect(ended.status).toBe(400)
  })

  it('are replaced as a whole by PATCH, and added to with a proof', async () => {
    const { clock, tenant, call, newCertificate, byCertificate, nowSeconds } = withSignIn()
    const [first, second, third] = [newCertificate(), newCertificate(), newCertificate()]
    const { id, appId } = (
      await call('POST', '/applications', { displayName: 'x', keyCredentials: [{ key: first.credential.key }] })
    ).body as { id: string; appId: string }
    clock.advance(tenant.settings.replicationDelayMs)
    await call('POST', '/servicePrincipals', { appId })
    clock.advance(tenant.settings.replicationDelayMs)
    const works = async (certificate: typeof first) =>
      (await byCertificate(certificate, appId))['access_token'] !== undefined
    expect([await works(first), await works(second)]).toEqual([true, false])
    expect((await call('PATCH', `/applications/${id}`, { keyCredentials: [{ key: second.credential.key }] })).status).toBe(
      204,
    )
    expect([await works(first), await works(second)]).toEqual([false, true])

    const proofBy = (certificate: typeof first, claims: object = {}) => {
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const x5t = createHash('sha1').update(certificate.der).digest('base64url')
      const now = nowSeconds()
      const good = { aud: '00000002-0000-0000-c000-000000000000', iss: id, nbf: now, exp: now + 600, ...claims }
      const input = `${encode({ alg: 'RS256', typ: 'JWT', x5t })}.${encode(good)}`
      return `${input}.${sign('sha256', Buffer.from(input), certificate.privateKey).toString('base64url')}`
    }
    const add = (proof: string) =>
      call('POST', `/applications/${id}/addKey`, {
        keyCredential: { key: third.credential.key, type: 'AsymmetricX509Cert', usage: 'Verify' },
        passwordCredential: null,
        proof,
      })
    for (const proof of [
      proofBy(third),
      proofBy(second, { iss: appId }),
      proofBy(second, { exp: 1 }),
      proofBy(second, { exp: nowSeconds() + 6000 }),
      'x',
    ]) {
      expect((await add(proof)).status).toBe(401)
    }
    expect((await add(proofBy(second))).status).toBe(200)
    expect([await works(second), await works(third)]).toEqual([true, true])
    expect((await call('GET', `/applications/${id}?$select=keyCredentials`)).body['keyCredentials']).toMatchObject([
      { key: second.credential.key },
      { key: third.credential.key },
    ])
  })

  it.each([
    [{ key: 'AAAA' }, 'KeyCredentialsInvalidValue'],
    [{ type: 'Symmetric' }, 'KeyCredentialsInvalidType'],
    [{ usage: 'Sign' }, 'KeyCredentialsInvalidUsage'],
    [{ endDateTime: '2100-01-01T00:00:00Z' }, 'KeyCredentialsInvalidEndDate'],
  ])('are refused as %j', async (change, code) => {
    const { call, newCertificate } = withSignIn()
    const keyCredentials = [{ key: newCertificate().credential.key, ...change }]
    expect(await call('POST', '/applications', { displayName: 'x', keyCredentials })).toMatchObject({
      status: 400,
      error: { code },
    })
  })
})

describe('delegated grants', () => {
  it('are made, changed, listed by app and removed', async () => {
    const { tenant, call } = createDirectoryRig()
    const [client, resource] = [exchangeAppId, graphAppId].map(
      (appId) => tenant.directory.servicePrincipals.findBy('appId', appId)?.id ?? '',
    )
    const body = { clientId: client, consentType: 'AllPrincipals', resourceId: resource, scope: 'User.Read' }
    const made = await call('POST', '/oauth2PermissionGrants', body)
    expect([made.status, made.body['scope']]).toEqual([201, 'User.Read'])
    expect(await call('POST', '/oauth2PermissionGrants', body)).toMatchObject({ status: 409 })
    expect((await call('POST', '/oauth2PermissionGrants', { ...body, consentType: 'Principal' })).status).toBe(400)
    const path = `/oauth2PermissionGrants/${String(made.body['id'])}`
    expect((await call('PATCH', path, { scope: 'User.Read Mail.Read' })).status).toBe(204)
    expect(listOf((await call('GET', `/servicePrincipals/${client}/oauth2PermissionGrants`)).body)).toMatchObject([
      { scope: 'User.Read Mail.Read' },
    ])
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })
})

it('an app is made once by its unique name, and changed where it is there (Graph’s page application-upsert)', async () => {
  const { call, tenant } = createDirectoryRig()
  const path = "/applications(uniqueName='app-65278')"
  const headers = { prefer: 'create-if-missing' }
  expect((await call('PATCH', path, { displayName: 'A' })).status).toBe(404)
  expect(await call('PATCH', path, { tags: [] }, headers)).toMatchObject({ status: 400 })
  const both = await Promise.all(['A', 'B'].map((displayName) => call('PATCH', path, { displayName }, headers)))
  expect(both.map(({ status }) => status).sort()).toEqual([201, 204])
  const made = both.find(({ status }) => status === 201)?.body
  expect(made).toMatchObject({ uniqueName: 'app-65278' })
  expect(await call('PATCH', path, { displayName: 'C' }, headers)).toMatchObject({ status: 204 })
  expect(await call('PATCH', path, { uniqueName: 'other' }, headers)).toMatchObject({ status: 400 })
  expect((await call('GET', path)).body).toMatchObject({ id: made?.['id'], displayName: 'C' })
  expect([...tenant.directory.applications.all()].filter(({ uniqueName }) => uniqueName !== undefined)).toHaveLength(1)
})
