import { describe, expect, it } from 'vitest'
import { createSignInApp } from '../../../../src/sandbox/faces/sign-in/sign-in-app.ts'
import { addApplication } from '../../../../src/sandbox/tenant/add-application.ts'
import type { Cloud } from '../../../../src/sandbox/tenant/cloud.ts'
import { effectiveAppRoles } from '../../../../src/sandbox/tenant/granted-permissions.ts'
import { exchangeAppId, graphAppId } from '../../../../src/sandbox/tenant/well-known-apps.ts'
import { SigningKeys } from '../../../../src/sandbox/tokens/signing-keys.ts'
import { createTestTenant, rigEndpoints } from '../graph-rig.ts'
import { createStandingClock } from '../standing-clock.ts'
import { SignInRig } from './sign-in-rig.ts'

describe('OpenID metadata', () => {
  it('is the same by id, by domain and by its own endpoints', async () => {
    const rig = new SignInRig()
    const read = async (path: string) => (await rig.get(path)).body
    const byId = await read(`/${rig.tenant.id}/v2.0/.well-known/openid-configuration`)
    expect(byId).toEqual(await read(`/${rig.tenant.initialDomain.toUpperCase()}/v2.0/.well-known/openid-configuration`))
    expect(byId).toMatchObject({
      issuer: `https://login.test/${rig.tenant.id}/v2.0`,
      token_endpoint: rig.tokenUrl,
      tenant_region_scope: 'EU',
      cloud_instance_name: 'microsoftonline.com',
      msgraph_host: 'graph.test',
    })
    expect(byId).not.toHaveProperty('tenant_region_sub_scope')
    expect((await rig.get(new URL(byId['jwks_uri'] ?? '').pathname)).status).toBe(200)
    expect(await read('/organizations/v2.0/.well-known/openid-configuration')).toMatchObject({
      issuer: 'https://login.test/{tenantid}/v2.0',
      token_endpoint: 'https://login.test/organizations/oauth2/v2.0/token',
    })
    expect(await read(`/${rig.tenant.id}/.well-known/openid-configuration`)).toMatchObject({
      issuer: `https://sts.windows.net/${rig.tenant.id}/`,
    })
  })

  it('refuses a domain that no tenant has', async () => {
    const answer = await new SignInRig().get('/nowhere.example/v2.0/.well-known/openid-configuration')
    expect([answer.status, answer.body['error'], answer.body.error_codes]).toEqual([400, 'invalid_tenant', [90002]])
  })

  it.each([
    ['gcc-high', 'contoso.onmicrosoft.us', 'USGov', 'DODCON', 'microsoftonline.us'],
    ['dod', 'contoso.onmicrosoft.us', 'USGov', 'DOD', 'microsoftonline.us'],
    ['china', 'contoso.partner.onmschina.cn', 'AS', undefined, 'partner.microsoftonline.cn'],
  ] as const)('tells the cloud %s', async (cloud: Cloud, domain, scope, subScope, instance) => {
    const clock = createStandingClock()
    const tenant = createTestTenant(clock, { cloud })
    const keys = new SigningKeys(clock)
    const app = createSignInApp({
      tenants: { all: [tenant] },
      keys,
      clock,
      endpoints: rigEndpoints,
      onDefect: () => undefined,
    })
    const answer = await app.fetch(new Request(`https://login.test/${domain}/v2.0/.well-known/openid-configuration`))
    const body = (await answer.json()) as Record<string, unknown>
    expect([body['tenant_region_scope'], body['tenant_region_sub_scope'], body['cloud_instance_name']]).toEqual([
      scope,
      subScope,
      instance,
    ])
  })

  it('answers which hosts are the same', async () => {
    const { body } = await new SignInRig().get('/common/discovery/instance?api-version=1.1&authorization_endpoint=x')
    expect(body).toMatchObject({ metadata: [{ preferred_network: 'login.test', aliases: ['login.test'] }] })
  })
})

describe('admin consent', () => {
  function withApp(isMultiTenant = true) {
    const rig = new SignInRig()
    const redirectUris = ['https://mover.test/done']
    const seeded = {
      displayName: 'Mover',
      graphRoles: ['User.Read.All'],
      graphScopes: ['Mail.Read'],
      exchangeRoles: ['IMAP.AccessAsApp'],
    }
    const { application } = addApplication(rig.other, { ...seeded, redirectUris, isMultiTenant })
    const query = (change: Record<string, string> = {}) =>
      new URLSearchParams({
        client_id: application.appId,
        redirect_uri: redirectUris[0] as string,
        state: 's',
        ...change,
      }).toString()
    const form = (change: Record<string, string>) => Object.fromEntries(new URLSearchParams(query(change)))
    const roles = (resource: string) => {
      const principal = rig.tenant.directory.servicePrincipals.findBy('appId', application.appId)
      return principal === undefined ? undefined : effectiveAppRoles(rig.tenant, principal.id, resource)
    }
    return { rig, application, query, form, roles }
  }

  it('v1 grants what the registration requires, in a tenant that never saw the app', async () => {
    const { rig, query, form, roles } = withApp()
    const path = '/organizations/adminconsent'
    expect((await rig.get(`${path}?${query()}`)).text).toContain(rig.admin.userPrincipalName)
    const ask = await rig.post(path, form({ sandbox_user: rig.admin.id }))
    expect(ask.text).toContain('<code>IMAP.AccessAsApp</code>')
    expect(roles(graphAppId)).toBeUndefined()
    const done = await rig.post(path, form({ sandbox_user: rig.admin.id, sandbox_consent: 'organization' }))
    expect(Object.fromEntries(done.location.searchParams)).toEqual({
      admin_consent: 'True',
      tenant: rig.tenant.id,
      state: 's',
    })
    rig.clock.advance(rig.tenant.settings.roleDelayMs)
    expect([roles(graphAppId), roles(exchangeAppId)]).toEqual([['User.Read.All'], ['IMAP.AccessAsApp']])
    const grant = [...rig.tenant.directory.permissionGrants.all()].at(-1)
    expect(grant).toMatchObject({ consentType: 'AllPrincipals', scope: 'Mail.Read' })
  })

  it('v2 grants what its scope names, and needs no page with prompt=none', async () => {
    const { rig, query, roles } = withApp()
    const scope = 'https://ps.outlook.com/.default'
    const path = `/${rig.tenant.id}/v2.0/adminconsent`
    const silent = { prompt: 'none', login_hint: rig.admin.userPrincipalName }
    const done = await rig.get(`${path}?${query({ scope, ...silent })}`)
    expect(done.location.searchParams.get('admin_consent')).toBe('True')
    rig.clock.advance(rig.tenant.settings.roleDelayMs)
    expect([roles(graphAppId), roles(exchangeAppId)]).toEqual([[], ['IMAP.AccessAsApp']])
  })

  it('is refused to users, by users, and for apps of another tenant alone', async () => {
    const { rig, query, form } = withApp()
    const path = `/${rig.tenant.id}/adminconsent`
    const asUser = await rig.get(`${path}?${query({ prompt: 'none', login_hint: rig.user.userPrincipalName })}`)
    expect(asUser.location.searchParams.get('error')).toBe('access_denied')
    const declined = await rig.post(path, form({ sandbox_user: rig.admin.id, sandbox_consent: 'decline' }))
    expect(declined.location.searchParams.get('error_description')).toContain('AADSTS65004')
    const own = withApp(false)
    const closed = await own.rig.get(`/${own.rig.tenant.id}/adminconsent?${own.query()}`)
    expect([closed.status, closed.text.includes('AADSTS700016')]).toEqual([400, true])
  })
})
