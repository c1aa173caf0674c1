import { createHash, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { addApplication, createSecret } from '../../../../src/sandbox/tenant/add-application.ts'
import { grantAppRole } from '../../../../src/sandbox/tenant/grant-consent.ts'
import { exchangeAppId, graphAppId } from '../../../../src/sandbox/tenant/well-known-apps.ts'
import { toSeconds } from '../../../../src/sandbox/tenant/create-tenant.ts'
import { hasValidSignature, parseJwt } from '../../../../src/formats/json-web-token.ts'
import { claimsOf, createAppCertificate, createAssertion, SignInRig } from './sign-in-rig.ts'

const dayMs = 24 * 60 * 60 * 1000
const graphDefault = 'https://graph.microsoft.com/.default'

function withSecret() {
  const rig = new SignInRig()
  const {
    application,
    servicePrincipal,
    secret = '',
  } = addApplication(rig.tenant, {
    displayName: 'Mover',
    graphRoles: ['User.Read.All', 'MailboxItem.ImportExport.All'],
    exchangeRoles: ['IMAP.AccessAsApp'],
    withSecret: true,
  })
  const form = { grant_type: 'client_credentials', client_id: application.appId, client_secret: secret, scope: graphDefault }
  return { rig, application, servicePrincipal, form }
}

describe('client credentials with a secret', () => {
  it('give a signed token with the granted roles', async () => {
    const { rig, application, servicePrincipal, form } = withSecret()
    const answer = await rig.token(form)
    expect(answer.status).toBe(200)
    expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'expires_in', 'ext_expires_in', 'token_type'])
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 3599 })
    const nowSeconds = rig.clock.nowMs() / 1000
    expect(claimsOf(answer.body['access_token'])).toMatchObject({
      aud: 'https://graph.microsoft.com',
      iss: `https://sts.windows.net/${rig.tenant.id}/`,
      appid: application.appId,
      appidacr: '1',
      idtyp: 'app',
      oid: servicePrincipal.id,
      sub: servicePrincipal.id,
      tid: rig.tenant.id,
      roles: ['User.Read.All', 'MailboxItem.ImportExport.All'],
      ver: '1.0',
      exp: nowSeconds + 3599,
      nbf: nowSeconds - 300,
    })
    expect(claimsOf(answer.body['access_token'])).not.toHaveProperty('scp')
  })

  it.each([
    'https://outlook.office365.com/.default',
    'https://outlook.office.com/.default',
    `${exchangeAppId}/.default`,
    'https://outlook.test/.default',
  ])('give a token for Exchange as %s', async (scope) => {
    const { rig, form } = withSecret()
    const { body } = await rig.token({ ...form, scope })
    const audience = scope.startsWith('https://outlook.test')
      ? 'https://outlook.office365.com'
      : scope.replace('/.default', '')
    expect(claimsOf(body['access_token'])).toMatchObject({ aud: audience, roles: ['IMAP.AccessAsApp'] })
  })

  it('are taken at the tenant’s domain, by version 1 and by basic authentication', async () => {
    const { rig, form } = withSecret()
    expect((await rig.token(form, rig.tenant.initialDomain)).status).toBe(200)
    const { scope: _scope, ...rest } = form
    const v1 = await rig.post(`/${rig.tenant.id}/oauth2/token`, { ...rest, resource: 'https://graph.microsoft.com' })
    expect(claimsOf(v1.body['access_token'])).toMatchObject({ aud: 'https://graph.microsoft.com' })
    const basic = await rig.app.fetch(
      new Request(rig.tokenUrl, {
        method: 'POST',
        headers: {
          Authorization: `Basic ${Buffer.from(`${form.client_id}:${encodeURIComponent(form.client_secret)}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: form.grant_type, scope: form.scope }),
      }),
    )
    expect(basic.status).toBe(200)
  })

  it('are verified by the published keys, before and after a rotation', async () => {
    const { rig, form } = withSecret()
    const first = parseJwt((await rig.token(form)).body['access_token'] ?? '')
    rig.keys.rotate()
    const second = parseJwt((await rig.token(form)).body['access_token'] ?? '')
    const published = async () => {
      const response = await rig.get(`/${rig.tenant.id}/discovery/v2.0/keys`)
      return (JSON.parse(response.text) as { keys: { kid: string; kty: string; n: string; e: string }[] }).keys
    }
    for (const jwt of [first, second]) {
      const key = (await published()).find(({ kid }) => kid === jwt?.header['kid'])
      expect(jwt !== undefined && key !== undefined && hasValidSignature(jwt, createPublicKey({ key, format: 'jwk' }))).toBe(
        true,
      )
    }
    expect(first?.header['kid']).not.toBe(second?.header['kid'])
    rig.clock.advance(dayMs + 1)
    expect((await published()).map(({ kid }) => kid)).toEqual([second?.header['kid']])
  })

  it('carry a new role only after the directory has told it on, and lose a revoked one as late', async () => {
    const { rig, servicePrincipal, form } = withSecret()
    const { directory } = rig.tenant
    const graph = directory.servicePrincipals.findBy('appId', graphAppId)
    grantAppRole(rig.tenant, servicePrincipal.id, graph?.id ?? '', 'e2a3a72e-5f79-4c64-b1b1-878b674786c9')
    const roles = async () => claimsOf((await rig.token(form)).body['access_token'])['roles']
    expect(await roles()).toHaveLength(2)
    rig.clock.advance(rig.tenant.settings.roleDelayMs)
    expect(await roles()).toContain('Mail.ReadWrite')
    const granted = directory.appRoleAssignments.listBy('principalId', servicePrincipal.id).at(-1)
    if (granted !== undefined)
      directory.appRoleAssignments.update({ ...granted, deletedDateTime: toSeconds(rig.clock.nowMs()) })
    expect(await roles()).toContain('Mail.ReadWrite')
    rig.clock.advance(rig.tenant.settings.roleDelayMs)
    expect(await roles()).not.toContain('Mail.ReadWrite')
  })

  it.each([
    ['another secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000218],
    ['an unknown app', { client_id: '99999999-0000-4000-8000-000000000000' }, 400, 'unauthorized_client', 700016],
    ['no app', { client_id: undefined }, 400, 'invalid_request', 900144],
    ['no grant', { grant_type: undefined }, 400, 'invalid_request', 900144],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['a single permission', { scope: 'https://graph.microsoft.com/User.Read.All' }, 400, 'invalid_scope', 1002012],
    ['no scope', { scope: undefined }, 400, 'invalid_request', 900144],
    ['another cloud’s resource', { scope: 'https://graph.microsoft.us/.default' }, 400, 'invalid_resource', 500011],
    ['another assertion type', { client_assertion: 'x', client_assertion_type: 'y' }, 400, 'invalid_request', 700026],
  ])('are refused with %s', async (_name, change, status, error, code) => {
    const { rig, form } = withSecret()
    const given = Object.fromEntries(
      Object.entries({ ...form, ...change }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>
    const answer = await rig.token(given)
    expect([answer.status, answer.body['error'], answer.body.error_codes]).toEqual([status, error, [code]])
    const description = answer.body['error_description'] ?? ''
    expect(description).toMatch(
      new RegExp(
        `^AADSTS${code}: .* Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: 2026-11-21 09:00:00Z$`,
      ),
    )
    expect(answer.body).toMatchObject({
      timestamp: '2026-11-21 09:00:00Z',
      error_uri: `https://login.test/error?code=${code}`,
    })
    expect(description).toContain(answer.body['trace_id'])
    expect(description).toContain(answer.body['correlation_id'])
    expect(answer.text).not.toContain(form.client_secret)
  })

  it('are refused where the tenant is unknown, missing, another, or the secret is old', async () => {
    const { rig, application, form } = withSecret()
    expect((await rig.token(form, 'nowhere.example')).body.error_codes).toEqual([90002])
    expect((await rig.token(form, 'organizations')).body.error_codes).toEqual([50059])
    expect((await rig.token(form, rig.other.id)).body.error_codes).toEqual([700016])
    const old = createSecret(null, rig.clock.nowMs() - 2 * dayMs, rig.clock.nowMs() - dayMs)
    rig.tenant.directory.applications.update({ ...application, passwordCredentials: [old.credential] })
    expect((await rig.token({ ...form, client_secret: old.secret })).body.error_codes).toEqual([7000222])
  })

  it('are refused while the service principal is missing, young or disabled', async () => {
    const { rig, servicePrincipal, form } = withSecret()
    const { servicePrincipals } = rig.tenant.directory
    servicePrincipals.update({ ...servicePrincipal, accountEnabled: false })
    expect((await rig.token(form)).body.error_codes).toEqual([7000112])
    servicePrincipals.update({ ...servicePrincipal, createdDateTime: toSeconds(rig.clock.nowMs()) })
    expect((await rig.token(form)).body.error_codes).toEqual([7000229])
    rig.clock.advance(rig.tenant.settings.replicationDelayMs)
    expect((await rig.token(form)).status).toBe(200)
    servicePrincipals.erase(servicePrincipal.id)
    expect((await rig.token(form)).body.error_codes).toEqual([7000229])
  })
})

describe('client credentials with a certificate', () => {
  function withCertificate() {
    const rig = new SignInRig()
    const nowMs = rig.clock.nowMs()
    const certificate = createAppCertificate(nowMs - dayMs, nowMs + 30 * dayMs)
    const { application } = addApplication(rig.tenant, {
      displayName: 'Mover',
      graphRoles: ['User.Read.All'],
      certificates: [certificate.credential],
    })
    const nowSeconds = nowMs / 1000
    const claims = {
      aud: rig.tokenUrl,
      iss: application.appId,
      sub: application.appId,
      nbf: nowSeconds,
      exp: nowSeconds + 600,
    }
    const send = (assertion: string) =>
      rig.token({
        grant_type: 'client_credentials',
        client_id: application.appId,
        scope: graphDefault,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      })
    return { rig, certificate, application, claims, send, nowSeconds }
  }

  it('give a token, PS256 and RS256, by either thumbprint', async () => {
    const { certificate, claims, send } = withCertificate()
    const answer = await send(createAssertion(certificate, claims))
    expect(claimsOf(answer.body['access_token'])).toMatchObject({ appidacr: '2', roles: ['User.Read.All'] })
    expect((await send(createAssertion(certificate, claims, { alg: 'RS256' }))).status).toBe(200)
    const x5t = createHash('sha1').update(certificate.der).digest('base64url')
    expect((await send(createAssertion(certificate, claims, { 'x5t#S256': undefined, x5t }))).status).toBe(200)
  })

  it.each([
    ['another audience', { aud: 'https://login.test/x/oauth2/v2.0/token' }, {}, 700023],
    ['another issuer', { iss: 'x' }, {}, 700021],
    ['another subject', { sub: 'x' }, {}, 700021],
    ['an end in the past', { exp: 1 }, {}, 700024],
    ['no end', { exp: undefined }, {}, 700024],
    ['an end far away', { exp: 4_000_000_000 }, {}, 700024],
    ['a beginning in the future', { nbf: 4_000_000_000 }, {}, 700024],
    ['no id', { jti: undefined }, {}, 50027],
    ['an unknown thumbprint', {}, { 'x5t#S256': 'AAAA' }, 700027],
    ['no thumbprint', {}, { 'x5t#S256': undefined }, 50027],
    ['no algorithm', {}, { alg: 'none' }, 700027],
  ])('are refused with %s', async (_name, claimsChange, headerChange, code) => {
    const { certificate, claims, send } = withCertificate()
    const answer = await send(createAssertion(certificate, { ...claims, ...claimsChange }, headerChange))
    expect(answer.body.error_codes).toEqual([code])
  })

  it('are refused when signed by another key, used twice, expired or no JWT', async () => {
    const { rig, certificate, application, claims, send } = withCertificate()
    const foreign = createAppCertificate(0, 4e12)
    expect(
      (await send(createAssertion({ ...certificate, privateKey: foreign.privateKey }, claims))).body.error_codes,
    ).toEqual([700027])
    const once = createAssertion(certificate, claims)
    expect((await send(once)).status).toBe(200)
    expect((await send(once)).body.error_codes).toEqual([50012])
    expect((await send('a.b')).body.error_codes).toEqual([50027])
    const expired = { ...certificate.credential, endDateTime: toSeconds(rig.clock.nowMs() - 1000) }
    rig.tenant.directory.applications.update({ ...application, keyCredentials: [expired] })
    expect((await send(createAssertion(certificate, claims))).body.error_codes).toEqual([700027])
  })
})
