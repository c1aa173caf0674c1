import { expect, test } from 'vitest'
import { mapAhead } from '../../../src/connectors/kit/map-ahead.ts'

test('results come in the order of the items, with as many under way as may be', async () => {
  let underWay = 0
  let most = 0
  const waits: (() => void)[] = []
  const results = mapAhead([1, 2, 3, 4, 5], 3, async (item) => {
    most = Math.max(most, ++underWay)
    await new Promise<void>((resolve) => waits.unshift(resolve))
    underWay--
    return item * 10
  })
  const taken: number[] = []
  const taking = (async () => {
    for await (const result of results) taken.push(result)
  })()
  while (taken.length < 5) {
    await new Promise((resolve) => setImmediate(resolve))
    for (const done of waits.splice(0)) done()
  }
  await taking
  expect(taken).toEqual([10, 20, 30, 40, 50])
  expect(most).toBe(3)
})

test('a failure comes after the results before it', async () => {
  const taken: number[] = []
  const run = async (): Promise<void> => {
    for await (const result of mapAhead([1, 2, 3], 3, async (item) => (item === 2 ? Promise.reject(new Error('two')) : item))) taken.push(result)
  }
  await expect(run()).rejects.toThrow('two')
  expect(taken).toEqual([1])
})

test('whoever leaves early takes no more, and what was pulled is let go', async () => {
  let pulled = 0
  let isLetGo = false
  async function* items(): AsyncGenerator<number> {
    try {
      for (;;) yield ++pulled
    } finally {
      isLetGo = true
    }
  }
  for await (const _ of mapAhead(items(), 2, async (item) => item)) break
  await new Promise((resolve) => setImmediate(resolve))
  expect(pulled).toBeLessThanOrEqual(3)
  expect(isLetGo).toBe(true)
})

test('an item that comes after a failure is not worked on any more', async () => {
  const late = Promise.withResolvers<void>()
  const begun: number[] = []
  async function* items(): AsyncGenerator<number> {
    yield 1
    await late.promise
    yield 2
  }
  const results = mapAhead(items(), 2, async (item) => {
    begun.push(item)
    throw new Error('one')
  })
  await expect(results.next()).rejects.toThrow('one')
  late.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(begun).toEqual([1])
})
