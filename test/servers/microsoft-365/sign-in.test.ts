import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cloudNames } from '../../../src/connectors/kit/microsoft/clouds.ts'
import { authorities, findTenant } from '../../../src/connectors/kit/microsoft/find-tenant.ts'
import { type AppCredential, makeAppCertificate, readAppCertificate } from '../../../src/connectors/kit/microsoft/sign-in/app-credential.ts'
import { AppTokens } from '../../../src/connectors/kit/microsoft/sign-in/app-tokens.ts'
import { readTokenClaims } from '../../../src/connectors/kit/microsoft/sign-in/token-claims.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import type { Cloud } from '../../../src/sandbox/tenant/cloud.ts'
import type { KeyCredential } from '../../../src/sandbox/tenant/directory-records.ts'
import { MicrosoftRig } from './microsoft-rig.ts'

const dayMs = 24 * 60 * 60 * 1000
let rig: MicrosoftRig
const { signal } = new AbortController()

beforeAll(async () => {
  rig = await MicrosoftRig.start()
})

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

async function makeCertificate(nowMs = rig.standing.clock.nowMs(), lifetimeDays = 180) {
  const credential = await makeAppCertificate({ name: 'mailvan', nowMs, randomBytes: rig.context.randomBytes, lifetimeDays })
  const { certificate } = readAppCertificate(credential)
  const registered: KeyCredential = {
    keyId: '5f0d4f3e-5d0c-4a4e-9d0a-6f3f0f7c1e55',
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    key: certificate.raw.toString('base64'),
    displayName: 'mailvan',
    customKeyIdentifier: null,
    startDateTime: certificate.validFromDate.toISOString(),
    endDateTime: certificate.validToDate.toISOString(),
  }
  return { credential, certificate, registered }
}

/** An app that has the certificate and nothing else. */
function registerApp(certificates: readonly KeyCredential[]): string {
  const { tenant } = rig.tenant
  return addApplication(tenant, { displayName: 'Certified', graphRoles: ['User.Read.All'], certificates }).application.appId
}

const tokensOf = (credential: AppCredential, clientId?: string, tenantId = rig.tenant.id) =>
  new AppTokens(rig.context, { ...rig.appWith(credential, clientId), tenantId })

const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: unknown) => (error as { code?: string }).code ?? error)

describe('an app signs in', () => {
  it('with a secret, for Graph and for Exchange', async () => {
    const tokens = new AppTokens(rig.context, rig.app)
    expect(readTokenClaims(await tokens.token('graph', signal)).roles).toContain('MailboxItem.ImportExport.All')
    const claims = readTokenClaims(await tokens.token('outlook', signal))
    expect(claims).toMatchObject({ tenantId: rig.tenant.id, appId: rig.tenant.clientId, objectId: rig.tenant.servicePrincipalId })
    expect(claims.roles).toContain('IMAP.AccessAsApp')
  })

  it('with a certificate of its own making, which Node reads as it was meant', async () => {
    const { credential, certificate, registered } = await makeCertificate()
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect([certificate.subject, certificate.issuer]).toEqual(['CN=mailvan', 'CN=mailvan'])
    expect(certificate.validToDate.getTime() - rig.standing.clock.nowMs()).toBe(180 * dayMs)
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBeGreaterThanOrEqual(2048)
    const token = await tokensOf(credential, registerApp([registered])).token('graph', signal)
    expect(readTokenClaims(token).roles).toEqual(['User.Read.All'])
  })

  it('and is told what is wrong with its certificate', async () => {
    const { credential, registered } = await makeCertificate()
    const other = await makeCertificate()
    const clientId = registerApp([registered])
    expect(await codeOf(tokensOf(other.credential, clientId).token('graph', signal))).toBe('microsoft.sign-in.certificate-unknown')
    const old = await makeCertificate(rig.standing.clock.nowMs() - 400 * dayMs, 365)
    const oldId = registerApp([old.registered])
    expect(await codeOf(tokensOf(old.credential, oldId).token('graph', signal))).toBe('microsoft.sign-in.certificate-expired')
    const mixed = { ...credential, privateKeyPem: other.credential.privateKeyPem }
    expect(() => tokensOf(mixed, clientId)).toThrow(/do not belong together/)
    expect(() => tokensOf({ ...credential, privateKeyPem: 'no key' }, clientId)).toThrow(/not in PEM/)
  })

  it('and is told what is wrong with secret, app, tenant or clock', async () => {
    const secret = { type: 'secret', secret: rig.tenant.clientSecret } as const
    const unknownId = '11111111-2222-3333-4444-555555555555'
    const failed = (tokens: AppTokens) => tokens.token('graph', signal).catch((error: unknown) => error)
    const wrong = await failed(tokensOf({ type: 'secret', secret: 'wr0ng' }))
    expect(wrong).toMatchObject({ code: 'microsoft.sign-in.wrong-secret', kind: 'auth' })
    expect(JSON.stringify(wrong) + String(wrong)).not.toContain('wr0ng')
    expect(await failed(tokensOf(secret, unknownId))).toMatchObject({ code: 'microsoft.sign-in.no-app', kind: 'config' })
    expect(await failed(tokensOf(secret, undefined, unknownId))).toMatchObject({ code: 'microsoft.sign-in.no-tenant', kind: 'config' })
    const { credential, registered } = await makeCertificate()
    const clientId = registerApp([registered])
    const context = { ...rig.context, clock: { ...rig.context.clock, now: () => rig.standing.clock.nowMs() - dayMs } }
    expect(await failed(new AppTokens(context, rig.appWith(credential, clientId)))).toMatchObject({ code: 'microsoft.sign-in.clock' })
  })
})

describe('a token', () => {
  it('is asked for once by all who want it, kept, and renewed before it ends', async () => {
    const tokens = new AppTokens(rig.context, rig.app)
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => tokens.token('graph', signal)))
    expect(new Set([first, ...others]).size).toBe(1)
    rig.standing.clock.advance(50 * 60_000)
    expect(await tokens.token('graph', signal)).toBe(first)
    rig.standing.clock.advance(6 * 60_000)
    const second = await tokens.token('graph', signal)
    expect(second).not.toBe(first)
    tokens.discard('graph', first as string)
    expect(await tokens.token('graph', signal)).toBe(second)
    rig.standing.clock.advance(1000)
    tokens.discard('graph', second)
    expect(await tokens.token('graph', signal)).not.toBe(second)
  })

  it('is not lost to the others when one caller gives up', async () => {
    const tokens = new AppTokens(rig.context, rig.app)
    const stop = new AbortController()
    const reason = new Error('enough')
    const [given, kept] = [codeOf(tokens.token('graph', stop.signal)), tokens.token('graph', signal)]
    stop.abort(reason)
    expect(await given).toBe(reason)
    expect(readTokenClaims(await kept).appId).toBe(rig.tenant.clientId)
  })

  it('says nothing when it is none', () => {
    expect(readTokenClaims('opaque')).toMatchObject({ tenantId: undefined, roles: [], scopes: [] })
  })
})

describe('a tenant is found', () => {
  const places = () => [rig.hosts.authority]

  it('by its id or a domain, with its cloud', async () => {
    const { tenant } = rig.tenant
    const setCloud = (cloud: Cloud) => Object.assign(tenant, { cloud })
    for (const cloud of cloudNames) {
      setCloud(cloud)
      for (const name of [tenant.id, tenant.initialDomain]) {
        expect(await findTenant(rig.http, name, signal, places())).toEqual({ id: tenant.id, cloud })
      }
    }
    setCloud('worldwide')
  })

  it('or not, and those of the German cloud are told what became of it', async () => {
    expect(authorities).toEqual(['https://login.microsoftonline.com', 'https://login.microsoftonline.us', 'https://login.chinacloudapi.cn'])
    expect(await codeOf(findTenant(rig.http, 'nowhere.example', signal, places()))).toBe('microsoft.cloud.no-tenant')
    expect(await codeOf(findTenant(rig.http, 'a/b?c', signal, places()))).toBe('microsoft.cloud.no-tenant')
    expect(await codeOf(findTenant(rig.http, 'contoso.onmicrosoft.de', signal, places()))).toBe('microsoft.cloud.germany')
    expect(await codeOf(findTenant(rig.http, 'contoso.example', signal, ['http://127.0.0.1:1']))).toBe('http.connect.refused')
  })
})
