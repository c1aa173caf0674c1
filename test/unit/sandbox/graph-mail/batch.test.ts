import { describe, expect, it } from 'vitest'
import { GraphError } from '../../../../src/sandbox/http/graph-error.ts'
import { MailRig, refusalOf } from './mail-rig.ts'

interface StepAnswer {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, never>> & { readonly error?: { readonly code: string } }
}

async function batch(rig: MailRig, requests: readonly object[]): Promise<ReadonlyMap<string, StepAnswer>> {
  const { status, body } = await rig.graph.call('POST', '/v1.0/$batch', rig.application, { body: { requests } })
  expect(status).toBe(200)
  return new Map((body['responses'] as unknown as readonly StepAnswer[]).map((answer) => [answer.id, answer]))
}

const json = { 'Content-Type': 'application/json' }

describe('$batch (exchange.md 3.3)', () => {
  it('answers each request by itself, with JSON and base64 bodies', async () => {
    const rig = new MailRig()
    const messages = `/users/${rig.user.id}/messages`
    const mime = Buffer.from('Subject: raw\r\n\r\nx').toString('base64')
    const answers = await batch(rig, [
      { id: '1', method: 'POST', url: messages, headers: json, body: { subject: 'one' } },
      {
        id: '2',
        method: 'POST',
        url: messages,
        headers: { 'content-type': 'text/plain' },
        body: Buffer.from(mime).toString('base64'),
      },
      { id: 'c', method: 'GET', url: `users/${rig.user.id}/mailFolders/inbox?$select=displayName` },
      { id: '4', method: 'GET', url: `${messages}/nonsense` },
      { id: '5', method: 'POST', url: '/$batch', headers: json, body: { requests: [] } },
    ])
    expect([...answers].map(([id, { status }]) => [id, status]).sort()).toEqual([
      ['1', 201],
      ['2', 201],
      ['4', 400],
      ['5', 400],
      ['c', 200],
    ])
    expect(answers.get('2')?.body).toMatchObject({ subject: 'raw', isDraft: true })
    expect(answers.get('4')?.body?.error?.code).toBe('ErrorInvalidIdMalformed')
    const [, made] = [...answers].find(([id]) => id === '1') ?? []
    const value = await batch(rig, [{ id: 'v', method: 'GET', url: `${messages}/${String(made?.body?.['id'])}/$value` }])
    expect(Buffer.from(String(value.get('v')?.body), 'base64').toString()).toMatch(/^Subject: one\r$/m)
    expect(answers.get('c')?.headers['Content-Type']).toContain('application/json')
  })

  it('runs what depends on something after it, and not at all when that failed: 424', async () => {
    const rig = new MailRig()
    const folders = `/users/${rig.user.id}/mailFolders`
    const answers = await batch(rig, [
      { id: '3', dependsOn: ['2'], method: 'GET', url: folders },
      { id: '2', dependsOn: ['1'], method: 'POST', url: folders, headers: json, body: { displayName: 'A' } },
      { id: '1', method: 'POST', url: folders, headers: json, body: { displayName: 'A' } },
      { id: '4', dependsOn: ['1'], method: 'GET', url: `${folders}?$filter=displayName eq 'A'` },
      { id: '5', dependsOn: ['3', '4'], method: 'GET', url: folders },
    ])
    expect(['1', '2', '3', '4', '5'].map((id) => answers.get(id)?.status)).toEqual([201, 409, 424, 200, 424])
    expect(answers.get('3')?.body?.error?.code).toBe('FailedDependency')
  })

  it('works on four of a mailbox at once, and on other mailboxes beside them', async () => {
    const underWay = new Map<string, number>()
    const most = new Map<string, number>()
    const rig = new MailRig({
      around: async (request, next) => {
        if (request.path.endsWith('$batch')) return next()
        const id = request.params['id'] ?? ''
        underWay.set(id, (underWay.get(id) ?? 0) + 1)
        most.set(id, Math.max(most.get(id) ?? 0, underWay.get(id) ?? 0))
        await new Promise((resolve) => setImmediate(resolve))
        underWay.set(id, (underWay.get(id) ?? 0) - 1)
        return next()
      },
    })
    const other = rig.graph.addUser('bob')
    rig.store.create({ userId: other.id, address: other.userPrincipalName })
    const step = (user: string) => (_: unknown, index: number) => ({
      id: `${user}${index}`,
      method: 'GET',
      url: `/users/${user}/mailFolders`,
    })
    await batch(rig, [...Array.from({ length: 12 }, step(rig.user.id)), ...Array.from({ length: 8 }, step(other.id))])
    expect([...most.values()]).toEqual([4, 4])
  })

  it('carries 429 with Retry-After inside', async () => {
    let count = 0
    const rig = new MailRig({
      around: async (request, next) => {
        if (!request.path.endsWith('$batch') && ++count > 1) {
          throw new GraphError(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', {
            'Retry-After': '2.128',
          })
        }
        return next()
      },
    })
    const url = `/users/${rig.user.id}/mailFolders`
    const answers = await batch(rig, [
      { id: '1', method: 'GET', url },
      { id: '2', method: 'GET', url },
    ])
    expect(answers.get('1')?.status).toBe(200)
    expect(answers.get('2')).toMatchObject({
      status: 429,
      headers: { 'Retry-After': '2.128' },
      body: { error: { code: 'ApplicationThrottled' } },
    })
  })

  const good = { id: '1', method: 'GET', url: '/users' }
  it.each([
    ['no requests', {}],
    ['an empty list', { requests: [] }],
    ['more than 20', { requests: Array.from({ length: 21 }, (_, id) => ({ ...good, id: String(id) })) }],
    [
      'an id twice',
      {
        requests: [
          { ...good, id: 'a' },
          { ...good, id: 'A' },
        ],
      },
    ],
    ['no id', { requests: [{ method: 'GET', url: '/users' }] }],
    ['no url', { requests: [{ id: '1', method: 'GET' }] }],
    ['a whole URL', { requests: [{ ...good, url: 'https://graph.microsoft.com/v1.0/users' }] }],
    ['a strange method', { requests: [{ ...good, method: 'TRACE' }] }],
    ['a body without its type', { requests: [{ ...good, method: 'POST', body: {} }] }],
    ['an unknown dependency', { requests: [{ ...good, dependsOn: ['2'] }] }],
    [
      'a circle',
      {
        requests: [
          { ...good, dependsOn: ['2'] },
          { ...good, id: '2', dependsOn: ['1'] },
        ],
      },
    ],
    ['an unknown property', { requests: [{ ...good, nonsense: 1 }] }],
  ])('is refused as a whole with %s', async (_, body) => {
    const rig = new MailRig()
    expect(refusalOf(await rig.graph.call('POST', '/v1.0/$batch', rig.application, { body }))).toEqual([400, 'BadRequest'])
  })

  it('is no longer than 4 MB, and needs a token', async () => {
    const rig = new MailRig()
    const body = {
      requests: [{ id: '1', method: 'POST', url: '/x', headers: json, body: { x: 'y'.repeat(4 * 1024 * 1024) } }],
    }
    expect((await rig.graph.call('POST', '/v1.0/$batch', rig.application, { body })).status).toBe(413)
    const response = await rig.graph.app.fetch(new Request('https://graph.test/v1.0/$batch', { method: 'POST', body: '{}' }))
    expect(response.status).toBe(401)
  })
})
