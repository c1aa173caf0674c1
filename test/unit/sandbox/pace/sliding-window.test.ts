import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SlidingWindow } from '../../../../src/sandbox/pace/sliding-window.ts'

const windowMs = 1_000

const someUses = fc.array(
  fc.record({
    pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 2_500, noNaN: true })),
    units: fc.integer({ min: 0, max: 12 }),
  }),
  { minLength: 1, maxLength: 80 },
)

test('tells as every use on a list would, whether units fit and how long until they do', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), someUses, fc.integer({ min: 1, max: 12 }), (unitsMax, uses, asked) => {
      const window = new SlidingWindow(unitsMax, windowMs)
      const list: { atMs: number; units: number }[] = []
      const unitsFrom = (nowMs: number) =>
        list.filter(({ atMs }) => atMs + windowMs > nowMs).reduce((sum, { units }) => sum + units, 0)
      let nowMs = 1_768_467_600_000
      for (const { pauseMs, units } of uses) {
        nowMs += pauseMs
        for (const limit of [unitsMax, Math.ceil(unitsMax / 2)]) {
          const waitMs = window.waitMs(asked, limit, nowMs)
          expect(waitMs === 0).toBe(unitsFrom(nowMs) + asked <= limit)
          if (asked > limit) continue
          expect(unitsFrom(nowMs + waitMs) + asked).toBeLessThanOrEqual(limit)
          // Never longer than it takes: one use more is still there just before.
          if (waitMs > 1) expect(unitsFrom(nowMs + waitMs - 1) + asked).toBeGreaterThan(limit)
        }
        window.take(units, nowMs)
        list.push({ atMs: nowMs, units })
      }
    }),
    { numRuns: 500 },
  )
})

describe('memory', () => {
  test('is bounded by the budget, however much is refused', () => {
    const window = new SlidingWindow(100, windowMs)
    for (let at = 0; at < 10_000; at++) window.take(1, at / 100)
    expect(window.entries).toBe(100)
    expect(window.unitsAt(100)).toBe(100)
  })

  test('is given back as the window empties', () => {
    const window = new SlidingWindow(10_000, windowMs)
    for (let at = 0; at < 5_000; at++) window.take(1, at / 10)
    expect(window.entries).toBe(5_000)
    expect(window.unitsAt(1_450)).toBe(499)
    expect(window.entries).toBe(499)
    window.take(1, 1_500)
    expect(window.entries).toBe(1)
    expect(window.unitsAt(2_499)).toBe(1)
    expect(window.unitsAt(2_500)).toBe(0)
  })
})

test('units above the whole budget never fit', () => {
  const window = new SlidingWindow(10, windowMs)
  expect(window.waitMs(11, 10, 0)).toBe(windowMs)
  expect(window.waitMs(10, 10, 0)).toBe(0)
})
