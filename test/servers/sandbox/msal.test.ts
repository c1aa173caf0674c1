import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { ConfidentialClientApplication, CryptoProvider, PublicClientApplication } from '@azure/msal-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/start-sandbox.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { commandLineToolsAppId } from '../../../src/sandbox/tenant/well-known-apps.ts'
import { claimsOf, createAppCertificate } from '../../unit/sandbox/sign-in/sign-in-rig.ts'
import { createTrustingNetwork, sendHttps } from './trusting-network.ts'

const graphDefault = 'https://graph.microsoft.com/.default'
const formHeaders = { 'Content-Type': 'application/x-www-form-urlencoded' }
const defects: unknown[] = []
let sandbox: Sandbox
let authorityPem: string

beforeAll(async () => {
  sandbox = await startSandbox({
    tenants: ['contoso'],
    port: 0,
    users: 2,
    messagesPerUser: 1,
    profile: 'none',
    timeFactor: 1,
    isSecure: true,
    onDefect: (error) => defects.push(error),
  })
  authorityPem = await readFile(sandbox.access.authorityFile ?? '', 'utf8')
})

afterAll(async () => {
  await sandbox.close()
  expect(defects).toEqual([])
})

function tenantAccess() {
  const [access] = sandbox.access.tenants
  if (access === undefined) throw new Error('the sandbox has no tenant')
  return access
}

/** MSAL asks Microsoft's own instance discovery about hosts that it is not told to know. */
function settings() {
  return { system: { networkClient: createTrustingNetwork(authorityPem) } }
}

function auth(authority = tenantAccess().authority) {
  return { authority, knownAuthorities: [new URL(authority).host] }
}

/** What a person does on the sign-in pages: a form is sent, and the redirect or the page comes back. */
function press(url: string, fields: Readonly<Record<string, string>>) {
  const agent = new Agent({ ca: authorityPem })
  return sendHttps(agent, 'POST', url, { headers: formHeaders, body: new URLSearchParams(fields).toString() })
}

describe('MSAL for Node signs in to the sandbox', () => {
  it('with a client secret', async () => {
    const { clientId, clientSecret } = tenantAccess()
    const app = new ConfidentialClientApplication({ auth: { ...auth(), clientId, clientSecret }, ...settings() })
    const result = await app.acquireTokenByClientCredential({ scopes: [graphDefault] })
    expect(result?.tokenType).toBe('Bearer')
    expect(claimsOf(result?.accessToken)['roles']).toContain('MailboxItem.ImportExport.All')
    const cached = await app.acquireTokenByClientCredential({ scopes: [graphDefault] })
    expect([cached?.fromCache, cached?.accessToken]).toEqual([true, result?.accessToken])
    const exchange = await app.acquireTokenByClientCredential({ scopes: ['https://outlook.office365.com/.default'] })
    expect(claimsOf(exchange?.accessToken)).toMatchObject({ aud: 'https://outlook.office365.com' })
  })

  it('and tells a wrong secret and an unknown tenant as Microsoft’s', async () => {
    const { clientId, clientSecret } = tenantAccess()
    const wrong = new ConfidentialClientApplication({ auth: { ...auth(), clientId, clientSecret: 'wrong' }, ...settings() })
    await expect(wrong.acquireTokenByClientCredential({ scopes: [graphDefault] })).rejects.toMatchObject({
      errorCode: 'invalid_client',
      errorMessage: expect.stringContaining('AADSTS7000215') as string,
    })
    const nowhere = auth(`${sandbox.access.signIn}/nowhere.example`)
    const lost = new ConfidentialClientApplication({ auth: { ...nowhere, clientId, clientSecret }, ...settings() })
    await expect(lost.acquireTokenByClientCredential({ scopes: [graphDefault] })).rejects.toThrow()
  })

  it('with a certificate', async () => {
    const [open] = sandbox.tenants
    if (open === undefined) throw new Error('the sandbox has no tenant')
    const certificate = createAppCertificate(Date.now() - 60_000, Date.now() + 3_600_000)
    const { application } = addApplication(open.tenant, {
      displayName: 'By certificate',
      graphRoles: ['User.Read.All'],
      certificates: [certificate.credential],
    })
    const thumbprintSha256 = createHash('sha256').update(certificate.der).digest('hex')
    const privateKey = certificate.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    const clientCertificate = { thumbprintSha256, privateKey }
    const app = new ConfidentialClientApplication({
      auth: { ...auth(), clientId: application.appId, clientCertificate },
      ...settings(),
    })
    const result = await app.acquireTokenByClientCredential({ scopes: [graphDefault] })
    expect(claimsOf(result?.accessToken)).toMatchObject({ appidacr: '2', roles: ['User.Read.All'] })
  })

  it('by authorization code with PKCE, then silently, as an administrator of any tenant', async () => {
    const { administrator, id } = tenantAccess()
    const app = new PublicClientApplication({
      auth: { ...auth(`${sandbox.access.signIn}/organizations`), clientId: commandLineToolsAppId },
      ...settings(),
    })
    const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
    const request = { scopes: ['https://graph.microsoft.com/Application.ReadWrite.All'], redirectUri: 'http://localhost:53123' }
    const url = new URL(await app.getAuthCodeUrl({ ...request, codeChallenge: challenge, codeChallengeMethod: 'S256', state: 's' }))
    const query = Object.fromEntries(url.searchParams)
    const done = await press(`${url.origin}${url.pathname}`, { ...query, sandbox_user: administrator, sandbox_consent: 'accept' })
    const location = new URL(done.headers['location'] ?? '')
    expect([done.status, location.origin, location.searchParams.get('state')]).toEqual([302, 'http://localhost:53123', 's'])
    const result = await app.acquireTokenByCode({ ...request, code: location.searchParams.get('code') ?? '', codeVerifier: verifier })
    expect(result.account).toMatchObject({ username: administrator, tenantId: id })
    expect(claimsOf(result.accessToken)['scp']).toContain('Application.ReadWrite.All')
    if (result.account === null) throw new Error('MSAL has no account')
    const silent = await app.acquireTokenSilent({ scopes: request.scopes, account: result.account })
    expect(silent.fromCache).toBe(true)
    const fresh = await app.acquireTokenSilent({ scopes: request.scopes, account: result.account, forceRefresh: true })
    expect([fresh.fromCache, fresh.accessToken === result.accessToken]).toEqual([false, false])
  })

  it('by device code, which a tenant may block', async () => {
    const { administrator } = tenantAccess()
    const [open] = sandbox.tenants
    const app = new PublicClientApplication({ auth: { ...auth(), clientId: commandLineToolsAppId }, ...settings() })
    const signIn = () =>
      app.acquireTokenByDeviceCode({
        scopes: ['https://graph.microsoft.com/User.Read'],
        deviceCodeCallback: ({ userCode, verificationUri }) => {
          void press(verificationUri, { user_code: userCode, sandbox_user: administrator, sandbox_consent: 'accept' })
        },
      })
    const result = await signIn()
    expect(result?.account?.username).toBe(administrator)
    expect(claimsOf(result?.accessToken)['scp']).toContain('User.Read')
    if (open !== undefined) open.tenant.settings.blocksDeviceCode = true
    await expect(signIn()).rejects.toMatchObject({ errorMessage: 'invalid_grant' })
  })
})
