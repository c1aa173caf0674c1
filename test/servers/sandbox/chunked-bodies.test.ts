import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { throttledLimits } from '../../../src/sandbox/pace/budget-limits.ts'
import { type Answer, refusalOf, StandingSandbox } from './standing-sandbox.ts'

let run: StandingSandbox

beforeAll(async () => {
  run = await StandingSandbox.start(2, 5)
})

afterEach(() => {
  run.sandbox.profiles.use('none')
  run.clock.advance(600_000)
})

afterAll(async () => {
  await run.sandbox.close()
  expect(run.defects).toEqual([])
})

const mega = 1_000_000

/** A body of so many bytes in chunks, hence without Content-Length. */
async function send(url: string, sizeBytes: number, headers: Readonly<Record<string, string>>, method = 'POST'): Promise<Answer> {
  const chunk = new Uint8Array(mega).fill(0x20)
  let leftBytes = sizeBytes
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (leftBytes === 0) return controller.close()
      const piece = chunk.subarray(0, Math.min(leftBytes, mega))
      leftBytes -= piece.byteLength
      controller.enqueue(piece)
    },
  })
  const response = await fetch(url, { method, headers, body, duplex: 'half' } as RequestInit)
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: text === '' ? {} : (JSON.parse(text) as Answer['json']) }
}

const asJson = { 'Content-Type': 'application/json' }

async function toGraph(sizeBytes: number, path = `${run.path()}/messages`, method = 'POST'): Promise<Answer> {
  return send(`${run.sandbox.access.graph}/v1.0${path}`, sizeBytes, { ...asJson, Authorization: `Bearer ${await run.token()}` }, method)
}

describe('a body without Content-Length', () => {
  it('counts in the upload budget of its mailbox, at Graph and at import URLs together (exchange.md 4.1)', async () => {
    run.sandbox.profiles.use('throttled', { spellShare: 0 })
    const url = await run.importUrl()
    const budgetBytes = throttledLimits.mailboxUploadBytesMax
    expect((await send(url, budgetBytes - 6 * mega, asJson)).status).toBe(400)
    run.clock.advance(60_000)
    expect((await toGraph(4 * mega)).status).toBe(400)
    expect((await toGraph(2 * mega)).status).toBe(400)
    const refused = await toGraph(1)
    expect(refusalOf(refused)).toEqual([429, 'ApplicationThrottled'])
    expect(refused.headers.get('retry-after')).toBe('240')
    expect(refusalOf(await send(url, 1, asJson))).toEqual([429, 'ApplicationThrottled'])
    expect(refusalOf(await run.call('POST', `${run.path()}/messages`, { body: {} }))).toEqual([429, 'ApplicationThrottled'])
    expect((await toGraph(1, `${run.path(1)}/messages`)).status).toBe(400)
    expect((await run.call('GET', `${run.path()}/mailFolders`)).status).toBe(200)
    run.clock.advance(240_000)
    expect((await toGraph(1)).status).toBe(400)
  })

  it('of a refused request, or with DELETE, counts for nothing', async () => {
    run.sandbox.profiles.use('throttled', { spellShare: 0 })
    const url = await run.importUrl()
    const budgetBytes = throttledLimits.mailboxUploadBytesMax
    expect((await send(url, budgetBytes - mega, asJson)).status).toBe(400)
    expect((await toGraph(2 * mega)).status).toBe(429)
    expect((await toGraph(2 * mega, `${run.path()}/messages/none`, 'DELETE')).status).toBe(400)
    expect((await toGraph(mega)).status).toBe(400)
  })

  it('may be as long as any other: 4 MB at Graph, 200 MB at an import URL, a short form at the sign-in', async () => {
    expect((await toGraph(4 * 1024 * 1024)).status).toBe(400)
    expect(refusalOf(await toGraph(4 * 1024 * 1024 + 1))).toEqual([413, 'RequestEntityTooLarge'])
    const import413 = await send(await run.importUrl(), 201 * 1024 * 1024, asJson)
    expect(refusalOf(import413)).toEqual([413, 'ErrorMessageSizeExceeded'])
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    expect((await send(`${run.tenant.authority}/oauth2/v2.0/token`, 256 * 1024, form)).status).toBe(400)
    expect((await send(`${run.tenant.authority}/oauth2/v2.0/token`, 256 * 1024 + 1, form)).status).toBe(413)
  })
})
