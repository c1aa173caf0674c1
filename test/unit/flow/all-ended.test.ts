import { expect, test } from 'vitest'
import { allEnded } from '../../../src/core/flow/all-ended.ts'

test('gives the results in order', async () => {
  const results = await allEnded([Promise.resolve(1), Promise.resolve('two')])
  expect(results).toEqual([1, 'two'])
})

test('throws the first error, and only once the others have ended', async () => {
  let isEnded = false
  const slow = new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => void (isEnded = true))
  await expect(allEnded([Promise.reject(new Error('early')), slow, Promise.reject(new Error('late'))])).rejects.toThrow('early')
  expect(isEnded).toBe(true)
})
