import { expect, test } from 'vitest'
import { begun } from '../../../src/core/flow/begun.ts'

function numbers(events: string[], upTo: number) {
  return (async function* () {
    try {
      for (let number = 1; number <= upTo; number++) {
        events.push(`asked for ${number}`)
        yield number
      }
    } finally {
      events.push('left')
    }
  })()
}

test('the first item is asked for before anybody wants it, and no further one', async () => {
  const events: string[] = []
  const items = begun(numbers(events, 3))
  expect(events).toEqual(['asked for 1'])
  const taken: number[] = []
  for await (const item of items) taken.push(item)
  expect(taken).toEqual([1, 2, 3])
  expect(events).toEqual(['asked for 1', 'asked for 2', 'asked for 3', 'left'])
})

test('leaving it leaves what it reads, also before anything was taken, and twice', async () => {
  const events: string[] = []
  const items = begun(numbers(events, 3))
  await items.return?.()
  await items.return?.()
  expect(events).toEqual(['asked for 1', 'left'])
})

test('an error reaches who asks; one that nobody asked about is nobody else`s', async () => {
  const failing = () => begun({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('lost')) }) })
  await expect(failing().next()).rejects.toThrow('lost')
  await failing().return?.()
  // An unhandled rejection would fail this test here.
  await new Promise((resolve) => setImmediate(resolve))
})
