import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { addApplication, type SeededApplication } from '../../../../src/sandbox/tenant/add-application.ts'
import { commandLineToolsAppId } from '../../../../src/sandbox/tenant/well-known-apps.ts'
import { claimsOf, SignInRig } from './sign-in-rig.ts'

const verifier = 'v'.repeat(43)
const challenge = createHash('sha256').update(verifier).digest('base64url')
const redirectUri = 'http://localhost:51234'

function withApp(seeded: Partial<SeededApplication> = {}) {
  const rig = new SignInRig()
  const { application, servicePrincipal, secret } = addApplication(rig.tenant, {
    displayName: 'Installer',
    isPublicClient: true,
    redirectUris: ['http://localhost'],
    ...seeded,
  })
  const query = {
    client_id: application.appId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access https://graph.microsoft.com/User.Read',
    state: 'xyz',
    nonce: 'n-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  const path = `/${rig.tenant.id}/oauth2/v2.0/authorize`
  const authorize = (change: Record<string, string> = {}) =>
    rig.get(`${path}?${new URLSearchParams({ ...query, ...change }).toString()}`)
  const press = (change: Record<string, string>) => rig.post(path, { ...query, ...change })
  const redeem = (code: string, change: Record<string, string> = {}) =>
    rig.token({
      grant_type: 'authorization_code',
      client_id: application.appId,
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
      client_info: '1',
      ...change,
    })
  const accept = async (change: Record<string, string> = {}) => {
    const answer = await press({ sandbox_user: rig.user.id, sandbox_consent: 'accept', ...change })
    return answer.location.searchParams.get('code') ?? ''
  }
  return { rig, application, servicePrincipal, secret, authorize, press, redeem, accept }
}

describe('authorization code with PKCE', () => {
  it('leads over the list of users and the consent to the code and the tokens', async () => {
    const { rig, application, authorize, press, redeem } = withApp()
    const list = await authorize()
    expect(list.status).toBe(200)
    expect(list.text).toContain(rig.user.userPrincipalName)
    expect(list.text).toContain(`value="${challenge}"`)
    const consent = await press({ sandbox_user: rig.user.id })
    expect(consent.text).toContain('<code>User.Read</code>')
    expect(consent.text).not.toContain('organisation')
    const done = await press({ sandbox_user: rig.user.id, sandbox_consent: 'accept' })
    expect(done.status).toBe(302)
    expect(done.location.origin).toBe(redirectUri)
    expect(done.location.searchParams.get('state')).toBe('xyz')
    const answer = await redeem(done.location.searchParams.get('code') ?? '')
    expect(answer.status).toBe(200)
    expect(answer.body['scope']?.split(' ')).toEqual(
      expect.arrayContaining(['openid', 'https://graph.microsoft.com/User.Read']),
    )
    expect(claimsOf(answer.body['access_token'])).toMatchObject({
      aud: 'https://graph.microsoft.com',
      appid: application.appId,
      appidacr: '0',
      idtyp: 'user',
      oid: rig.user.id,
      upn: rig.user.userPrincipalName,
      scp: 'openid profile email User.Read',
      wids: ['b79fbf4d-3ef9-4689-8143-76b194e85509'],
    })
    expect(claimsOf(answer.body['id_token'])).toMatchObject({
      aud: application.appId,
      iss: `https://login.test/${rig.tenant.id}/v2.0`,
      nonce: 'n-1',
      preferred_username: rig.user.userPrincipalName,
      email: rig.user.mail,
      ver: '2.0',
    })
    expect(JSON.parse(Buffer.from(answer.body['client_info'] ?? '', 'base64url').toString())).toEqual({
      uid: rig.user.id,
      utid: rig.tenant.id,
    })
  })

  it('escapes what an app or a user is called', async () => {
    const { rig, authorize } = withApp({ displayName: '<script>alert(1)</script>' })
    rig.tenant.directory.users.update({ ...rig.user, displayName: '<b>&"' })
    const { text } = await authorize({ state: '"><script>' })
    expect(text).not.toContain('<script>')
    expect(text).toContain('&lt;b&gt;&amp;&quot;')
  })

  it('shows no page with prompt=none and a login hint, once consent is there', async () => {
    const { rig, authorize, accept, redeem } = withApp()
    const silent = () => authorize({ prompt: 'none', login_hint: rig.user.userPrincipalName })
    const before = await silent()
    expect(before.location.searchParams.get('error')).toBe('consent_required')
    expect(before.location.searchParams.get('error_description')).toContain('AADSTS65001')
    await accept()
    expect((await redeem((await silent()).location.searchParams.get('code') ?? '')).status).toBe(200)
    expect((await authorize({ prompt: 'none' })).location.searchParams.get('error')).toBe('login_required')
    const unknown = await authorize({ prompt: 'none', login_hint: 'nobody@contoso.onmicrosoft.com' })
    expect(unknown.location.searchParams.get('error_description')).toContain('AADSTS50034')
  })

  it('answers in the fragment or by a form where asked', async () => {
    const { rig, press } = withApp()
    const answers = { sandbox_user: rig.user.id, sandbox_consent: 'accept' }
    const fragment = await press({ ...answers, response_mode: 'fragment' })
    expect(new URLSearchParams(fragment.location.hash.slice(1)).get('state')).toBe('xyz')
    const form = await press({ ...answers, response_mode: 'form_post' })
    expect(form.text).toContain('name="code"')
    expect(form.text).toContain(`action="${redirectUri}"`)
  })

  it('does not redirect to an address that is not registered; any port of localhost is', async () => {
    const { authorize } = withApp()
    for (const uri of ['http://localhost:1', 'http://localhost:65535/', 'http://localhost']) {
      expect((await authorize({ redirect_uri: uri })).status).toBe(200)
    }
    for (const uri of [
      'https://localhost',
      'http://localhost.evil.test',
      'http://localhost:1/else',
      'http://u@localhost',
      'javascript:alert(1)',
    ]) {
      const answer = await authorize({ redirect_uri: uri })
      expect([answer.status, answer.text.includes('AADSTS50011')], uri).toEqual([400, true])
    }
    expect((await authorize({ client_id: '99999999-0000-4000-8000-000000000000' })).text).toContain('AADSTS700016')
  })

  it.each([
    ['another response type', { response_type: 'token' }, 70005],
    ['a scope that is not there', { scope: 'openid Nonsense.Read' }, 650053],
    ['scopes of two resources', { scope: 'User.Read https://outlook.office.com/IMAP.AccessAsUser.All' }, 28000],
    ['a challenge that is none', { code_challenge: 'short' }, 501491],
    ['a declined consent', { sandbox_consent: 'decline' }, 65004],
    ['a permission for administrators', { scope: 'User.ReadWrite.All', sandbox_consent: 'accept' }, 90094],
    ['consent for everybody by a user', { sandbox_consent: 'organization' }, 90094],
    ['no such user', { sandbox_user: 'nobody' }, 50034],
  ])('tells the app of %s', async (_name, change, code) => {
    const { rig, press } = withApp()
    const answer = await press({ sandbox_user: rig.user.id, ...change } as Record<string, string>)
    expect(answer.status).toBe(302)
    expect(answer.location.searchParams.get('error_description')).toContain(`AADSTS${code}:`)
  })

  it('refuses a code that is used twice, old, foreign, or comes with another verifier or address', async () => {
    const { rig, redeem, accept } = withApp()
    const codes = async (...answers: readonly Promise<{ readonly body: { readonly error_codes?: readonly number[] } }>[]) =>
      (await Promise.all(answers)).map(({ body }) => body.error_codes?.[0])
    const code = await accept()
    const other = addApplication(rig.tenant, { displayName: 'x', isPublicClient: true, redirectUris: ['http://localhost'] })
    expect(
      await codes(
        redeem(code, { code_verifier: 'w'.repeat(43) }),
        redeem(code, { redirect_uri: 'http://localhost:1' }),
        redeem(code, { client_id: other.application.appId }),
        redeem(code, { client_secret: 'x' }),
        redeem('nonsense'),
      ),
    ).toEqual([501481, 50011, 700005, 700025, 70008])
    expect((await redeem(code)).status).toBe(200)
    expect(await codes(redeem(code))).toEqual([54005])
    const late = await accept()
    rig.clock.advance(10 * 60 * 1000)
    expect(await codes(redeem(late))).toEqual([70008])
  })

  it('wants the secret of an app whose address is not a public one', async () => {
    const {
      rig,
      secret = '',
      redeem,
      accept,
    } = withApp({ isPublicClient: false, redirectUris: [redirectUri], withSecret: true })
    const code = await accept()
    expect((await redeem(code)).body.error_codes).toEqual([7000218])
    expect((await redeem(code, { client_secret: 'x' })).body.error_codes).toEqual([7000215])
    const answer = await redeem(code, { client_secret: secret })
    expect(claimsOf(answer.body['access_token'])).toMatchObject({ appidacr: '1', oid: rig.user.id })
  })

  it('signs in an administrator of any tenant to Microsoft’s command line tools, who consents for everybody', async () => {
    const { rig, press, redeem, authorize } = withApp()
    const scope = 'openid offline_access Application.ReadWrite.All AppRoleAssignment.ReadWrite.All'
    const tools = { client_id: commandLineToolsAppId, scope }
    const consent = await press({ ...tools, sandbox_user: rig.admin.id })
    expect(consent.text).toContain('organisation')
    const done = await press({ ...tools, sandbox_user: rig.admin.id, sandbox_consent: 'organization' })
    const answer = await redeem(done.location.searchParams.get('code') ?? '', { client_id: commandLineToolsAppId })
    expect(claimsOf(answer.body['access_token'])).toMatchObject({
      scp: 'openid Application.ReadWrite.All AppRoleAssignment.ReadWrite.All',
      wids: ['62e90394-69f5-4237-9190-012177145e10', 'b79fbf4d-3ef9-4689-8143-76b194e85509'],
    })
    const silent = await authorize({ ...tools, prompt: 'none', login_hint: rig.user.userPrincipalName })
    expect(silent.location.searchParams.has('code')).toBe(true)
  })
})

describe('refresh tokens', () => {
  it('give new tokens, for other scopes of what is granted too', async () => {
    const { rig, application, redeem, accept } = withApp({ graphScopes: ['Mail.Read'] })
    const first = await redeem(await accept())
    const refresh = (change: Record<string, string> = {}) =>
      rig.token({
        grant_type: 'refresh_token',
        client_id: application.appId,
        refresh_token: first.body['refresh_token'] ?? '',
        ...change,
      })
    rig.clock.advance(60 * 60 * 1000)
    const second = await refresh()
    expect(Number(claimsOf(second.body['access_token'])['exp'])).toBeGreaterThan(
      Number(claimsOf(first.body['access_token'])['exp']),
    )
    expect(second.body['refresh_token']).toBeDefined()
    expect(claimsOf((await refresh({ scope: 'https://graph.microsoft.com/.default' })).body['access_token'])['scp']).toBe(
      'Mail.Read User.Read',
    )
    const lacking = await refresh({ scope: 'Calendars.ReadWrite' })
    expect([lacking.body['error'], lacking.body['suberror'], lacking.body.error_codes]).toEqual([
      'invalid_grant',
      'consent_required',
      [65001],
    ])
    expect((await refresh({ refresh_token: 'x' })).body.error_codes).toEqual([70008])
  })

  it('are worth nothing once the tenant asks for more or the user is disabled', async () => {
    const { rig, application, redeem, accept } = withApp()
    const { body } = await redeem(await accept())
    const refresh = async () =>
      (
        await rig.token({
          grant_type: 'refresh_token',
          client_id: application.appId,
          refresh_token: body['refresh_token'] ?? '',
        })
      ).body
    const { settings } = rig.tenant
    settings.mfa = 'required'
    expect(await refresh()).toMatchObject({ error: 'invalid_grant', error_codes: [50076], suberror: 'basic_action' })
    settings.mfa = 'registration-required'
    expect(await refresh()).toMatchObject({ error_codes: [50079] })
    settings.mfa = 'off'
    for (const code of [53000, 53001, 53002, 53003] as const) {
      settings.signInBlock = code
      expect(await refresh()).toMatchObject({ error_codes: [code] })
    }
    settings.signInBlock = undefined
    rig.tenant.directory.users.update({ ...rig.user, accountEnabled: false })
    expect(await refresh()).toMatchObject({ error_codes: [50057] })
  })

  it('live on when the second factor was proved', async () => {
    const { rig, application, press, redeem, accept, authorize } = withApp()
    await accept()
    rig.tenant.settings.mfa = 'required'
    const silent = await authorize({ prompt: 'none', login_hint: rig.user.userPrincipalName })
    expect(silent.location.searchParams.get('error_description')).toContain('AADSTS50076')
    const ask = await press({ sandbox_user: rig.user.id })
    expect(ask.text).toContain('sandbox_mfa')
    const done = await press({ sandbox_user: rig.user.id, sandbox_mfa: 'done' })
    const { body } = await redeem(done.location.searchParams.get('code') ?? '')
    expect(claimsOf(body['access_token'])['amr']).toEqual(['pwd', 'mfa'])
    const again = await rig.token({
      grant_type: 'refresh_token',
      client_id: application.appId,
      refresh_token: body['refresh_token'] ?? '',
    })
    expect(again.status).toBe(200)
  })
})

describe('device code', () => {
  async function started() {
    const { rig, application } = withApp({ graphScopes: ['User.Read'] })
    const form = { client_id: application.appId, scope: 'openid offline_access User.Read' }
    const { body } = await rig.post('/organizations/oauth2/v2.0/devicecode', form)
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: application.appId }
    const poll = () => rig.token({ ...grant, device_code: body['device_code'] ?? '' }, 'organizations')
    const page = (form: Record<string, string>) =>
      rig.post('/common/oauth2/deviceauth', { user_code: body['user_code'] ?? '', ...form })
    return { rig, body, poll, page, grant, application }
  }

  it('is pending, then approved on the page, then used up', async () => {
    const { rig, body, poll, page } = await started()
    expect(body).toMatchObject({
      expires_in: 900,
      interval: 5,
      verification_uri: 'https://login.test/common/oauth2/deviceauth',
    })
    expect(body['message']).toContain(body['user_code'])
    expect((await poll()).body).toMatchObject({ error: 'authorization_pending', error_codes: [70016] })
    expect((await rig.get('/common/oauth2/deviceauth')).text).toContain('user_code')
    expect((await page({ user_code: 'WRONG' })).text).toContain('did not work')
    expect((await page({})).text).toContain(rig.user.userPrincipalName)
    expect((await page({ sandbox_user: rig.user.id })).text).toContain('You have signed in')
    rig.clock.advance(5000)
    const answer = await poll()
    expect(claimsOf(answer.body['access_token'])).toMatchObject({ oid: rig.user.id, scp: 'openid User.Read' })
    expect(answer.body).toHaveProperty('refresh_token')
    expect((await poll()).body).toMatchObject({ error: 'bad_verification_code', error_codes: [70018] })
  })

  it('slows a hurried client down', async () => {
    const { rig, poll } = await started()
    const errors = []
    for (const waitMs of [0, 5000, 1000, 5000, 10_000, 20_000]) {
      rig.clock.advance(waitMs)
      errors.push((await poll()).body['error'])
    }
    const [pending, slow] = ['authorization_pending', 'slow_down']
    expect(errors).toEqual([pending, pending, slow, slow, slow, pending])
  })

  it('is declined, blocked, expired or unknown', async () => {
    const declined = await started()
    await declined.page({ sandbox_device: 'decline' })
    expect((await declined.poll()).body).toMatchObject({ error: 'authorization_declined', error_codes: [70017] })

    const blocked = await started()
    blocked.rig.tenant.settings.blocksDeviceCode = true
    expect((await blocked.page({ sandbox_user: blocked.rig.user.id })).text).toContain('AADSTS530036')
    expect((await blocked.poll()).body).toMatchObject({ error: 'invalid_grant', error_codes: [530036] })

    const expired = await started()
    expired.rig.clock.advance(900_000)
    expect((await expired.poll()).body).toMatchObject({ error: 'expired_token', error_codes: [70020] })
    expect((await expired.page({ sandbox_user: expired.rig.user.id })).text).toContain('did not work')
    const unknown = await expired.rig.token({ ...expired.grant, device_code: 'x' })
    expect(unknown.body).toMatchObject({ error: 'bad_verification_code' })
  })

  it('is only for apps that allow public clients', async () => {
    const { rig, application } = withApp({ isPublicClient: false, redirectUris: [] })
    const answer = await rig.post(`/${rig.tenant.id}/oauth2/v2.0/devicecode`, {
      client_id: application.appId,
      scope: 'User.Read',
    })
    expect(answer.body.error_codes).toEqual([7000218])
  })
})
