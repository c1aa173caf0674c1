import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import type { Limits } from '../../../src/core/pace/side-gate.ts'
import type { Clock } from '../../../src/core/ports/context.ts'
import type { Cost, Governor } from '../../../src/core/ports/governor.ts'
import { VirtualClock } from '../../simulation/virtual-clock.ts'

const never = new AbortController().signal
const oneItem: Cost = { requests: 1, items: 1, bytes: 1_000 }

function start(
  source: Partial<Limits> = {},
  target: Partial<Limits> = {},
): { clock: VirtualClock; governor: Governor } {
  const clock = new VirtualClock(1_000_000)
  return {
    clock,
    governor: createGovernor({ clock, source: { sessionsMax: 4, ...source }, target: { sessionsMax: 4, ...target } }),
  }
}

async function pass(clock: VirtualClock, delayMs: number): Promise<void> {
  await clock.run(clock.sleep(delayMs, never))
}

describe('admission', () => {
  test('is immediate and reads no clock when nothing is declared', () => {
    const blind: Clock = {
      now: () => {
        throw new Error('the clock was read')
      },
      sleep: () => Promise.reject(new Error('slept')),
    }
    const governor = createGovernor({ clock: blind, source: { sessionsMax: 2 }, target: { sessionsMax: 2 } })
    for (let at = 0; at < 1_000; at++) expect(governor.admit('target', oneItem, never)).toBeUndefined()
    expect(governor.lanes()).toBe(2)
  })

  test('keeps to a budget over several lanes, and uses all of it', async () => {
    const { clock, governor } = start({}, { bytesPerSecond: 10_000 })
    const startedAtMs = clock.now()
    const admittedAtMs: number[] = []
    const lane = async () => {
      for (let at = 0; at < 25; at++) {
        await governor.admit('target', oneItem, never)
        admittedAtMs.push(clock.now() - startedAtMs)
      }
    }
    await clock.run(Promise.all([lane(), lane(), lane(), lane()]))
    expect(admittedAtMs).toEqual(Array.from({ length: 100 }, (_, at) => at * 100))
  })

  test('keeps to the tightest of several budgets, each in its own unit', async () => {
    const { clock, governor } = start({ requestsPerSecond: 10, itemsPerSecond: 100, bytesPerSecond: 1_000 })
    const startedAtMs = clock.now()
    await clock.run(
      (async () => {
        await governor.admit('source', { requests: 1, items: 50, bytes: 10 }, never)
        await governor.admit('source', { requests: 1, items: 1, bytes: 2_000 }, never)
        expect(clock.now() - startedAtMs).toBe(500)
        await governor.admit('source', { requests: 1, items: 0, bytes: 0 }, never)
        expect(clock.now() - startedAtMs).toBe(2_500)
        await governor.admit('source', { requests: 1, items: 0, bytes: 0 }, never)
        expect(clock.now() - startedAtMs).toBe(2_600)
      })(),
    )
  })

  test('never passes more than a budget and one cost in any span, whoever asks when', async () => {
    const asks = fc.array(
      fc.record({ pauseMs: fc.integer({ min: 0, max: 3_000 }), bytes: fc.integer({ min: 0, max: 5_000 }) }),
      {
        minLength: 1,
        maxLength: 8,
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(asks, { minLength: 1, maxLength: 4 }), async (lanes) => {
        const { clock, governor } = start({}, { bytesPerSecond: 1_000 })
        const admitted: { atMs: number; bytes: number }[] = []
        const run = async (lane: (typeof lanes)[number]) => {
          for (const { pauseMs, bytes } of lane) {
            await clock.sleep(pauseMs, never)
            await governor.admit('target', { requests: 1, items: 1, bytes }, never)
            admitted.push({ atMs: clock.now(), bytes })
          }
        }
        await clock.run(Promise.all(lanes.map(run)))
        const largest = Math.max(...admitted.map(({ bytes }) => bytes))
        for (const first of admitted) {
          for (const last of admitted) {
            const between = admitted.filter(({ atMs }) => atMs >= first.atMs && atMs <= last.atMs)
            const bytes = between.reduce((sum, one) => sum + one.bytes, 0)
            expect(bytes).toBeLessThanOrEqual(Math.max(0, last.atMs - first.atMs) + largest + 1e-6)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  test('rejects with the reason when aborted, and gives the place back', async () => {
    const { clock, governor } = start({}, { itemsPerSecond: 1 })
    const stop = new AbortController()
    governor.admit('target', oneItem, never)
    const waiting = governor.admit('target', oneItem, stop.signal)!
    stop.abort(new Error('stopped by hand'))
    await expect(waiting).rejects.toThrow('stopped by hand')
    const startedAtMs = clock.now()
    await clock.run(governor.admit('target', oneItem, never)!)
    expect(clock.now() - startedAtMs).toBe(1_000)
  })
})

describe('a server that asks for less', () => {
  test('is waited for, as long as it said, on its side only', async () => {
    const { clock, governor } = start()
    expect(governor.throttled('target', 12_000)).toBe(12_000)
    expect(governor.admit('source', oneItem, never)).toBeUndefined()
    const startedAtMs = clock.now()
    await clock.run(governor.admit('target', oneItem, never)!)
    expect(clock.now() - startedAtMs).toBe(12_000)
    expect(governor.admit('target', oneItem, never)).toBeUndefined()
  })

  test('is not waited for longer than a quarter of an hour', () => {
    expect(start().governor.throttled('target', 86_400_000)).toBe(900_000)
  })

  test('is waited for ever longer when it does not say how long, until it has been calm', async () => {
    const { clock, governor } = start()
    const waits: number[] = []
    for (let at = 0; at < 4; at++) {
      const waitMs = governor.throttled('source', undefined)
      waits.push(waitMs)
      await pass(clock, waitMs)
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000])
    await pass(clock, 60_000)
    expect(governor.throttled('source', undefined)).toBe(1_000)
  })

  test('also holds those who wait for a budget already', async () => {
    const { clock, governor } = start({}, { itemsPerSecond: 1 })
    governor.admit('target', oneItem, never)
    const waiting = governor.admit('target', oneItem, never)!
    const startedAtMs = clock.now()
    governor.throttled('target', 5_000)
    await clock.run(waiting)
    expect(clock.now() - startedAtMs).toBe(5_000)
  })

  test('gets half the lanes, once however many requests it refuses at the time, and never none', async () => {
    const { clock, governor } = start({ sessionsMax: 8 }, { sessionsMax: 8 })
    for (let lane = 0; lane < 8; lane++) governor.throttled('target', 1_000)
    expect(governor.lanes()).toBe(4)
    for (const lanes of [2, 1, 1]) {
      await pass(clock, 1_000)
      governor.throttled('target', 1_000)
      expect(governor.lanes()).toBe(lanes)
    }
  })

  test('gets one lane back after each half minute without another request', async () => {
    const { clock, governor } = start()
    governor.throttled('target', 10_000)
    await pass(clock, 39_999)
    expect(governor.lanes()).toBe(2)
    await pass(clock, 1)
    expect(governor.lanes()).toBe(3)
    await pass(clock, 300_000)
    expect(governor.lanes()).toBe(4)
  })
})

describe('sessions', () => {
  test('are what the tighter side allows', () => {
    expect(start({ sessionsMax: 3 }).governor.lanes()).toBe(3)
    expect(start({ sessionsMax: 3 }, { sessionsMax: 0 }).governor.lanes()).toBe(1)
  })

  test('stay at what a server allowed when it refused one more', async () => {
    const { clock, governor } = start()
    governor.sessionsLimited('target', 2)
    governor.sessionsLimited('target', 3)
    expect(governor.lanes()).toBe(2)
    await pass(clock, 600_000)
    expect(governor.lanes()).toBe(2)
    governor.sessionsLimited('source', 0)
    expect(governor.lanes()).toBe(1)
  })
})

describe('what binds', () => {
  test('is also what a side keeps to by itself, behind everything of ours', () => {
    const clock = new VirtualClock(0)
    let told: { limit: string; liftsAtMs: number } | undefined = { limit: '9,900 requests to a mailbox in 10 minutes', liftsAtMs: 5 }
    const limits = { sessionsMax: 2 }
    const governor = createGovernor({ clock, source: limits, target: limits, bindings: { target: () => told, source: () => undefined } })
    expect(governor.binding()).toEqual({ limit: 'target: 9,900 requests to a mailbox in 10 minutes', liftsAtMs: 5 })
    governor.throttled('source', 2_000)
    expect(governor.binding().limit).toBe('source asked to wait 2 s')
    told = undefined
    expect(createGovernor({ clock, source: limits, target: limits, bindings: { target: () => told } }).binding().limit).toBe('as fast as both servers answer')
  })

  test('is named when nothing is in the way', () => {
    expect(start({ bytesPerSecond: 1_000_000 }).governor.binding()).toEqual({ limit: 'as fast as both servers answer' })
  })

  test('is a wait that a server asked for', async () => {
    const { clock, governor } = start()
    governor.throttled('target', 12_400)
    expect(governor.binding()).toEqual({ limit: 'target asked to wait 13 s', liftsAtMs: clock.now() + 12_400 })
    await pass(clock, 12_400)
    expect(governor.binding()).toEqual({ limit: 'target asked for less (2 of 4 sessions)' })
  })

  test('is a declared budget that makes somebody wait, and no longer than that', async () => {
    const { clock, governor } = start({}, { bytesPerSecond: 1_000_000 })
    governor.admit('target', { requests: 1, items: 1, bytes: 3_000_000 }, never)
    expect(governor.binding().limit).toBe('as fast as both servers answer')
    const waiting = governor.admit('target', oneItem, never)!
    expect(governor.binding()).toEqual({ limit: '--target-bytes-per-second 1,000,000', liftsAtMs: clock.now() + 3_000 })
    await clock.run(waiting)
    expect(governor.binding()).toEqual({ limit: '--target-bytes-per-second 1,000,000' })
    await pass(clock, 2_000)
    expect(governor.binding().limit).toBe('as fast as both servers answer')
  })

  test('is how many sessions a server allows', () => {
    const { governor } = start()
    governor.sessionsLimited('target', 2)
    expect(governor.binding()).toEqual({ limit: 'target sessions (2 of 4 allowed)' })
    governor.sessionsLimited('source', 1)
    expect(governor.binding()).toEqual({ limit: 'source sessions (1 of 4 allowed)' })
  })
})
