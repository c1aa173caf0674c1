import { request as httpRequest } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { throttledLimits } from '../../../src/sandbox/pace/budget-limits.ts'
import { parseJwt } from '../../../src/formats/json-web-token.ts'
import { type Answer, refusalOf, StandingSandbox, valuesOf } from './standing-sandbox.ts'

let run: StandingSandbox

beforeAll(async () => {
  run = await StandingSandbox.start(1, 5)
})

afterEach(() => run.sandbox.profiles.use('none'))

afterAll(async () => {
  await run.sandbox.close()
  expect(run.defects).toEqual([])
})

const control = (name: string, body: object): Promise<Answer> => run.post(`${run.sandbox.access.page}sandbox/${name}`, { body })

/** A press of one of the page's buttons, as a browser sends it. */
function press(name: string, form: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { page } = run.sandbox.access
  return run.post(`${page}sandbox/${name}`, {
    body: new URLSearchParams(form).toString(),
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Origin: new URL(page).origin,
      'Sec-Fetch-Site': 'same-origin',
      ...headers,
    },
  })
}

const pageText = async () => (await fetch(run.sandbox.access.page)).text()
const keyIdOf = (token: string) => parseJwt(token)?.header['kid']
const statusWith = async (token: string) => (await run.call('GET', '/users', { token })).status

describe('a running sandbox is changed', () => {
  it('to another signing key, old tokens staying good; and to none of the old ones', async () => {
    const before = await run.signIn(run.tenant)
    expect((await press('keys', { action: 'rotate' })).status).toBe(303)
    const after = await run.signIn(run.tenant)
    expect(keyIdOf(after)).not.toBe(keyIdOf(before))
    const published = await run.call('GET', `${run.tenant.authority}/discovery/v2.0/keys`)
    const keyIds = (published.json['keys'] as { kid: string }[]).map(({ kid }) => kid)
    expect(keyIds).toEqual([keyIdOf(after), keyIdOf(before)])
    expect(await pageText()).toContain('2 published')
    expect([await statusWith(before), await statusWith(after)]).toEqual([200, 200])
    const revoked = await control('keys', { action: 'revoke' })
    expect([revoked.status, (revoked.json['keys'] as string[]).length]).toEqual([200, 1])
    expect([await statusWith(before), await statusWith(after)]).toEqual([401, 401])
    expect(await statusWith(await run.signIn(run.tenant))).toBe(200)
  })

  it('so that the DNS shows what a domain is verified by, and no more', async () => {
    const token = await run.signIn(run.tenant)
    const call = (method: string, path: string, body?: object) => run.call(method, path, { token, ...(body && { body }) })
    await call('POST', '/domains', { id: 'contoso.com' })
    const text = String(valuesOf(await call('GET', '/domains/contoso.com/verificationDnsRecords'))[0]?.['text'])
    const verify = () => call('POST', '/domains/contoso.com/verify')
    expect((await verify()).status).toBe(400)
    expect(await pageText()).toContain(`Publish ${text}`)
    await control('dns', { domain: 'Contoso.COM', texts: ['v=spf1 -all'] })
    expect((await verify()).status).toBe(400)
    const pressed = await press('dns', { domain: 'contoso.com', add: text })
    expect([pressed.status, pressed.headers.get('location')]).toEqual([303, '/'])
    expect((await verify()).status).toBe(200)
    expect(await pageText()).toContain('<span class="good">verified</span>')
    const taken = await control('dns', { domain: 'contoso.com', remove: text })
    expect(taken.json['dns']).toEqual({ 'contoso.com': ['v=spf1 -all'] })
    expect((await control('dns', { domain: 'contoso.com', texts: [] })).json['dns']).toEqual({})
  })

  it('and says what was asked of each mailbox so far', async () => {
    const token = await run.signIn(run.tenant)
    type State = { requests: { total: number; byStatus: Record<string, number> }; mailboxes: { address?: string; requests: number; uploadBytes: number }[] }
    const stateNow = async () => (await (await fetch(`${run.sandbox.access.page}sandbox`)).json()) as State
    const before = await stateNow()
    await run.call('GET', `${run.path()}/mailFolders`, { token })
    await run.call('POST', `${run.path()}/mailFolders`, { token, body: { displayName: 'Counted' } })
    const after = await stateNow()
    const of = ({ mailboxes }: State) => mailboxes.find(({ address }) => address === run.user()) ?? { requests: 0, uploadBytes: 0 }
    expect(after.requests.total - before.requests.total).toBe(2)
    expect((after.requests.byStatus['201'] ?? 0) - (before.requests.byStatus['201'] ?? 0)).toBe(1)
    expect(of(after).requests - of(before).requests).toBe(2)
    expect(of(after).uploadBytes - of(before).uploadBytes).toBe(Buffer.byteLength(JSON.stringify({ displayName: 'Counted' })))
  })

  it('to another fault profile', async () => {
    const token = await run.signIn(run.tenant)
    const session = await run.call('POST', `${run.transferPath()}/createImportSession`, { token })
    const tooMuch = 'x'.repeat(throttledLimits.mailboxUploadBytesMax + 1)
    const importAll = () => run.post(String(session.json['importUrl']), { body: tooMuch, headers: { 'Content-Type': 'application/json' } })
    expect((await importAll()).status).toBe(400)
    run.clock.advance(300_000)
    expect((await press('profile', { profile: 'throttled' })).status).toBe(303)
    expect(await pageText()).toContain('profile throttled')
    expect((await importAll()).status).toBe(429)
    expect((await control('profile', { profile: 'none' })).json['profile']).toBe('none')
    expect((await importAll()).status).toBe(400)
  })

  it('to a later time, by which tokens end', async () => {
    const token = await run.signIn(run.tenant)
    const startMs = run.clock.nowMs()
    await press('clock', { advanceSeconds: '3000' })
    expect(await statusWith(token)).toBe(200)
    const later = await control('clock', { advanceSeconds: 600 })
    expect(later.json['now']).toBe(new Date(startMs + 3_600_000).toISOString())
    expect(refusalOf(await run.call('GET', '/users', { token }))).toEqual([401, 'InvalidAuthenticationToken'])
    const state = await fetch(`${run.sandbox.access.page}sandbox`)
    expect(await state.json()).toMatchObject({ now: later.json['now'], profile: 'none' })
  })
})

describe('a control is refused', () => {
  const state = async () => (await fetch(`${run.sandbox.access.page}sandbox`)).text()

  it.each<[string, object, string]>([
    ['clock', { advanceSeconds: -60 }, 'invalid-control'],
    ['clock', { advanceSeconds: '' }, 'invalid-control'],
    ['clock', { advanceSeconds: 1e12 }, 'invalid-control'],
    ['clock', { seconds: 60 }, 'invalid-control'],
    ['profile', { profile: 'nasty' }, 'invalid-control'],
    ['keys', { action: 'constructor' }, 'invalid-control'],
    ['dns', { domain: 'no domain', add: 'x' }, 'invalid-control'],
    ['dns', { domain: 'contoso.com' }, 'invalid-control'],
    ['dns', { domain: 'contoso.com', texts: [1] }, 'invalid-control'],
    ['dns', { domain: 'contoso.com', texts: ['a'], add: 'b' }, 'invalid-control'],
  ])('%s %j', async (name, body, code) => {
    const before = await state()
    expect(refusalOf(await control(name, body))).toEqual([400, code])
    expect(await state()).toBe(before)
  })

  it('when another page asks for it, or a body of no known kind', async () => {
    const form = { advanceSeconds: '60' }
    const before = await state()
    expect(refusalOf(await press('clock', form, { Origin: 'https://evil.example' }))).toEqual([403, 'foreign-page'])
    expect(refusalOf(await press('clock', form, { Origin: 'null' }))).toEqual([403, 'foreign-page'])
    expect(refusalOf(await press('clock', form, { 'Sec-Fetch-Site': 'cross-site' }))).toEqual([403, 'foreign-page'])
    expect(refusalOf(await press('clock', form, { 'Content-Type': 'text/plain' }))).toEqual([415, 'unsupported-body'])
    expect((await control('nothing', {})).status).toBe(404)
    expect(await state()).toBe(before)
  })

  it('under a name that somebody else’s DNS points here', async () => {
    const url = new URL(`${run.sandbox.access.page}sandbox`)
    const status = await new Promise((resolve, reject) => {
      const headers = { Host: `rebound.example:${url.port}` }
      httpRequest({ host: '127.0.0.1', port: url.port, path: url.pathname, headers }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
  })
})
