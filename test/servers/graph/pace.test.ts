import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { publishedLimits } from '../../../src/connectors/graph/mailbox-pace.ts'
import { HttpClient } from '../../../src/connectors/kit/http/http-client.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { everythingIn, TenantPair } from './tenant-pair.ts'

const messages = 3_200
let pair: TenantPair

beforeAll(async () => {
  pair = await TenantPair.start(1, messages)
})

afterEach(() => {
  vi.restoreAllMocks()
  pair.sandbox.profiles.use('none')
})

afterAll(async () => {
  await pair.close()
  expect(pair.defects).toEqual([])
})

describe('the pace of a pass', () => {
  it('keeps within limits that are less than the work, refused nothing, at little more than a request for each item', async () => {
    // The budgets of a tenant under load, without its spells.
    pair.sandbox.profiles.use('throttled', { spellShare: 0 })
    const limits = { ...publishedLimits, requestsAtOnceMax: 2, requestsMax: 2_970, uploadBytesMax: 44_500_000 }
    const [source, target] = [pair.source(0), pair.freshTarget()]
    const store = await openStore({ path: ':memory:' })
    const ledger = await store.mailbox({ sourceUrl: 'm365://a/a', targetUrl: 'm365://b/b' })
    const send = vi.spyOn(HttpClient.prototype, 'send')
    const startedAtMs = pair.clock.nowMs()
    const tally = await pair.run(source, target, ledger, { limits })
    const statuses = await Promise.all(send.mock.results.map(async ({ value }) => ((await value) as { status: number }).status))
    const { migrated } = tally.pass
    expect(migrated).toBeGreaterThanOrEqual(messages)
    expect(statuses.filter((status) => status === 429)).toEqual([])
    const perItem = statuses.length / migrated
    expect(perItem).toBeLessThan(1.2)
    // More items than requests in a window: the rest had to wait for the next one.
    expect(pair.clock.nowMs() - startedAtMs).toBeGreaterThanOrEqual(limits.requestsWindowMs)
    expect(everythingIn(target)).toEqual(everythingIn(source))
    await store.close()
  })
})
