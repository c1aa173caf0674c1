import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { batchedGraph } from '../../../src/connectors/kit/microsoft/batched-graph.ts'
import { GraphClient, type GraphCall, type GraphCaller } from '../../../src/connectors/kit/microsoft/graph-client.ts'
import { graphPath } from '../../../src/connectors/kit/microsoft/graph-path.ts'
import { AppTokens } from '../../../src/connectors/kit/microsoft/sign-in/app-tokens.ts'
import type { TokenSource } from '../../../src/connectors/kit/microsoft/sign-in/token-source.ts'
import type { HttpAnswer, HttpRequest } from '../../../src/connectors/kit/http/http-client.ts'
import { patientGraph } from '../../../src/connectors/kit/microsoft/with-patience.ts'
import type { DiscoveredMailbox } from '../../../src/control/microsoft-365/discover/discovered-mailbox.ts'
import { discoverMailboxes } from '../../../src/control/microsoft-365/discover/discover-mailboxes.ts'
import { parseMailboxFilter } from '../../../src/control/microsoft-365/discover/mailbox-filter.ts'
import type { MigrationError } from '../../../src/core/errors.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { accessOf } from './access-of.ts'
import { MicrosoftRig } from './microsoft-rig.ts'
import { addPerson, addResource } from './tenant-people.ts'

let rig: MicrosoftRig
const resources = 60

beforeAll(async () => {
  rig = await MicrosoftRig.start(3, 4)
  for (let i = 0; i < resources; i++) addResource(rig, `room${i}`, i % 2 === 0 ? 'room' : 'shared')
  for (let i = 0; i < 20; i++) addPerson(rig, { userPrincipalName: `away${i}@${rig.tenant.domain}`, displayName: `Away ${i}`, mail: `away${i}@elsewhere.example` })
})

afterEach(() => rig.standing.sandbox.profiles.use('none'))

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

/** Graph, and the requests that went to it. */
function counted(change: (request: HttpRequest) => HttpRequest = (request) => request, tokens: TokenSource = new AppTokens(rig.context, rig.app)) {
  const requests: string[] = []
  const send = (request: HttpRequest): Promise<HttpAnswer> => {
    requests.push(`${request.method} ${new URL(request.url).pathname}`)
    return rig.http.send(change(request))
  }
  const { context } = rig
  return { requests, graph: new GraphClient({ ...context, http: { send }, tokens }) }
}

const get = (path: string, more: Partial<GraphCall> = {}): GraphCall => ({ method: 'GET', path, ...more })
const outcomes = (graph: GraphCaller, calls: readonly GraphCall[]) =>
  Promise.all(calls.map((call) => graph.call(call).then(({ status, json }) => ({ status, id: json['id'] }), (error: { code?: string; message?: string; kind?: string }) => ({ code: error.code, kind: error.kind, message: error.message }))))

/** Some of everything: found, not found and expected or not, refused, of another version, and what cannot be put together. */
function mixed(): readonly GraphCall[] {
  const users = Array.from({ length: 23 }, (_, i) => get(graphPath`/users/${rig.standing.user(i % 3)}`, { query: { $select: 'id' } }))
  const nobody = graphPath`/users/${'nobody@nowhere.example'}`
  return [
    ...users,
    get(nobody, { expects: [404] }),
    get(nobody),
    get('/nothing/of/this/name'),
    get(graphPath`/users/${rig.standing.user()}/settings/exchange`, { version: 'beta' }),
    get(graphPath`/users/${'nobody'}/settings/exchange`, { version: 'beta', expects: [404] }),
    get(`${rig.hosts.graph}/v1.0/organization`),
  ]
}

describe('calls that are put together', () => {
  it('are answered as they are alone, by fewer requests', async () => {
    const [alone, together] = [counted(), counted()]
    const wanted = await outcomes(alone.graph, mixed())
    expect(await outcomes(batchedGraph(together.graph), mixed())).toEqual(wanted)
    expect(wanted.filter((one) => 'code' in one)).toHaveLength(2)
    expect(together.requests.toSorted()).toEqual(['GET /v1.0/organization', 'POST /beta/$batch', 'POST /v1.0/$batch', 'POST /v1.0/$batch'])
    expect(alone.requests).toHaveLength(mixed().length)
  })

  it('name the permission that one lacks', async () => {
    const { application, secret } = addApplication(rig.tenant.tenant, { displayName: 'Weak', graphRoles: ['MailboxSettings.Read'], withSecret: true })
    const tokens = new AppTokens(rig.context, rig.appWith({ type: 'secret', secret: secret ?? '' }, application.appId))
    const calls = [get('/organization', { permission: 'Organization.Read.All' }), get('/users', { permission: 'User.Read.All' })]
    expect(await outcomes(batchedGraph(counted(undefined, tokens).graph), calls)).toEqual([
      expect.objectContaining({ code: 'graph.permission-missing', message: expect.stringContaining('Organization.Read.All') as string }),
      expect.objectContaining({ code: 'graph.permission-missing', message: expect.stringContaining('User.Read.All') as string }),
    ])
  })

  it('come through what asks to wait and what breaks, each by itself', async () => {
    const wanted = await outcomes(counted().graph, mixed().slice(0, 24))
    for (const profile of ['throttled', 'flaky'] as const) {
      rig.standing.sandbox.profiles.use(profile)
      for (let round = 0; round < 10; round++) {
        expect(await outcomes(patientGraph(batchedGraph(counted().graph), rig.context), mixed().slice(0, 24))).toEqual(wanted)
      }
    }
  })

  it('are made with a new token where the old one was revoked in between', async () => {
    const { graph } = counted()
    const batched = batchedGraph(graph)
    const calls = mixed().slice(0, 3)
    const wanted = await outcomes(batched, calls)
    rig.standing.clock.advance(1000)
    rig.standing.sandbox.keys.revoke()
    expect(await outcomes(batched, calls)).toEqual(wanted)
  })

  it('are made alone where the cloud takes no batches', async () => {
    const calls = mixed().slice(0, 3)
    const { graph, requests } = counted((request) => ({ ...request, url: request.url.replace('$batch', '$unknown') }))
    expect(await outcomes(batchedGraph(graph), calls)).toEqual(await outcomes(counted().graph, calls))
    expect(requests).toHaveLength(4)
  })
})

it('discovery takes a small part of the requests that it would take one by one, and finds the same', async () => {
  const discover = async (graph: GraphClient, isBatched: boolean) => {
    const mailboxes: DiscoveredMailbox[] = []
    const oneByOne = (calls: readonly GraphCall[]) => Promise.all(calls.map((call) => graph.call(call).catch((error: MigrationError) => error)))
    const access = { ...accessOf(rig), graph: isBatched ? graph : { call: (call: GraphCall) => graph.call(call), batch: oneByOne } }
    for await (const page of discoverMailboxes(access, { filter: parseMailboxFilter({}), withSizes: true })) mailboxes.push(...page.mailboxes)
    return mailboxes
  }
  const [alone, together] = [counted(), counted()]
  expect(await discover(together.graph, true)).toEqual(await discover(alone.graph, false))
  expect(together.requests.length * 8).toBeLessThan(alone.requests.length)
})
