import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { GraphCall } from '../../../src/connectors/kit/microsoft/graph-client.ts'
import { graphPages, graphValues } from '../../../src/connectors/kit/microsoft/graph-pages.ts'
import { graphPath } from '../../../src/connectors/kit/microsoft/graph-path.ts'
import { AppTokens } from '../../../src/connectors/kit/microsoft/sign-in/app-tokens.ts'
import { patientGraph } from '../../../src/connectors/kit/microsoft/with-patience.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { MicrosoftRig } from './microsoft-rig.ts'

let rig: MicrosoftRig

beforeAll(async () => {
  rig = await MicrosoftRig.start(3, 12)
})

afterEach(() => rig.standing.sandbox.profiles.use('none'))

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

const get = (path: string, more: Partial<GraphCall> = {}): GraphCall => ({ method: 'GET', path, ...more })
async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

const errorOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: unknown) => error)

describe('Graph', () => {
  it('answers with JSON, or with bytes, and says which request it was', async () => {
    const graph = rig.graph()
    const user = rig.standing.user()
    const { status, json, headers } = await graph.call(get(graphPath`/users/${user}`, { query: { $select: 'id,userPrincipalName' } }))
    expect([status, json['userPrincipalName']]).toEqual([200, user])
    expect(headers['client-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const [message] = await collect(graphValues(graph, get(graphPath`/users/${user}/messages`, { query: { $top: 1 } })))
    const mime = await graph.call(get(graphPath`/users/${user}/messages/${String(message?.['id'])}/$value`))
    expect([mime.json, Buffer.from(mime.body).toString('latin1')]).toEqual([{}, expect.stringMatching(/^[\w-]+: /)])
  })

  it('takes JSON and bytes, and answers nothing where there is nothing', async () => {
    const graph = rig.graph()
    const user = rig.standing.user()
    const made = await graph.call({ method: 'POST', path: graphPath`/users/${user}/mailFolders`, body: { displayName: 'Made' } })
    expect([made.status, made.json['displayName']]).toEqual([201, 'Made'])
    const mime = Buffer.from(Buffer.from('Subject: made\r\n\r\nbody').toString('base64'))
    const draft = await graph.call({ method: 'POST', path: graphPath`/users/${user}/messages`, body: mime, headers: { 'content-type': 'text/plain' } })
    expect([draft.status, draft.json['subject']]).toEqual([201, 'made'])
    const gone = await graph.call({ method: 'DELETE', path: graphPath`/users/${user}/mailFolders/${String(made.json['id'])}` })
    expect([gone.status, gone.json]).toEqual([204, {}])
  })

  it('gives a refusal back where the caller expects it, otherwise throws it', async () => {
    const graph = rig.graph()
    const call = get(graphPath`/users/${'nobody@nowhere.example'}`)
    const answer = await graph.call({ ...call, expects: [404] })
    expect([answer.status, answer.json['error']]).toMatchObject([404, { code: 'Request_ResourceNotFound' }])
    expect(await errorOf(graph.call(call))).toMatchObject({ kind: 'config', code: 'graph.no-such-object' })
    expect(await errorOf(graph.call(get('/nothing/of/this/kind')))).toMatchObject({ kind: 'config', code: 'graph.not-offered' })
  })

  it('is followed page by page, never to another host', async () => {
    const graph = rig.graph()
    const path = graphPath`/users/${rig.standing.user()}/messages`
    const pages = await collect(graphPages(graph, get(path, { query: { $top: 5, $select: 'id' } })))
    const ids = pages.flatMap(({ values }) => values.map(({ id }) => id))
    expect(pages.length).toBeGreaterThan(2)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThanOrEqual(12)
    const delta = await collect(graphPages(graph, get(graphPath`/users/${rig.standing.user()}/mailFolders/delta`)))
    expect(delta.at(-1)?.deltaLink).toContain('delta')
    expect(await errorOf(graph.call(get('https://elsewhere.example/v1.0/users')))).toMatchObject({ code: 'graph.foreign-link' })
  })

  it('names the permission that the app lacks', async () => {
    const { application, secret } = addApplication(rig.tenant.tenant, { displayName: 'Weak', graphRoles: ['User.Read.All'], withSecret: true })
    const weak = rig.graph(new AppTokens(rig.context, rig.appWith({ type: 'secret', secret: secret ?? '' }, application.appId)))
    const call = get(graphPath`/users/${rig.standing.user()}/messages`, { permission: 'Mail.Read' })
    expect(await errorOf(weak.call(call))).toMatchObject({
      kind: 'auth',
      code: 'graph.mailbox.denied',
      message: 'The app lacks the permission Mail.Read (403 ErrorAccessDenied).',
    })
  })

  it('is asked again once with a new token when the old one was revoked', async () => {
    const tokens = new AppTokens(rig.context, rig.app)
    const graph = rig.graph(tokens)
    const before = await tokens.token('graph', new AbortController().signal)
    rig.standing.clock.advance(1000)
    rig.standing.sandbox.keys.revoke()
    expect((await graph.call(get('/users'))).status).toBe(200)
    expect(await tokens.token('graph', new AbortController().signal)).not.toBe(before)
  })

  it('is given up when it refuses the new token too', async () => {
    const good = new AppTokens(rig.context, rig.app)
    let asked = 0
    const useless = { token: async () => (asked++, 'ab.cd.ef'), discard: () => undefined }
    expect(await errorOf(rig.graph(useless).call(get('/users')))).toMatchObject({ kind: 'auth', code: 'graph.token-refused' })
    expect(asked).toBe(2)
    expect((await rig.graph(good).call(get('/users'))).status).toBe(200)
  })

  it('tells of throttling with the wait that was asked for, and nothing is tried again here', async () => {
    rig.standing.sandbox.profiles.use('throttled')
    const graph = rig.graph()
    const call = get(graphPath`/users/${rig.standing.user()}/mailFolders`)
    let error: unknown = 'no error'
    for (let i = 0; i < 2000 && error === 'no error'; i++) error = await errorOf(graph.call(call))
    expect(error).toMatchObject({ kind: 'throttled', code: 'graph.throttled' })
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0)
    const patient = patientGraph(graph, rig.context)
    for (let i = 0; i < 200; i++) expect((await patient.call(call)).status).toBe(200)
  })

  it('reads whole lists from a tenant in which things break', async () => {
    const path = graphPath`/users/${rig.standing.user()}/messages`
    const list = (graph: ReturnType<typeof rig.graph>) => collect(graphValues(patientGraph(graph, rig.context), get(path, { query: { $top: 1, $select: 'id' } })))
    const whole = (await list(rig.graph())).map(({ id }) => id)
    rig.standing.sandbox.profiles.use('flaky')
    const codes = new Set<unknown>()
    const graph = rig.graph()
    for (let i = 0; i < 300; i++) {
      const error = await errorOf(graph.call(get(path, { query: { $top: 2 } })))
      if (error !== 'no error') codes.add((error as { code: string }).code)
    }
    expect([...codes]).toContain('graph.answer.cut-short')
    expect([...codes]).not.toContain('graph.unclassified')
    for (let i = 0; i < 10; i++) expect((await list(graph)).map(({ id }) => id)).toEqual(whole)
  })
})
