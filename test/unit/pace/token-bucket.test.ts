import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TokenBucket } from '../../../src/core/pace/token-bucket.ts'

const someDemand = fc.record({
  unitsPerSecond: fc.integer({ min: 1, max: 1_000_000 }),
  /** What is asked for, and how long after the one before was admitted. */
  asks: fc.array(
    fc.record({ units: fc.integer({ min: 0, max: 2_000_000 }), pauseMs: fc.integer({ min: 0, max: 5_000 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  ),
})

interface Start {
  readonly atMs: number
  readonly units: number
}

function startsOf(unitsPerSecond: number, asks: readonly { units: number; pauseMs: number }[]): readonly Start[] {
  const bucket = new TokenBucket(unitsPerSecond)
  let nowMs = 0
  return asks.map(({ units, pauseMs }) => {
    const atMs = bucket.startsAtMs(nowMs + pauseMs)
    bucket.take(units, atMs)
    nowMs = atMs
    return { atMs, units }
  })
}

test('in no span of time does more start than the budget of the span and one cost', () => {
  fc.assert(
    fc.property(someDemand, ({ unitsPerSecond, asks }) => {
      const starts = startsOf(unitsPerSecond, asks)
      for (let from = 0; from < starts.length; from++) {
        let units = 0
        for (let to = from; to < starts.length; to++) {
          const budget = ((starts[to]!.atMs - starts[from]!.atMs) / 1000) * unitsPerSecond
          // What started before the last one has been paid off when it starts.
          expect(units).toBeLessThanOrEqual(budget * (1 + 1e-9) + 1e-3)
          units += starts[to]!.units
        }
      }
    }),
  )
})

test('demand that never ends gets exactly the budget', () => {
  fc.assert(
    fc.property(someDemand, ({ unitsPerSecond, asks }) => {
      const starts = startsOf(
        unitsPerSecond,
        asks.map(({ units }) => ({ units, pauseMs: 0 })),
      )
      let units = 0
      for (const start of starts) {
        expect(start.atMs).toBeCloseTo((units / unitsPerSecond) * 1000, 3)
        units += start.units
      }
    }),
  )
})

describe('a cost that never starts', () => {
  test('is given back', () => {
    const bucket = new TokenBucket(10)
    const taken = bucket.take(100, 0)
    bucket.giveBack(100, taken)
    expect(bucket.startsAtMs(0)).toBe(0)
  })

  test('is lost when others stand behind it', () => {
    const bucket = new TokenBucket(10)
    const taken = bucket.take(10, 0)
    bucket.take(10, 1_000)
    bucket.giveBack(10, taken)
    expect(bucket.startsAtMs(0)).toBe(2_000)
  })
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a budget of %d is a defect', (unitsPerSecond) => {
  expect(() => new TokenBucket(unitsPerSecond)).toThrow('positive number')
})
