import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../src/sandbox/tenant/open-database.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/start-sandbox.ts'
import { commandLineToolsAppId } from '../../../src/sandbox/tenant/well-known-apps.ts'

let folder: string
let sandbox: Sandbox

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailvan-test-'))
})

afterEach(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

async function start(...tenants: readonly string[]): Promise<void> {
  const options = { port: 0, users: 1, messagesPerUser: 1, profile: 'none', timeFactor: 1, isSecure: false } as const
  const onDefect = (error: unknown) => expect.unreachable(String(error))
  sandbox = await startSandbox({ ...options, tenants: tenants.length === 0 ? ['contoso'] : tenants, folder, onDefect })
}

async function restart(...tenants: readonly string[]): Promise<void> {
  await sandbox.close()
  await start(...tenants)
}

type Tokens = { readonly access_token: string; readonly refresh_token: string; readonly error_codes?: readonly number[] }

async function askForTokens(form: Readonly<Record<string, string>>): Promise<Tokens> {
  const url = `${sandbox.access.tenants[0]!.authority}/oauth2/v2.0/token`
  const body = new URLSearchParams({ client_id: commandLineToolsAppId, ...form })
  return (await (await fetch(url, { method: 'POST', body })).json()) as Tokens
}

const refresh = (token: string) => askForTokens({ grant_type: 'refresh_token', refresh_token: token })

/** The administrator signs in on the sign-in page and consents. */
async function signIn(): Promise<Tokens> {
  const [tenant] = sandbox.access.tenants
  const verifier = 'v'.repeat(43)
  const body = new URLSearchParams({
    client_id: commandLineToolsAppId,
    response_type: 'code',
    redirect_uri: 'http://localhost',
    scope: 'offline_access User.Read.All',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    sandbox_user: tenant!.administrator,
    sandbox_consent: 'accept',
  })
  const answer = await fetch(`${tenant!.authority}/oauth2/v2.0/authorize`, { method: 'POST', body, redirect: 'manual' })
  const code = new URL(answer.headers.get('location')!).searchParams.get('code')!
  return askForTokens({ grant_type: 'authorization_code', code, redirect_uri: 'http://localhost', code_verifier: verifier })
}

async function statusOf(token: string): Promise<number> {
  return (await fetch(`${sandbox.access.graph}/v1.0/users`, { headers: { Authorization: `Bearer ${token}` } })).status
}

async function control(name: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`${sandbox.access.page}sandbox/${name}`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
}

describe('a kept folder', () => {
  it('needs no new sign-in after a restart: access tokens, refresh tokens and keys are as they were', async () => {
    await start()
    const { access_token: access, refresh_token: first } = await signIn()
    const keys = sandbox.keys.published()
    await restart()
    expect(sandbox.keys.published()).toEqual(keys)
    expect(await statusOf(access)).toBe(200)
    const { access_token: renewed, refresh_token: second } = await refresh(first)
    expect(await statusOf(renewed)).toBe(200)
    await restart('contoso', 'fabrikam')
    expect(sandbox.keys.published()[0]).toEqual(keys[0])
    expect(await statusOf(access)).toBe(200)
    expect(await statusOf((await refresh(second)).access_token)).toBe(200)
    expect((await refresh(`${second}x`)).error_codes).toEqual([70008])
  })

  it('keeps what became of its keys: rotated ones verify, revoked ones never again', async () => {
    await start()
    const before = await signIn()
    await control('keys', { action: 'rotate' })
    const after = await refresh(before.refresh_token)
    await restart()
    expect([await statusOf(before.access_token), await statusOf(after.access_token)]).toEqual([200, 200])
    await control('keys', { action: 'revoke' })
    await restart()
    expect([await statusOf(before.access_token), await statusOf(after.access_token)]).toEqual([401, 401])
    expect(await statusOf((await refresh(before.refresh_token)).access_token)).toBe(200)
  })

  it('keeps how late it is, so that tokens of a later time stay good and old ones stay over', async () => {
    await start()
    const early = await signIn()
    await control('clock', { advanceSeconds: 30 * 24 * 3600 })
    const late = await refresh(early.refresh_token)
    await restart()
    expect([await statusOf(early.access_token), await statusOf(late.access_token)]).toEqual([401, 200])
    await control('clock', { advanceSeconds: 61 * 24 * 3600 })
    expect((await refresh(early.refresh_token)).error_codes).toEqual([70008])
  })

  it('of a version without Exchange’s administration is opened as if it had had it', async () => {
    await start()
    await sandbox.close()
    const database = openDatabase(join(folder, 'contoso.tenant.db'))
    database.exec(`delete from directory_objects where kind in ('exchangePrincipal', 'roleAssignment')`)
    database.exec(`update mailboxes set settings = json_remove(settings, '$.sendAs', '$.sendOnBehalf', '$.isArchiveExpanding')`)
    database.close()
    await start()
    const [{ authority, clientId, clientSecret, servicePrincipalId, id, users } = expect.unreachable()] = sandbox.access.tenants
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: `${sandbox.access.outlook}/.default` }
    const answer = await fetch(`${authority}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })
    const { access_token: token } = (await answer.json()) as Tokens
    const call = async (CmdletName: string, Parameters: object) => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
      const body = JSON.stringify({ CmdletInput: { CmdletName, Parameters } })
      const called = await fetch(`${sandbox.access.outlook}/adminapi/beta/${id}/InvokeCommand`, { method: 'POST', headers, body })
      return ((await called.json()) as { value: readonly object[] }).value
    }
    expect(await call('Get-ServicePrincipal', {})).toMatchObject([{ AppId: clientId, ObjectId: servicePrincipalId }])
    expect(await call('Get-RecipientPermission', { Identity: users[0] })).toHaveLength(1)
  })

  it('holds no refresh token in a form that somebody could use, and is its owner’s alone', async () => {
    await start()
    const { refresh_token: token } = await signIn()
    await sandbox.close()
    const file = join(folder, 'contoso.tenant.db')
    expect((await readFile(file)).includes(token)).toBe(false)
    expect((await stat(file)).mode & 0o077).toBe(0)
  })
})
