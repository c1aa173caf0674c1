import { describe, expect, test } from 'vitest'
import { forEachLimited } from '../../../src/core/flow/for-each-limited.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('forEachLimited', () => {
  test('runs each item once, and as many at once as allowed but no more', async () => {
    const seen: number[] = []
    let running = 0
    let most = 0
    await forEachLimited(numbers(40), { concurrencyMax: 4, signal: new AbortController().signal }, async (item) => {
      running += 1
      most = Math.max(most, running)
      await turn()
      seen.push(item)
      running -= 1
    })
    expect(seen.toSorted((a, b) => a - b)).toEqual(numbers(40))
    expect(most).toBe(4)
  })

  test('takes from an async source only when there is room', async () => {
    let taken = 0
    let done = 0
    async function* items(): AsyncGenerator<number> {
      for (const item of numbers(20)) {
        taken += 1
        yield item
      }
    }
    await forEachLimited(items(), { concurrencyMax: 3, signal: new AbortController().signal }, async () => {
      await turn()
      done += 1
      expect(taken - done).toBeLessThanOrEqual(3)
    })
    expect(done).toBe(20)
  })

  test('the first failure starts nothing more, waits for the running ones, closes the source, and is thrown', async () => {
    const finished: number[] = []
    let isClosed = false
    async function* items(): AsyncGenerator<number> {
      try {
        yield* numbers(100)
      } finally {
        isClosed = true
      }
    }
    const run = forEachLimited(items(), { concurrencyMax: 3, signal: new AbortController().signal }, async (item) => {
      if (item === 1) throw new Error('first')
      await turn()
      await turn()
      finished.push(item)
      if (item === 2) throw new Error('second')
    })
    await expect(run).rejects.toThrow('first')
    expect(finished).toContain(0)
    expect(finished.length).toBeLessThanOrEqual(3)
    expect(isClosed).toBe(true)
  })

  test('a synchronous throw counts as well', async () => {
    const run = forEachLimited([1], { concurrencyMax: 1, signal: new AbortController().signal }, () => {
      throw new Error('at once')
    })
    await expect(run).rejects.toThrow('at once')
  })

  test('a failing source waits for what runs', async () => {
    let finished = 0
    async function* items(): AsyncGenerator<number> {
      yield 1
      throw new Error('source')
    }
    const run = forEachLimited(items(), { concurrencyMax: 2, signal: new AbortController().signal }, async () => {
      await turn()
      finished += 1
    })
    await expect(run).rejects.toThrow('source')
    expect(finished).toBe(1)
  })

  test('an abort throws the reason and starts nothing more', async () => {
    const controller = new AbortController()
    const started: number[] = []
    const run = forEachLimited(numbers(10), { concurrencyMax: 1, signal: controller.signal }, async (item) => {
      started.push(item)
      if (item === 2) controller.abort(new Error('stopped'))
      await turn()
    })
    await expect(run).rejects.toThrow('stopped')
    expect(started).toEqual([0, 1, 2])
  })
})
