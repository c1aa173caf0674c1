import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HttpAnswer, HttpClient, type HttpClientOptions, type HttpRequest } from '../../../src/connectors/kit/http/http-client.ts'
import { AppTokens } from '../../../src/connectors/kit/microsoft/sign-in/app-tokens.ts'
import { readTokenClaims } from '../../../src/connectors/kit/microsoft/sign-in/token-claims.ts'
import { EndpointStore } from '../../../src/control/endpoints/endpoint-store.ts'
import { findHome } from '../../../src/control/home.ts'
import { accessOf, getMicrosoftEndpoint, type MicrosoftEndpoint } from '../../../src/control/microsoft-365/microsoft-endpoint.ts'
import { permissionsOf, workNames } from '../../../src/control/microsoft-365/work.ts'
import { directoryRoles } from '../../../src/sandbox/tenant/directory-roles.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { BootstrapRig } from './bootstrap-rig.ts'

let rig: BootstrapRig

beforeEach(async () => {
  rig = await BootstrapRig.start()
})

afterEach(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

const errorOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: unknown) => error)

async function rolesOf(endpoint: MicrosoftEndpoint): Promise<readonly string[]> {
  const tokens = new AppTokens(rig.context, accessOf(endpoint).app)
  const { signal } = rig.context
  return [...readTokenClaims(await tokens.token('graph', signal)).roles, ...readTokenClaims(await tokens.token('outlook', signal)).roles]
}

const valuesOf = (endpoint: Pick<MicrosoftEndpoint, 'side' | 'work'>) => permissionsOf(endpoint.side, endpoint.work).map(({ value }) => value)
const apps = () => [...rig.tenant.tenant.directory.applications.all()].filter(({ tags }) => tags.includes('mailvan'))

describe('a bootstrap', () => {
  it('makes an app with a certificate of its own that has exactly what was chosen, through all delays', async () => {
    const made = await rig.bootstrap(rig.endpoint({ work: ['discovery', 'items', 'imap'] }))
    expect([...(await rolesOf(made))].sort()).toEqual([...valuesOf(made)].sort())
    expect(await getMicrosoftEndpoint(rig.store, 'target')).toEqual(made)
    expect(apps()).toMatchObject([{ displayName: 'Mailvan target', signInAudience: 'AzureADMyOrg', tags: ['mailvan'], passwordCredentials: [] }])
    expect(made.app).toMatchObject({ isOurs: true, principalId: expect.any(String) as string })
    expect(rig.saidOf('waiting').length).toBeGreaterThan(0)
    expect(rig.saidOf('done')).toContain("the administrator's sign-in was forgotten")
  })

  it('says of every call in whose name it was made, and nothing secret', async () => {
    await rig.bootstrap(rig.endpoint())
    const lines = await rig.record()
    expect(lines.filter((line) => line['as'] === 'administrator' && line['method'] === 'POST').length).toBeGreaterThanOrEqual(4)
    expect(lines.filter((line) => line['as'] === 'app').length).toBeGreaterThan(0)
    expect(lines.find((line) => String(line['url']).endsWith("/v1.0/applications(uniqueName='mailvan-target')") && line['method'] === 'PATCH')).toMatchObject({ status: 201, requestId: expect.any(String) as string })
    const administrators = lines.findLastIndex((line) => line['as'] === 'administrator')
    const forgotten = lines.findIndex((line) => line['done'] === "the administrator's sign-in was forgotten")
    expect(forgotten).toBeGreaterThan(administrators)
    const text = JSON.stringify(lines)
    expect(text).not.toMatch(/eyJ[\w-]+\.eyJ|code=|Bearer|PRIVATE|\?/)
    const file = await readFile(join(rig.home.endpointsFolder, 'target.json'), 'utf8')
    expect(file).not.toContain('PRIVATE')
  })

  it('changes nothing when it is run again, and gives and takes permissions when other work is chosen', async () => {
    const first = await rig.bootstrap(rig.endpoint({ work: ['items', 'mail'] }))
    rig.told.length = 0
    expect(await rig.bootstrap(first)).toEqual(first)
    expect(rig.saidOf('done')).toEqual(["the administrator's sign-in was forgotten", expect.stringContaining('the app signs in') as string])
    const second = await rig.bootstrap({ ...first, work: ['items', 'calendars'] })
    rig.standing.clock.advance(rig.tenant.tenant.settings.roleDelayMs)
    expect([...(await rolesOf(second))].sort()).toEqual([...valuesOf(second)].sort())
    expect(rig.saidOf('done')).toEqual(expect.arrayContaining(['Calendars.ReadWrite was granted', expect.stringContaining('Mail.ReadWrite was taken away')]))
    expect(apps()).toHaveLength(1)
  })

  it('goes on wherever it was interrupted, with one app in the end', async () => {
    const finished = rig.endpoint({ work: ['items', 'imap', 'exchange'] })
    let isDone = false
    for (let calls = 1; !isDone && calls < 200; calls++) {
      const known = await rig.store.find('target')
      const endpoint = known === undefined ? finished : await getMicrosoftEndpoint(rig.store, 'target')
      const end = (await errorOf(rig.bootstrap(endpoint, {}, { openHttp: (options) => new MortalHttp(options, calls) }))) 
      isDone = end === 'no error'
      if (!isDone) expect(end).toBe(killed)
    }
    expect(isDone).toBe(true)
    expect(apps()).toHaveLength(1)
    const endpoint = await getMicrosoftEndpoint(rig.store, 'target')
    expect([...(await rolesOf(endpoint))].sort()).toEqual([...valuesOf(endpoint)].sort())
  })

  it('comes through throttling and through what breaks, with one app in the end', async () => {
    for (const profile of ['throttled', 'flaky'] as const) {
      rig.standing.sandbox.profiles.use(profile)
      const made = await rig.bootstrap({ ...rig.endpoint(), name: profile, work: workNames })
      rig.standing.sandbox.profiles.use('none')
      expect([...(await rolesOf(made))].sort()).toEqual([...valuesOf(made)].sort())
    }
    expect(apps().map(({ displayName }) => displayName)).toEqual(['Mailvan throttled', 'Mailvan flaky'])
  })

  it('makes one app where two homes set the same endpoint up at the same moment, and both keep their certificate', async () => {
    const meeting = new Meeting(2)
    const both = await Promise.all(
      ['one', 'two'].map((name) => {
        const store = new EndpointStore(findHome(join(rig.home.endpointsFolder, name), {}, () => false), {}, randomBytes)
        return rig.bootstrap(rig.endpoint(), {}, { store, openHttp: (options) => new MeetingHttp(options, meeting) })
      }),
    )
    expect(meeting.held).toEqual(['PATCH upsert', 'PATCH keys'])
    expect(apps()).toHaveLength(1)
    expect([...rig.tenant.tenant.directory.servicePrincipals.all()].filter(({ displayName }) => displayName === 'Mailvan target')).toHaveLength(1)
    expect(both[0]?.app).toEqual(both[1]?.app)
    for (const endpoint of both) expect([...(await rolesOf(endpoint))].sort()).toEqual([...valuesOf(endpoint)].sort())
    expect(apps()[0]?.keyCredentials).toHaveLength(2)
    expect(rig.saidOf('done').filter((what) => what.includes('was registered in the tenant'))).toHaveLength(1)
  })

  it('makes an app where the tenant takes no upsert, and none out of one that is somebody else\'s', async () => {
    const made = await rig.bootstrap(rig.endpoint(), {}, { openHttp: (options) => new OldHttp(options) })
    expect(apps()).toMatchObject([{ appId: made.app?.clientId }])
    expect(apps()[0]).not.toHaveProperty('uniqueName')
    await rig.cleanUp(made)
    const theirs = addApplication(rig.tenant.tenant, { displayName: 'Theirs' }).application
    rig.tenant.tenant.directory.applications.update({ ...theirs, uniqueName: 'mailvan-target' })
    await rig.bootstrap(rig.endpoint())
    expect(apps()).toMatchObject([{ displayName: 'Mailvan target' }])
    expect(rig.tenant.tenant.directory.applications.find(theirs.id)).toMatchObject({ displayName: 'Theirs', keyCredentials: [] })
  })

  it('signs in by a code where that is asked for', async () => {
    const made = await rig.bootstrap(rig.endpoint(), { way: { type: 'device-code' } })
    expect(await rolesOf(made)).toContain('MailboxItem.ImportExport.All')
    expect(rig.told.find(({ type }) => type === 'sign-in')).toHaveProperty('userCode')
  })

  it('replaces a certificate that ends soon', async () => {
    const first = await rig.bootstrap(rig.endpoint())
    rig.standing.clock.advance(160 * 24 * 60 * 60_000)
    const second = await rig.bootstrap(first)
    expect(second.credential).not.toEqual(first.credential)
    expect(second.app).toEqual(first.app)
    expect(await rolesOf(second)).toContain('MailboxItem.ImportExport.All')
    expect(apps()[0]?.keyCredentials).toHaveLength(2)
  })

  it('gives an app of somebody else what is missing and takes nothing from it', async () => {
    const { application } = addApplication(rig.tenant.tenant, { displayName: 'Theirs', graphRoles: ['Mail.Send'], withSecret: true })
    const endpoint = rig.endpoint({ app: { clientId: application.appId, isOurs: false } })
    const made = await rig.bootstrap(endpoint)
    expect(made.app).toMatchObject({ clientId: application.appId, isOurs: false })
    expect(await rolesOf(made)).toEqual(expect.arrayContaining(['Mail.Send', ...valuesOf(endpoint)]))
    expect(await errorOf(rig.cleanUp(made))).toMatchObject({ code: 'endpoint.not-ours' })
    expect(apps()).toHaveLength(0)
  })
})

describe('a bootstrap is refused', () => {
  it('for who is no administrator, or not enough of one', async () => {
    rig.answers = { user: rig.standing.user() }
    expect(await errorOf(rig.bootstrap(rig.endpoint()))).toMatchObject({ kind: 'auth', code: 'endpoint.not-administrator', hint: expect.stringContaining('Global Administrator') as string })
    // Once an administrator has consented for everybody, it is the directory that refuses.
    rig.answers = { consent: 'organization' }
    await rig.bootstrap(rig.endpoint())
    const { users, roleAssignments } = rig.tenant.tenant.directory
    const user = [...users.all()].find(({ userPrincipalName }) => userPrincipalName === rig.standing.user())!
    const role = { principalId: user.id, roleDefinitionId: directoryRoles.applicationAdministrator.id, directoryScopeId: '/', deletedDateTime: null }
    roleAssignments.insert({ id: 'a-role', ...role })
    rig.answers = { user: rig.standing.user() }
    expect(await errorOf(rig.bootstrap({ ...rig.endpoint(), name: 'other' }))).toMatchObject({ kind: 'auth', code: 'endpoint.not-administrator' })
  })

  it('where a policy blocks the sign-in', async () => {
    rig.tenant.tenant.settings.blocksDeviceCode = true
    expect(await errorOf(rig.bootstrap(rig.endpoint(), { way: { type: 'device-code' } }))).toMatchObject({ code: 'microsoft.sign-in.device-code-blocked' })
  })

  it('in a tenant that there is not', async () => {
    const endpoint = rig.endpoint({ tenantId: '11111111-2222-3333-4444-555555555555' })
    const stop = AbortSignal.timeout(2_000)
    expect(await errorOf(rig.bootstrap(endpoint, {}, { context: { ...rig.context, signal: stop } }))).toMatchObject({ name: 'TimeoutError' })
  })
})

describe('a clean-up', () => {
  it('leaves nothing in the tenant and nothing in the home but the record', async () => {
    const made = await rig.bootstrap(rig.endpoint())
    await rig.cleanUp(made)
    const { applications, servicePrincipals } = rig.tenant.tenant.directory
    expect(apps()).toEqual([])
    expect([applications.findDeleted(made.app?.objectId ?? ''), servicePrincipals.findDeleted(made.app?.principalId ?? '')]).toEqual([undefined, undefined])
    expect(await rig.store.names()).toEqual([])
    await expect(rolesOf(made)).rejects.toMatchObject({ code: 'microsoft.sign-in.no-app' })
    expect((await rig.record()).filter((line) => line['method'] === 'DELETE').length).toBeGreaterThanOrEqual(3)
  })

  it('may be run again when it was interrupted', async () => {
    const made = await rig.bootstrap(rig.endpoint())
    rig.tenant.tenant.directory.applications.update({ ...apps()[0]!, deletedDateTime: new Date().toISOString() })
    await rig.cleanUp(made)
    expect(await rig.store.names()).toEqual([])
  })
})

const killed = new Error('killed')

/** Dies after so many requests: the last one is carried out, and its answer is lost. */
class MortalHttp extends HttpClient {
  #left: number

  constructor(options: HttpClientOptions, requests: number) {
    super(options)
    this.#left = requests
  }

  override async send(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await super.send(request)
    if (--this.#left <= 0) throw killed
    return answer
  }
}

/** Has so many wait for each other, once for each thing that they come to. */
class Meeting {
  readonly held: string[] = []
  readonly #people: number
  readonly #waiting = new Map<string, (() => void)[]>()

  constructor(people: number) {
    this.#people = people
  }

  async wait(what: string): Promise<void> {
    if (this.held.includes(what)) return
    const waiting = this.#waiting.get(what) ?? []
    this.#waiting.set(what, waiting)
    await new Promise<void>((resume) => {
      waiting.push(resume)
      if (waiting.length < this.#people) return
      this.held.push(what)
      waiting.forEach((one) => one())
    })
  }
}

/** Makes the app, and registers its certificate, only when the others of the meeting are about to do the same. */
class MeetingHttp extends HttpClient {
  readonly #meeting: Meeting

  constructor(options: HttpClientOptions, meeting: Meeting) {
    super(options)
    this.#meeting = meeting
  }

  override async send(request: HttpRequest): Promise<HttpAnswer> {
    const { pathname } = new URL(request.url)
    if (request.method === 'PATCH' && pathname.includes('uniqueName=')) await this.#meeting.wait('PATCH upsert')
    else if (request.method === 'PATCH' && pathname.includes('/applications/')) await this.#meeting.wait('PATCH keys')
    return super.send(request)
  }
}

/** A tenant that has never heard of unique names. */
class OldHttp extends HttpClient {
  override send(request: HttpRequest): Promise<HttpAnswer> {
    const isUpsert = request.url.includes('uniqueName=')
    return super.send(isUpsert ? { ...request, url: request.url.replace('uniqueName=', 'oddName=') } : request)
  }
}
