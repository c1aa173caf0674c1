import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { publishedLimits, throttledLimits } from '../../../../src/sandbox/pace/budget-limits.ts'
import { createBudgets } from '../../../../src/sandbox/pace/budgets.ts'
import {
  createFaultProfiles,
  isProfileName,
  profileNames,
  type FaultProfiles,
  type ProfileName,
  type ProfileSettings,
} from '../../../../src/sandbox/pace/fault-profiles.ts'
import type { FaultyCommand, FaultyRequest, HttpFault, ImapFault } from '../../../../src/sandbox/pace/faults.ts'
import { SeededRandom } from '../../../../src/sandbox/samples/seeded-random.ts'
import { StandingClock } from './standing-clock.ts'

const page: FaultyRequest = { appId: 'app', method: 'GET', surface: 'mailbox', mailboxId: 'mailbox', tokenId: 'first' }
const creation: FaultyRequest = { ...page, method: 'POST' }
const user: FaultyRequest = { appId: 'app', method: 'GET', surface: 'directory', tokenId: 'first' }
const fetch: FaultyCommand = { appId: 'app', mailboxId: 'mailbox', tokenId: 'first', name: 'FETCH' }
const append: FaultyCommand = { ...fetch, name: 'APPEND' }
const requests = [page, creation, user, { ...page, isBatchPart: true }, { ...page, uses: 'delta-token' as const }]

function start(
  name: ProfileName,
  settings: ProfileSettings = {},
  seed = 3,
): { clock: StandingClock; profiles: FaultProfiles } {
  const clock = new StandingClock()
  const profiles = createFaultProfiles({ clock, random: new SeededRandom(seed) })
  profiles.use(name, settings)
  return { clock, profiles }
}

function manyHttp(profiles: FaultProfiles, request: FaultyRequest, count = 20_000): HttpFault[] {
  return Array.from({ length: count }, () => profiles.http.before(request)).filter((fault) => fault !== undefined)
}

/** A fault by what a client sees of it. */
function kindOf(fault: HttpFault | ImapFault): string {
  if (fault.type !== 'status') return fault.type
  const wait = fault.retryAfterS === undefined ? '' : ' with Retry-After'
  return `${fault.status} ${fault.error?.code ?? 'empty'}${wait}`
}

function kindsOf(faults: readonly (HttpFault | ImapFault)[]): string[] {
  return [...new Set(faults.map(kindOf))].sort()
}

describe('every profile', () => {
  test('has a name that is known', () => {
    expect(profileNames.every(isProfileName)).toBe(true)
    expect(isProfileName('toString')).toBe(false)
  })

  test.each(profileNames)('%s has the same faults again for the same seed and requests', (name) => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.record({ at: fc.integer({ min: 0, max: 6 }), pauseMs: fc.integer({ min: 0, max: 2_000 }) }), {
          minLength: 50,
          maxLength: 200,
        }),
        (seed, steps) => {
          const run = (): unknown[] => {
            const { clock, profiles } = start(name, { intensity: 5, spellShare: 0.2, requestsBefore: 20 }, seed)
            return steps.map(({ at, pauseMs }) => {
              clock.advance(pauseMs)
              const request = requests[at]
              return request === undefined
                ? [profiles.imap.before(append), profiles.imap.after(append, { hasLiteral: false })]
                : [profiles.http.before(request), profiles.http.after(request, { status: 200, isPage: true })]
            })
          }
          expect(run()).toEqual(run())
        },
      ),
      { numRuns: 20 },
    )
  })

  test('may be put in force while the tenant runs', () => {
    const { profiles } = start('revoked', { requestsBefore: 0, revokes: 'permission' })
    const { http, limits } = profiles
    expect(profiles.name).toBe('revoked')
    expect(http.before(page)).toMatchObject({ status: 403 })
    profiles.use('none')
    expect(profiles.name).toBe('none')
    expect(http.before(page)).toBeUndefined()
    expect(limits()).toBe(publishedLimits)
    profiles.use('throttled')
    expect(limits()).toBe(throttledLimits)
  })
})

test('none: nothing happens', () => {
  const { profiles } = start('none')
  for (const request of requests) {
    expect(profiles.http.before(request)).toBeUndefined()
    expect(profiles.http.after(request, { status: 200, isPage: true })).toBeUndefined()
  }
  expect(profiles.imap.before(fetch)).toBeUndefined()
  expect(profiles.imap.after(fetch, { hasLiteral: true })).toBeUndefined()
})

describe('throttled (exchange.md 4.1, 4.5)', () => {
  test('holds the budgets to less than the published', () => {
    const { clock, profiles } = start('throttled')
    const budgets = createBudgets({ clock, random: new SeededRandom(1), limits: profiles.limits })
    const request = { appId: 'app', mailboxId: 'mailbox', method: 'GET', bodyBytes: 0 }
    expect(Array.from({ length: 3 }, () => budgets.enter(request).admitted)).toEqual([true, true, false])
  })

  test('refuses a mailbox by 429 with a fractional Retry-After that is true, parts of a $batch as well', () => {
    for (const request of [page, creation, { ...page, isBatchPart: true }]) {
      const { clock, profiles } = start('throttled', { spellShare: 0.1 })
      let fractions = 0
      for (let at = 0, refusals = 0; refusals < 50; at++) {
        if (at > 5_000) throw new Error('too few refusals')
        const fault = profiles.http.before(request)
        if (fault === undefined) continue
        refusals++
        if (fault.type !== 'status' || fault.retryAfterS === undefined) throw new Error(`not a refusal: ${fault.type}`)
        expect(fault).toMatchObject({
          status: 429,
          error: { code: 'ApplicationThrottled', message: 'Application is over its MailboxConcurrency limit.' },
        })
        expect(fault.retryAfterS).toBeGreaterThan(0)
        if (!Number.isInteger(fault.retryAfterS)) fractions++
        clock.advance(fault.retryAfterS * 500)
        // The whole mailbox is meant, not only the request.
        expect(profiles.http.before({ ...request, method: 'DELETE' })).toMatchObject({ status: 429 })
        clock.advance(fault.retryAfterS * 500)
        expect(profiles.http.before(request)).toBeUndefined()
      }
      expect(fractions).toBeGreaterThan(40)
    }
  })

  test('refuses the directory by TooManyRequests, and leaves other mailboxes and sign-in alone', () => {
    const { profiles } = start('throttled', { spellShare: 1 })
    expect(profiles.http.before(user)).toMatchObject({ status: 429, error: { code: 'TooManyRequests' } })
    expect(profiles.http.before({ ...user, surface: 'sign-in' })).toBeUndefined()
    const { profiles: quiet } = start('throttled', { spellShare: 0 })
    expect(manyHttp(quiet, page)).toEqual([])
  })

  test('throttles IMAP in the words of Exchange Online, for a time that is true', () => {
    const { clock, profiles } = start('throttled', { spellShare: 1 })
    for (let at = 0; at < 20; at++) {
      const fault = profiles.imap.before(fetch)
      if (fault?.type !== 'refuse') throw new Error('not refused')
      expect(fault.status).toBe('BAD')
      const backoffMs = /^Request is throttled\. Suggested Backoff Time: (\d+) milliseconds$/.exec(fault.text)?.[1]
      clock.advance(Number(backoffMs))
      expect(profiles.imap.before(fetch)).toBeUndefined()
    }
  })
})

describe('flaky', () => {
  test('fails requests in every way of exchange.md 4.1', () => {
    const { profiles } = start('flaky')
    expect(kindsOf(manyHttp(profiles, page))).toEqual([
      '500 ErrorInternalServerTransientError',
      '503 MailboxInfoStale with Retry-After',
      '503 UnknownError',
      '503 empty',
      '504 UnknownError',
      '504 UnknownError with Retry-After',
      'reset',
    ])
  })

  test('voids delta tokens (exchange.md 3.3) and import sessions (exchange.md 2.3) that are in use', () => {
    const { profiles } = start('flaky')
    const deltas = manyHttp(profiles, { ...page, uses: 'delta-token' }).filter((fault) => 'voids' in fault)
    expect(kindsOf(deltas)).toEqual(['410 ResyncRequired', '410 SyncStateNotFound'])
    expect(deltas.every((fault) => fault.type === 'status' && fault.voids === 'delta-token')).toBe(true)
    const imports = manyHttp(profiles, { ...creation, uses: 'import-session' }).filter((fault) => 'voids' in fault)
    expect(kindsOf(imports)).toEqual(['401 InvalidImportSession'])
    expect(imports.every((fault) => fault.type === 'status' && fault.voids === 'import-session')).toBe(true)
  })

  test('fails parts of a $batch by a status alone (exchange.md 3.3)', () => {
    const { profiles } = start('flaky', { intensity: 5 })
    const part = { ...creation, isBatchPart: true }
    const faults = manyHttp(profiles, part)
    expect(faults.length).toBeGreaterThan(100)
    expect(faults.every((fault) => fault.type === 'status' && fault.error !== undefined)).toBe(true)
    for (let at = 0; at < 5_000; at++) expect(profiles.http.after(part, { status: 200, isPage: true })).toBeUndefined()
  })

  test('cuts pages short after "value":[ (exchange.md 3.3), and nothing else that was read', () => {
    const { profiles } = start('flaky')
    const after = (isPage: boolean, status: number) =>
      Array.from({ length: 5_000 }, () => profiles.http.after(page, { status, isPage })).filter(
        (fault) => fault !== undefined,
      )
    expect(kindsOf(after(true, 200))).toEqual(['cut-page'])
    expect(after(false, 200)).toEqual([])
    expect(after(true, 404)).toEqual([])
  })

  test('loses answers after the effect (exchange.md 4.1: a timed-out POST may have succeeded)', () => {
    const { profiles } = start('flaky')
    const after = (status: number) =>
      Array.from({ length: 5_000 }, () => profiles.http.after(creation, { status, isPage: false })).filter(
        (fault) => fault !== undefined,
      )
    expect(kindsOf(after(201))).toEqual(['lose-answer'])
    expect(after(400)).toEqual([])
  })

  test('fails IMAP commands, cuts literals and loses answers after the effect (exchange.md 4.5)', () => {
    const { profiles } = start('flaky')
    const before = Array.from({ length: 20_000 }, () => profiles.imap.before(fetch)).filter((fault) => fault !== undefined)
    expect(kindsOf(before)).toEqual(['bye', 'refuse', 'reset'])
    const after = (command: FaultyCommand, hasLiteral: boolean) =>
      Array.from({ length: 5_000 }, () => profiles.imap.after(command, { hasLiteral })).filter(
        (fault) => fault !== undefined,
      )
    const cuts = after(fetch, true)
    expect(kindsOf(cuts)).toEqual(['cut-literal'])
    expect(cuts.every((fault) => fault.type === 'cut-literal' && fault.keptShare >= 0 && fault.keptShare < 1)).toBe(true)
    expect(after(fetch, false)).toEqual([])
    expect(kindsOf(after(append, false))).toEqual(['lose-answer'])
  })

  test('is as frequent as it is told, and spares sign-in', () => {
    const countAt = (intensity: number): number => manyHttp(start('flaky', { intensity }).profiles, page).length
    expect(countAt(0)).toBe(0)
    expect(countAt(1) / 20_000).toBeCloseTo(0.04, 2)
    expect(countAt(10) / 20_000).toBeCloseTo(0.4, 1)
    expect(manyHttp(start('flaky', { intensity: 10 }).profiles, { ...user, surface: 'sign-in' })).toEqual([])
  })
})

test('slow: everything is delayed within bounds, sign-in included, mostly by little', () => {
  const { profiles } = start('slow', { delayMsMin: 100, delayMsMax: 9_000 })
  const delaysMs = Array.from({ length: 2_000 }, (_, at) => {
    const fault = at % 2 === 0 ? profiles.http.before({ ...user, surface: 'sign-in' }) : profiles.imap.before(fetch)
    if (fault?.type !== 'delay') throw new Error('not delayed')
    return fault.delayMs
  }).sort((a, b) => a - b)
  expect(delaysMs[0]).toBeGreaterThanOrEqual(100)
  expect(delaysMs[1_000]).toBeLessThan(500)
  expect(delaysMs[1_999]).toBeGreaterThan(7_000)
  expect(delaysMs[1_999]).toBeLessThanOrEqual(9_000)
})

describe('revoked', () => {
  const requestsBefore = 10

  function startRevoked(revokes: ProfileSettings['revokes'] & string): FaultProfiles {
    const { profiles } = start('revoked', { requestsBefore, revokes })
    for (let at = 0; at < requestsBefore; at++) expect(profiles.http.before(page)).toBeUndefined()
    return profiles
  }

  test('permission: everything of the app is forbidden, sign-in and other apps are not', () => {
    const { http, imap } = startRevoked('permission')
    expect(http.before(page)).toMatchObject({ status: 403, error: { code: 'ErrorAccessDenied' } })
    expect(http.before(user)).toMatchObject({ status: 403, error: { code: 'Authorization_RequestDenied' } })
    expect(imap.before({ ...fetch, name: 'AUTHENTICATE' })).toMatchObject({ status: 'NO', text: 'AUTHENTICATE failed.' })
    expect(http.before({ ...user, surface: 'sign-in' })).toBeUndefined()
    expect(http.before({ ...page, appId: 'second' })).toBeUndefined()
  })

  test('token: the token that is in use is refused, a new one is not', () => {
    const { http, imap } = startRevoked('token')
    expect(http.before(page)).toMatchObject({ status: 401, error: { code: 'InvalidAuthenticationToken' } })
    expect(http.before(user)).toMatchObject({ status: 401 })
    expect(imap.before(fetch)).toEqual({ type: 'bye', text: 'Session invalidated - AccessTokenExpired' })
    expect(http.before({ ...page, tokenId: 'second' })).toBeUndefined()
    expect(http.before(page)).toMatchObject({ status: 401 })
  })

  test('mailbox: that mailbox is forbidden, over IMAP as exchange.md 4.5 says, another is not', () => {
    const { http, imap } = startRevoked('mailbox')
    expect(http.before(user)).toBeUndefined()
    expect(http.before(page)).toMatchObject({ status: 403, error: { code: 'ErrorAccessDenied' } })
    expect(imap.before(fetch)).toEqual({
      type: 'refuse',
      status: 'BAD',
      text: 'User is authenticated but not connected.',
    })
    expect(http.before({ ...page, mailboxId: 'other' })).toBeUndefined()
  })

  test('stays so until it is restored, and then nothing is taken again', () => {
    const profiles = startRevoked('permission')
    for (let at = 0; at < 100; at++) expect(profiles.http.before(page)).toBeDefined()
    profiles.restore()
    for (let at = 0; at < 100; at++) expect(profiles.http.before(page)).toBeUndefined()
    profiles.use('revoked', { requestsBefore: 1, revokes: 'permission' })
    expect(profiles.http.before(page)).toBeUndefined()
    expect(profiles.http.before(page)).toBeDefined()
  })

  test('what an app loses is by chance when it is not said', () => {
    const lost = Array.from({ length: 60 }, (_, seed) => {
      const { http, imap } = start('revoked', { requestsBefore: 0 }, seed).profiles
      const fault = http.before(page)
      const command = imap.before(fetch)
      return `${fault === undefined ? '' : kindOf(fault)} ${command?.type ?? ''} ${http.before(user) === undefined}`
    })
    expect([...new Set(lost)].sort()).toEqual([
      '401 InvalidAuthenticationToken bye false',
      '403 ErrorAccessDenied refuse false',
      '403 ErrorAccessDenied refuse true',
    ])
  })
})
