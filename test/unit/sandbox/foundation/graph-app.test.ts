import { describe, expect, it } from 'vitest'
import { readJsonBody } from '../../../../src/sandbox/http/json/read-json-body.ts'
import { int32, text } from '../../../../src/sandbox/http/json/kinds.ts'
import { emptyAnswer, jsonAnswer } from '../../../../src/sandbox/http/json-answer.ts'
import type { Route } from '../../../../src/sandbox/http/route.ts'
import { SigningKeys } from '../../../../src/sandbox/tokens/signing-keys.ts'
import { GraphRig } from '../graph-rig.ts'

const thing = { name: 'microsoft.graph.thing', properties: { displayName: text, size: int32 } } as const

const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/{id}/mailFolders/{folderId}/messages',
    area: 'mailbox',
    permissions: { application: ['Mail.Read', ['Mail.ReadBasic', 'Mail.Extra']], delegated: ['Mail.Read'] },
    handle: ({ params }) => jsonAnswer(200, params),
  },
  {
    method: 'GET',
    path: '/users/{id}/reminderView(startDateTime={start},endDateTime={end})',
    area: 'mailbox',
    permissions: { application: ['Mail.Read'], delegated: [] },
    handle: ({ params }) => jsonAnswer(200, params),
  },
  {
    method: 'GET',
    path: '/users/delta',
    area: 'directory',
    permissions: { application: ['User.Read.All'], delegated: [] },
    handle: () => jsonAnswer(200, { delta: true }),
  },
  {
    method: 'PATCH',
    path: '/users/{id}',
    area: 'directory',
    permissions: {
      application: ['User.ReadWrite.All'],
      delegated: ['User.ReadWrite.All'],
      ownDelegated: ['User.ReadWrite'],
      directoryRoles: [],
    },
    handle: async (request) => {
      await readJsonBody(request, thing, { required: ['displayName'] })
      return emptyAnswer()
    },
  },
  {
    method: 'POST',
    path: '/users/{id}/messages',
    versions: ['beta'],
    area: 'mailbox',
    permissions: { application: ['Mail.ReadWrite'], delegated: [] },
    handle: async (request) => jsonAnswer(201, await readJsonBody(request, thing)),
  },
]

const error = (body: object) => (body as { error: { code: string; message: string; innerError: object } }).error
const mail = { roles: ['Mail.Read'] }

describe('the front door of Graph', () => {
  it('wants a token of its own that lives', async () => {
    const rig = new GraphRig(routes)
    const bare = await rig.app.fetch(new Request('https://graph.test/v1.0/users/x/messages'))
    expect(bare.status).toBe(401)
    expect(bare.headers.get('www-authenticate')).toContain('Bearer')
    expect(error((await bare.json()) as object)).toMatchObject({
      code: 'InvalidAuthenticationToken',
      message: 'Access token is empty.',
    })

    const expired = await rig.call('GET', '/v1.0/users/x', { ...mail, expiresAtMs: rig.clock.nowMs() - 1000 })
    expect([expired.status, error(expired.body).message]).toEqual([401, 'Lifetime validation failed, the token is expired.'])
    const foreign = await rig.call('GET', '/v1.0/users/x', { ...mail, audience: 'https://outlook.office365.com' })
    expect([foreign.status, error(foreign.body).message]).toEqual([
      401,
      'Access token validation failure. Invalid audience.',
    ])
    const other = new GraphRig(routes, { tenant: rig.tenant, keys: new SigningKeys(rig.clock) })
    const forged = await rig.app.fetch(
      new Request('https://graph.test/v1.0/users/x', { headers: { Authorization: `Bearer ${other.token(mail)}` } }),
    )
    expect([forged.status, error((await forged.json()) as object).message]).toEqual([401, 'Invalid JWT access token.'])
    const garbage = await rig.app.fetch(
      new Request('https://graph.test/v1.0/users/x', { headers: { Authorization: 'Bearer abc' } }),
    )
    expect(error((await garbage.json()) as object).message).toContain('IDX14100')
  })

  it('repeats the client’s request id, in headers and in errors', async () => {
    const rig = new GraphRig(routes)
    const id = '3f9c0c1e-0000-4000-8000-000000000001'
    const answer = await rig.call('GET', '/v1.0/nothing', mail, { headers: { 'client-request-id': id } })
    expect(answer.headers.get('client-request-id')).toBe(id)
    expect(error(answer.body).innerError).toEqual({
      date: '2026-11-21T09:00:00',
      'request-id': answer.headers.get('request-id'),
      'client-request-id': id,
    })
  })

  it.each([
    ["/v1.0/users('a%40b.c')/mailFolders('in''box')/messages", { id: 'a@b.c', folderId: "in'box" }],
    ['/beta/Users/a@b.c/MailFolders/x%2Fy/Messages', { id: 'a@b.c', folderId: 'x/y' }],
    ["/v1.0/users/a/reminderView(endDateTime='2',startDateTime='1')", { id: 'a', start: '1', end: '2' }],
    ['/v1.0/users/delta()', { delta: true }],
    ['/v1.0/users/microsoft.graph.delta', { delta: true }],
  ])('understands %s', async (path, expected) => {
    const answer = await new GraphRig(routes).call('GET', path, { roles: ['Mail.Read', 'User.Read.All'] })
    expect([answer.status, answer.body]).toEqual([200, expected])
  })

  it.each([
    ['GET', '/v1.0/nonsense', 400, "Resource not found for the segment 'nonsense'."],
    ['GET', '/v1.0/users/a/nonsense/more', 400, "Resource not found for the segment 'nonsense'."],
    ['GET', "/v1.0/users/a/nonsense(x='1')", 400, "Resource not found for the segment 'nonsense'."],
    ['DELETE', '/v1.0/users/a/mailFolders/b/messages', 405, 'Specified HTTP method is not allowed for the request target.'],
    ['POST', '/v1.0/users/a/messages', 400, "Resource not found for the segment 'messages'."],
    ['GET', '/v1.0/me/messages', 400, '/me request is only valid with delegated authentication flow.'],
    ['GET', '/v3.0/users', 400, 'Invalid version: v3.0'],
  ])('refuses %s %s', async (method, path, status, message) => {
    const answer = await new GraphRig(routes).call(method, path, mail)
    expect([answer.status, error(answer.body).message]).toEqual([status, message])
  })

  it('lets in who has a permission, alone or with the others it needs', async () => {
    const rig = new GraphRig(routes)
    const path = '/v1.0/users/a/mailFolders/b/messages'
    const statuses = []
    for (const roles of [['Mail.Read'], ['Mail.ReadBasic'], ['Mail.ReadBasic', 'Mail.Extra'], ['Mail.Send'], []]) {
      statuses.push((await rig.call('GET', path, { roles })).status)
    }
    expect(statuses).toEqual([200, 403, 200, 403, 403])
    expect(error((await rig.call('GET', path, {})).body)).toMatchObject({
      code: 'ErrorAccessDenied',
      message: 'Access is denied. Check credentials and try again.',
    })
    expect(error((await rig.call('PATCH', '/v1.0/users/a', {})).body)).toMatchObject({ code: 'Authorization_RequestDenied' })
  })

  it('lets a user into the own mailbox only, and to other users only with a role', async () => {
    const rig = new GraphRig(routes)
    const [anna, bert] = [rig.addUser('anna'), rig.addUser('bert')]
    const caller = { user: anna, scopes: ['Mail.Read', 'User.ReadWrite.All'] }
    const folder = 'mailFolders/b/messages'
    expect((await rig.call('GET', `/v1.0/me/${folder}`, caller)).body).toEqual({ id: anna.id, folderId: 'b' })
    expect((await rig.call('GET', `/v1.0/users/${anna.userPrincipalName}/${folder}`, caller)).status).toBe(200)
    expect((await rig.call('GET', `/v1.0/users/${bert.id}/${folder}`, caller)).status).toBe(403)
    const body = { displayName: 'x' }
    expect((await rig.call('PATCH', `/v1.0/users/${bert.id}`, caller, { body })).status).toBe(403)
    const admin = { ...caller, directoryRoleIds: ['62e90394-69f5-4237-9190-012177145e10'] }
    expect((await rig.call('PATCH', `/v1.0/users/${bert.id}`, admin, { body })).status).toBe(204)
    expect((await rig.call('PATCH', '/v1.0/me', { user: anna, scopes: ['User.ReadWrite'] }, { body })).status).toBe(204)
  })

  it.each([
    [{ displayName: 'x', size: 1 }, 204, undefined],
    [{ displayName: 'x', colour: 'red' }, 400, "The property 'colour' does not exist on type 'microsoft.graph.thing'. "],
    [{ displayName: 1 }, 400, "Cannot convert the literal '1' to the expected type 'Edm.String'."],
    [{ displayName: 'x', size: 1.5 }, 400, "Cannot convert the literal '1.5' to the expected type 'Edm.Int32'."],
    [{ displayName: {} }, 400, "An unexpected 'StartObject' node was found"],
    [{ size: 1 }, 400, "A value is required for property 'displayName' of resource 'Thing'."],
    [[], 400, "An unexpected 'StartArray' node was found"],
  ])('checks the body %j', async (body, status, message) => {
    const answer = await new GraphRig(routes).call('PATCH', '/v1.0/users/a', { roles: ['User.ReadWrite.All'] }, { body })
    expect(answer.status).toBe(status)
    if (message !== undefined) expect(error(answer.body).message).toContain(message)
  })

  it('refuses what is no JSON in the words of the directory and of Exchange', async () => {
    const rig = new GraphRig(routes)
    const send = async (method: string, path: string, type: string, body: string) => {
      const answer = await rig.call(
        method,
        path,
        { roles: ['User.ReadWrite.All', 'Mail.ReadWrite'] },
        { body, headers: { 'Content-Type': type } },
      )
      return [answer.status, error(answer.body).code]
    }
    expect(await send('PATCH', '/v1.0/users/a', 'application/json', '{')).toEqual([400, 'BadRequest'])
    expect(await send('PATCH', '/v1.0/users/a', 'text/xml', '{}')).toEqual([415, 'Request_UnsupportedMediaType'])
    expect(await send('POST', '/beta/users/a/messages', 'text/plain', '{}')).toEqual([400, 'UnableToDeserializePostBody'])
    expect(await send('POST', '/beta/users/a/messages', 'application/json', '{"colour":1}')).toEqual([
      400,
      'RequestBodyRead',
    ])
    expect(
      await send('POST', '/beta/users/a/messages', 'application/json', JSON.stringify({ displayName: 'x'.repeat(4 << 20) })),
    ).toEqual([413, 'RequestEntityTooLarge'])
  })

  it('answers a defect with 500 and tells of it', async () => {
    const broken: Route = { ...(routes[0] as Route), handle: () => JSON.parse('{') as Response }
    const rig = new GraphRig([broken])
    const answer = await rig.call('GET', '/v1.0/users/a/mailFolders/b/messages', mail)
    expect([answer.status, error(answer.body).code]).toEqual([500, 'generalException'])
    expect(rig.defects).toHaveLength(1)
  })

  it('runs what stands around it before permissions are looked at', async () => {
    const seen: string[] = []
    const rig = new GraphRig(routes, {
      around: (request, next) => {
        seen.push(request.caller.appId)
        return next()
      },
    })
    expect((await rig.call('GET', '/v1.0/users/a/mailFolders/b/messages', {})).status).toBe(403)
    expect(seen).toEqual(['11111111-2222-4333-8444-555555555555'])
  })
})
