import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Admission, Admitted, Refused } from '../../../../src/sandbox/pace/admission.ts'
import { publishedLimits, throttledLimits, withMailboxPercent } from '../../../../src/sandbox/pace/budget-limits.ts'
import { createBudgets, type BudgetedRequest, type Budgets } from '../../../../src/sandbox/pace/budgets.ts'
import { SeededRandom } from '../../../../src/sandbox/samples/seeded-random.ts'
import { StandingClock } from './standing-clock.ts'

const minuteMs = 60_000
const reading: BudgetedRequest = { appId: 'app', mailboxId: 'mailbox', method: 'GET', bodyBytes: 0 }
const directoryRead: BudgetedRequest = {
  appId: 'app',
  method: 'GET',
  bodyBytes: 0,
  directory: { tenantId: 'tenant', usersCount: 40, cost: { resourceUnits: 1, writes: 0 } },
}

function start(limits = publishedLimits): { clock: StandingClock; budgets: Budgets } {
  const clock = new StandingClock()
  return { clock, budgets: createBudgets({ clock, random: new SeededRandom(1), limits: () => limits }) }
}

function admit(admission: Admission): Admitted {
  if (!admission.admitted) throw new Error(`refused: ${admission.message}`)
  return admission
}

function refuse(admission: Admission): Refused {
  if (admission.admitted) throw new Error('admitted')
  return admission
}

/** Sends so many one after the other; how many passed. */
function send(budgets: Budgets, request: BudgetedRequest, count: number): number {
  let passed = 0
  for (let at = 0; at < count; at++) {
    const admission = budgets.enter(request)
    if (!admission.admitted) continue
    passed++
    admission.leave()
  }
  return passed
}

describe('4 requests at once per app and mailbox (exchange.md 4.1)', () => {
  test('the fifth is refused as Exchange does, until one of the four has left', () => {
    const { clock, budgets } = start()
    const underWay = Array.from({ length: 4 }, () => admit(budgets.enter(reading)))
    const refused = refuse(budgets.enter(reading))
    expect(refused).toMatchObject({
      status: 429,
      code: 'ApplicationThrottled',
      message: 'Application is over its MailboxConcurrency limit.',
      scope: 'mailbox',
    })
    expect(refused.headers['Retry-After']).toBe(String(refused.retryAfterS))
    expect(Number.isInteger(refused.retryAfterS)).toBe(false)
    clock.advance(refused.retryAfterS * 1_000)
    expect(budgets.enter(reading).admitted).toBe(false)
    underWay[2]!.leave()
    admit(budgets.enter(reading))
    expect(budgets.enter(reading).admitted).toBe(false)
  })

  test('leaving twice frees one slot', () => {
    const { budgets } = start()
    const first = admit(budgets.enter(reading))
    for (let at = 0; at < 3; at++) admit(budgets.enter(reading))
    first.leave()
    first.leave()
    admit(budgets.enter(reading))
    expect(budgets.enter(reading).admitted).toBe(false)
  })

  test('another app, another mailbox and an archive have slots of their own', () => {
    const { budgets } = start()
    for (const mailboxId of ['mailbox', 'archive', 'other']) {
      for (const appId of ['app', 'second']) {
        for (let at = 0; at < 4; at++) admit(budgets.enter({ ...reading, appId, mailboxId }))
        expect(budgets.enter({ ...reading, appId, mailboxId }).admitted).toBe(false)
      }
    }
  })

  test('never more than 4, and never fewer, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -6, max: 6 }), { maxLength: 60 }), (steps) => {
        const { budgets } = start()
        const underWay: Admitted[] = []
        for (const step of steps) {
          if (step < 0) underWay.splice(0, -step).forEach((admitted) => admitted.leave())
          for (let at = 0; at < step; at++) {
            const admission = budgets.enter(reading)
            expect(admission.admitted).toBe(underWay.length < 4)
            if (admission.admitted) underWay.push(admission)
          }
        }
      }),
    )
  })
})

describe('10,000 requests in 10 minutes per app and mailbox (exchange.md 4.1)', () => {
  test('exactly 10,000 pass at once, and as many again 10 minutes later', () => {
    const { clock, budgets } = start()
    expect(send(budgets, reading, 10_000)).toBe(10_000)
    const refused = refuse(budgets.enter(reading))
    expect(refused).toMatchObject({ code: 'ApplicationThrottled', scope: 'mailbox', retryAfterS: 600 })
    clock.advance(10 * minuteMs)
    expect(send(budgets, reading, 10_500)).toBe(10_000)
  })

  test('a steady 10,000 in 10 minutes passes whole, for hours', () => {
    const { clock, budgets } = start()
    for (let at = 0; at < 60_000; at++) {
      admit(budgets.enter(reading)).leave()
      clock.advance(60)
    }
  })

  test('refused requests count, so hammering gets nothing through', () => {
    const { clock, budgets } = start()
    send(budgets, reading, 10_000)
    for (let minute = 0; minute < 30; minute++) {
      clock.advance(minuteMs)
      expect(send(budgets, reading, 1_200)).toBe(0)
    }
    const { retryAfterS } = refuse(budgets.enter(reading))
    expect(retryAfterS).toBe(120)
    clock.advance(retryAfterS * 1_000)
    expect(budgets.enter(reading).admitted).toBe(true)
  })

  test('requests refused for other reasons count too', () => {
    const { budgets } = start()
    const underWay = Array.from({ length: 4 }, () => admit(budgets.enter(reading)))
    expect(send(budgets, reading, 9_996)).toBe(0)
    for (const admitted of underWay) admitted.leave()
    expect(refuse(budgets.enter(reading)).message).toContain('MailboxRequests')
  })

  test('never more than the budget passes in any 10 minutes and exactly the budget does, at random arrivals', () => {
    const someBursts = fc.array(
      fc.record({ pauseMs: fc.integer({ min: 0, max: 8 * minuteMs }), count: fc.integer({ min: 1, max: 5_000 }) }),
      { minLength: 2, maxLength: 20 },
    )
    fc.assert(
      fc.property(someBursts, (bursts) => {
        const { clock, budgets } = start()
        const past: { atMs: number; sent: number; passed: number }[] = []
        for (const { pauseMs, count } of bursts) {
          clock.advance(pauseMs)
          const atMs = clock.nowMs()
          const recent = past.filter((burst) => burst.atMs + 10 * minuteMs > atMs)
          const sentBefore = recent.reduce((sum, burst) => sum + burst.sent, 0)
          const passed = send(budgets, reading, count)
          expect(passed).toBe(Math.min(count, Math.max(0, 10_000 - sentBefore)))
          expect(recent.reduce((sum, burst) => sum + burst.passed, passed)).toBeLessThanOrEqual(10_000)
          past.push({ atMs, sent: count, passed })
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('150 MB of PATCH, POST and PUT bodies in 5 minutes per app and mailbox (exchange.md 4.1)', () => {
  const writing: BudgetedRequest = { ...reading, method: 'POST', bodyBytes: 3_000_000 }

  test('exactly 150 MB pass, and the refusal tells when the next body fits', () => {
    const { clock, budgets } = start()
    expect(send(budgets, writing, 25)).toBe(25)
    clock.advance(2 * minuteMs)
    expect(send(budgets, writing, 30)).toBe(25)
    const { retryAfterS } = refuse(budgets.enter(writing))
    expect(retryAfterS).toBe(180)
    clock.advance(retryAfterS * 1_000 - 1)
    expect(budgets.enter(writing).admitted).toBe(false)
    clock.advance(1)
    expect(send(budgets, writing, 30)).toBe(25)
  })

  test('reading and deleting go on, and bodies of refused requests are not counted', () => {
    const { clock, budgets } = start()
    send(budgets, writing, 50)
    clock.advance(minuteMs)
    expect(send(budgets, writing, 100)).toBe(0)
    expect(send(budgets, reading, 100)).toBe(100)
    expect(send(budgets, { ...reading, method: 'DELETE', bodyBytes: 10 }, 100)).toBe(100)
    clock.advance(4 * minuteMs)
    expect(send(budgets, writing, 51)).toBe(50)
  })

  test('bodies sent to an import session count with the mailbox', () => {
    const { budgets } = start()
    expect(send(budgets, { ...writing, isOutsideGraph: true }, 50)).toBe(50)
    expect(budgets.enter(writing).admitted).toBe(false)
  })

  test('a body above the whole budget never passes', () => {
    const { clock, budgets } = start()
    const { retryAfterS } = refuse(budgets.enter({ ...writing, bodyBytes: 150_000_001 }))
    clock.advance(retryAfterS * 1_000)
    expect(budgets.enter({ ...writing, bodyBytes: 150_000_001 }).admitted).toBe(false)
    expect(budgets.enter({ ...writing, bodyBytes: 150_000_000 }).admitted).toBe(true)
  })

  test('never more than the budget passes in any 5 minutes and what fits is never refused, at random arrivals', () => {
    const someBodies = fc.array(
      fc.record({
        pauseMs: fc.integer({ min: 0, max: 90_000 }),
        method: fc.constantFrom('PATCH', 'POST', 'PUT'),
        bodyBytes: fc.integer({ min: 1, max: 60_000_000 }),
      }),
      { minLength: 5, maxLength: 60 },
    )
    fc.assert(
      fc.property(someBodies, (bodies) => {
        const { clock, budgets } = start()
        const passed: { atMs: number; bytes: number }[] = []
        for (const { pauseMs, method, bodyBytes } of bodies) {
          clock.advance(pauseMs)
          const nowMs = clock.nowMs()
          const bytes = passed
            .filter(({ atMs }) => atMs + 5 * minuteMs > nowMs)
            .reduce((sum, body) => sum + body.bytes, bodyBytes)
          const admission = budgets.enter({ ...reading, method, bodyBytes })
          expect(admission.admitted).toBe(bytes <= 150_000_000)
          if (!admission.admitted) continue
          admission.leave()
          passed.push({ atMs: nowMs, bytes: bodyBytes })
        }
      }),
    )
  })
})

describe('130,000 requests in 10 seconds to all of Graph per app (exchange.md 4.1)', () => {
  test('exactly so many pass over any number of mailboxes; another app is not concerned', () => {
    const { clock, budgets } = start()
    for (let mailbox = 0; mailbox < 13; mailbox++) {
      expect(send(budgets, { ...reading, mailboxId: `mailbox ${mailbox}` }, 10_000)).toBe(10_000)
    }
    const fresh = { ...reading, mailboxId: 'fresh' }
    const refused = refuse(budgets.enter(fresh))
    expect(refused).toMatchObject({ code: 'TooManyRequests', scope: 'graph', retryAfterS: 10 })
    expect(budgets.enter({ ...fresh, isOutsideGraph: true }).admitted).toBe(true)
    expect(budgets.enter({ ...fresh, appId: 'second' }).admitted).toBe(true)
    clock.advance(9_999)
    expect(budgets.enter(fresh).admitted).toBe(false)
    clock.advance(1)
    expect(budgets.enter(fresh).admitted).toBe(true)
  })
})

describe('resource units and writes of the directory per app and tenant (exchange.md 4.1)', () => {
  const withUsers = (usersCount: number, resourceUnits = 1, writes = 0): BudgetedRequest => ({
    ...directoryRead,
    directory: { tenantId: 'tenant', usersCount, cost: { resourceUnits, writes } },
  })

  test.each([
    [49, 3_500],
    [50, 5_000],
    [500, 5_000],
    [501, 8_000],
  ])('a tenant of %i users has %i units in 10 seconds', (usersCount, unitsMax) => {
    const { clock, budgets } = start()
    expect(send(budgets, withUsers(usersCount), unitsMax + 50)).toBe(unitsMax)
    clock.advance(10_000)
    expect(send(budgets, withUsers(usersCount, 4), unitsMax)).toBe(unitsMax / 4)
  })

  test('a refusal names scope and reason', () => {
    const { budgets } = start()
    send(budgets, directoryRead, 3_500)
    const refused = refuse(budgets.enter(directoryRead))
    expect(refused).toMatchObject({ code: 'TooManyRequests', scope: 'directory', retryAfterS: 10 })
    expect(refused.headers).toMatchObject({
      'x-ms-throttle-scope': 'Tenant_Application/ReadWrite/app/tenant',
      'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
    })
  })

  test('3,000 writes pass in 2.5 minutes, and reading goes on', () => {
    const { clock, budgets } = start()
    const write = withUsers(1_000, 1, 1)
    expect(send(budgets, write, 3_000)).toBe(3_000)
    expect(refuse(budgets.enter(write)).headers).toMatchObject({
      'x-ms-throttle-scope': 'Tenant_Application/Write/app/tenant',
      'x-ms-throttle-information': 'WriteLimitExceeded',
    })
    expect(budgets.enter(withUsers(1_000)).admitted).toBe(true)
    clock.advance(150_000)
    expect(send(budgets, write, 3_001)).toBe(3_000)
  })

  test('answers tell their cost, and the share used from 0.8 on', () => {
    const { budgets } = start()
    expect(admit(budgets.enter(withUsers(40, 3))).headers).toEqual({ 'x-ms-resource-unit': '3' })
    send(budgets, directoryRead, 2_796)
    expect(admit(budgets.enter(directoryRead)).headers).toEqual({
      'x-ms-resource-unit': '1',
      'x-ms-throttle-limit-percentage': '0.80',
    })
  })
})

test('Retry-After is true: a like request that waited so long passes, at random arrivals (exchange.md 4.1)', () => {
  const someRequest: fc.Arbitrary<BudgetedRequest> = fc.oneof(
    fc.record({
      appId: fc.constantFrom('app', 'second'),
      mailboxId: fc.constantFrom('mailbox', 'archive'),
      method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE'),
      bodyBytes: fc.integer({ min: 0, max: 4_000_000 }),
    }),
    fc.constant(directoryRead),
    fc.constant({ ...directoryRead, directory: { ...directoryRead.directory!, cost: { resourceUnits: 5, writes: 1 } } }),
  )
  const someBursts = fc.array(
    fc.record({
      pauseMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
      request: someRequest,
      count: fc.integer({ min: 1, max: 700 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  let refusals = 0
  fc.assert(
    fc.property(someBursts, (bursts) => {
      const { clock, budgets } = start(throttledLimits)
      for (const { pauseMs, request, count } of bursts) {
        clock.advance(pauseMs)
        send(budgets, request, count)
        const admission = budgets.enter(request)
        if (admission.admitted) {
          admission.leave()
          continue
        }
        refusals++
        clock.advance(admission.retryAfterS * 1_000)
        admit(budgets.enter(request)).leave()
      }
    }),
    { seed: 4_100 },
  )
  expect(refusals).toBeGreaterThan(100)
})

test('limits may change while requests come, and what was used before still counts', () => {
  const clock = new StandingClock()
  let limits = throttledLimits
  const budgets = createBudgets({ clock, random: new SeededRandom(1), limits: () => limits })
  expect(send(budgets, reading, 4_000)).toBe(3_000)
  limits = publishedLimits
  expect(send(budgets, reading, 7_000)).toBe(6_000)
  limits = throttledLimits
  clock.advance(10 * minuteMs)
  expect(send(budgets, reading, 4_000)).toBe(3_000)
})

describe('memory', () => {
  test('200 mailboxes of 25 apps are forgotten when idle, as requests go on elsewhere', () => {
    const { clock, budgets } = start()
    for (let app = 0; app < 25; app++) {
      for (let mailbox = 0; mailbox < 200; mailbox++) {
        send(budgets, { ...reading, appId: `app ${app}`, mailboxId: `mailbox ${mailbox}` }, 2)
      }
    }
    expect(budgets.tracked).toBeGreaterThan(5_000)
    clock.advance(10 * minuteMs)
    send(budgets, reading, 5_000)
    expect(budgets.tracked).toBeLessThan(10)
  })

  test('a request under way is not forgotten, however long it takes', () => {
    const { clock, budgets } = start()
    const underWay = Array.from({ length: 4 }, () => admit(budgets.enter(reading)))
    clock.advance(60 * minuteMs)
    for (let at = 0; at < 100; at++) send(budgets, { ...reading, mailboxId: `other ${at}` }, 1)
    expect(budgets.enter(reading).admitted).toBe(false)
    underWay[0]!.leave()
    expect(budgets.enter(reading).admitted).toBe(true)
  })
})

describe('what was asked of each mailbox', () => {
  test('is counted by app and mailbox, refused ones among it, and outlasts the windows', () => {
    const { clock, budgets } = start(withMailboxPercent(publishedLimits, 1))
    expect(send(budgets, reading, 120)).toBe(100)
    const upload = { ...reading, mailboxId: 'other', method: 'POST', bodyBytes: 600_000 }
    expect(send(budgets, upload, 3)).toBe(2)
    const late = admit(budgets.enter({ ...upload, bodyBytes: 0 }))
    expect(late.addBody(300_000)).toBeUndefined()
    expect(late.addBody(300_000)).toMatchObject({ status: 429 })
    late.leave()
    clock.advance(60 * minuteMs)
    send(budgets, directoryRead, 5)
    expect(budgets.totals()).toEqual([
      { appId: 'app', mailboxId: 'mailbox', requests: 120, refused: 20, uploadBytes: 0 },
      { appId: 'app', mailboxId: 'other', requests: 4, refused: 2, uploadBytes: 1_500_000 },
    ])
  })
})
