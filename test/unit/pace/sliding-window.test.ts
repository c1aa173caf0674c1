import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlidingWindow } from '../../../src/core/pace/sliding-window.ts'

describe('a sliding window', () => {
  it('lets through no more than its units in any span of its length, and as soon as they fit', () => {
    const use = fc.record({ units: fc.integer({ min: 1, max: 10 }), pauseMs: fc.integer({ min: 0, max: 400 }) })
    fc.assert(
      fc.property(fc.array(use, { maxLength: 60 }), (uses) => {
        const window = new SlidingWindow(10, 1_000)
        const taken: { readonly atMs: number; readonly units: number }[] = []
        const usedIn = (endMs: number): number =>
          taken.filter(({ atMs }) => atMs > endMs - 1_000 && atMs <= endMs).reduce((sum, { units }) => sum + units, 0)
        let nowMs = 0
        for (const { units, pauseMs } of uses) {
          nowMs += pauseMs
          const atMs = window.fitsAtMs(units, nowMs)
          expect(window.unitsAt(nowMs)).toBe(usedIn(nowMs))
          // A moment before it would have been too early.
          if (atMs > nowMs) expect(usedIn(atMs - 1) + units).toBeGreaterThan(10)
          nowMs = atMs
          window.take(units, nowMs)
          taken.push({ atMs: nowMs, units })
          expect(usedIn(nowMs)).toBeLessThanOrEqual(10)
        }
      }),
    )
  })

  it('lets what is larger than itself wait until it is empty', () => {
    const window = new SlidingWindow(10, 1_000)
    expect(window.fitsAtMs(25, 5)).toBe(5)
    window.take(3, 5)
    window.take(1, 700)
    expect(window.fitsAtMs(25, 800)).toBe(1_700)
  })

  it('forgets what is past, however much there was', () => {
    const window = new SlidingWindow(100_000, 1_000)
    for (let atMs = 0; atMs < 20_000; atMs++) window.take(1, atMs)
    expect(window.unitsAt(19_999)).toBe(1_000)
    expect(window.unitsAt(30_000)).toBe(0)
  })
})
