import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GraphClient } from '../../../src/connectors/kit/microsoft/graph-client.ts'
import { signInByBrowser } from '../../../src/connectors/kit/microsoft/sign-in/sign-in-by-browser.ts'
import { type DevicePrompt, signInByDeviceCode } from '../../../src/connectors/kit/microsoft/sign-in/sign-in-by-device-code.ts'
import type { UserSignIn } from '../../../src/connectors/kit/microsoft/sign-in/user-tokens.ts'
import { defaultTenantSettings } from '../../../src/sandbox/tenant/tenant.ts'
import { commandLineToolsAppId } from '../../../src/sandbox/tenant/well-known-apps.ts'
import { MicrosoftRig } from './microsoft-rig.ts'
import { type Answers, enterCode, openPage } from './person.ts'

let rig: MicrosoftRig
const { signal } = new AbortController()
const signIn: UserSignIn = {
  clientId: commandLineToolsAppId,
  tenant: 'organizations',
  resource: 'graph',
  scopes: ['Application.ReadWrite.All', 'User.Read'],
}

beforeAll(async () => {
  rig = await MicrosoftRig.start()
})

afterEach(() => {
  Object.assign(rig.tenant.tenant.settings, defaultTenantSettings())
})

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: unknown) => (error as { code?: string }).code ?? error)

/** Signs in with a browser; what the person sees at the end comes along. */
async function byBrowser(answers: Partial<Answers> = {}) {
  let seen: Promise<Response> | undefined
  const show = (page: string) => void (seen = openPage(page, { user: rig.tenant.administrator, ...answers }))
  const tokens = await signInByBrowser(rig.context, signIn, show, signal)
  return { tokens, text: (await (await seen)?.text()) ?? '' }
}

const byDevice = (answers: Partial<Answers> = {}) => {
  const show = ({ page, userCode }: DevicePrompt) => void enterCode(page, userCode, { user: rig.tenant.administrator, ...answers })
  return signInByDeviceCode(rig.context, signIn, show, signal)
}

describe('a person signs in by a browser', () => {
  it('or is not let in: who declined, is no administrator, or is kept out', async () => {
    expect(await codeOf(byBrowser({ consent: 'decline' }))).toBe('microsoft.sign-in.consent-declined')
    expect(await codeOf(byBrowser({ user: rig.standing.user() }))).toBe('microsoft.sign-in.consent-missing')
    rig.tenant.tenant.settings.signInBlock = 53003
    expect(await codeOf(byBrowser())).toBe('microsoft.sign-in.blocked')
  })

  it('and what is asked for is theirs until it is forgotten', async () => {
    const { tokens, text } = await byBrowser()
    expect(text).toContain('You are signed in.')
    expect(tokens.claims).toMatchObject({ tenantId: rig.tenant.id, userName: rig.tenant.administrator })
    expect(tokens.claims.scopes).toContain('Application.ReadWrite.All')
    const graph = new GraphClient({ ...rig.context, tokens })
    expect((await graph.call({ method: 'GET', path: '/me' })).json['userPrincipalName']).toBe(rig.tenant.administrator)
    rig.standing.clock.advance(2 * 60 * 60_000)
    expect((await graph.call({ method: 'GET', path: '/applications' })).status).toBe(200)
    tokens.forget()
    tokens.forget()
    expect(await codeOf(graph.call({ method: 'GET', path: '/me' }))).toBe('microsoft.sign-in.again')
  })

  it('with a second factor where the tenant asks for it', async () => {
    rig.tenant.tenant.settings.mfa = 'required'
    expect((await byBrowser({ hasMfa: true })).tokens.claims.userName).toBe(rig.tenant.administrator)
  })

  it('but nobody else’s answer is taken for it', async () => {
    const answered: number[] = []
    const show = (page: string) => {
      const redirect = new URL(page).searchParams.get('redirect_uri') as string
      void (async () => {
        for (const path of ['/?code=stolen', '/?code=stolen&state=guessed', '/favicon.ico']) answered.push((await fetch(redirect + path)).status)
        await openPage(page, { user: rig.tenant.administrator })
      })()
    }
    const tokens = await signInByBrowser(rig.context, signIn, show, signal)
    expect(answered).toEqual([400, 400, 400])
    expect(tokens.claims.userName).toBe(rig.tenant.administrator)
  })

  it('or gives up', async () => {
    const stop = new AbortController()
    const reason = new Error('a person stopped it')
    const waiting = codeOf(signInByBrowser(rig.context, signIn, () => stop.abort(reason), stop.signal))
    expect(await waiting).toBe(reason)
  })
})

describe('a person signs in by a code', () => {
  it('on any machine', async () => {
    const tokens = await byDevice()
    expect(tokens.claims.userName).toBe(rig.tenant.administrator)
  })

  it('or does not', async () => {
    expect(await codeOf(byDevice({ consent: 'decline' }))).toBe('microsoft.sign-in.declined')
    expect(await codeOf(signInByDeviceCode(rig.context, signIn, () => undefined, signal))).toBe('microsoft.sign-in.device-code-expired')
    rig.tenant.tenant.settings.blocksDeviceCode = true
    expect(await codeOf(byDevice())).toBe('microsoft.sign-in.device-code-blocked')
  })
})
