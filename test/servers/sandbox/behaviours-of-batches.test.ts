import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { StandingSandbox } from './standing-sandbox.ts'

interface Part {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: { readonly error?: { readonly code: string; readonly message: string } }
}

let run: StandingSandbox

beforeAll(async () => {
  run = await StandingSandbox.start(1, 20)
})

afterEach(() => run.sandbox.profiles.use('none'))

afterAll(async () => {
  await run.sandbox.close()
  expect(run.defects).toEqual([])
})

async function batch(requests: readonly object[]): Promise<readonly Part[]> {
  const answer = await run.call('POST', '/$batch', {
    body: { requests: requests.map((one, index) => ({ id: String(index), ...one })) },
  })
  expect(answer.status).toBe(200)
  return answer.json['responses'] as readonly Part[]
}

describe('a part of a $batch (exchange.md 3.3)', () => {
  it('fails by its own status; what breaks connections is left to whole requests', async () => {
    run.sandbox.profiles.use('flaky', { intensity: 10 })
    const requests = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0
        ? { method: 'GET', url: `${run.path()}/messages?$top=2` }
        : {
            method: 'POST',
            url: `${run.path()}/messages`,
            headers: { 'Content-Type': 'application/json' },
            body: { subject: `Part ${index}` },
          },
    )
    const parts: Part[] = []
    for (let round = 0; round < 15; round++) parts.push(...(await batch(requests)))
    expect(parts).toHaveLength(300)
    const isWhole = ({ status, body }: Part) => status < 300 || body?.error?.code !== undefined
    expect(parts.filter((part) => !isWhole(part))).toEqual([])
    expect(parts.filter(({ body }) => body?.error?.code === 'generalException')).toEqual([])
    expect(parts.filter(({ status }) => status >= 500).length).toBeGreaterThan(0)
  })

  it('counts its own bytes in the upload budget (exchange.md 4.1)', async () => {
    run.sandbox.profiles.use('throttled', { spellShare: 0 })
    const { mailboxUploadBytesMax } = run.sandbox.profiles.limits()
    const content = 'a'.repeat(3_900_000)
    const send = () =>
      batch([
        {
          method: 'POST',
          url: `${run.path()}/messages`,
          headers: { 'Content-Type': 'application/json' },
          body: { subject: 'x', body: { contentType: 'text', content } },
        },
      ])
    let sentBytes = 0
    let [part] = await send()
    while (part?.status === 201 && sentBytes < mailboxUploadBytesMax) {
      sentBytes += content.length
      ;[part] = await send()
    }
    const message = 'Application is over its MailboxUpload limit.'
    expect([part?.status, part?.body?.error]).toMatchObject([429, { code: 'ApplicationThrottled', message }])
    expect(sentBytes).toBeLessThan(mailboxUploadBytesMax)
    expect(sentBytes + 2 * content.length).toBeGreaterThan(mailboxUploadBytesMax)
    run.clock.advance(Number(part?.headers['Retry-After']) * 1_000)
    expect((await send()).map(({ status }) => status)).toEqual([201])
  })
})
