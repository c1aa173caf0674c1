import { expect, test } from 'vitest'
import { CommitGroup } from '../../../src/store/commit-group.ts'

/** Transactions over a list of words: undone as a whole when the work throws. */
function bookOf(failsToCommit = false) {
  const book = { words: [] as string[], transactions: 0 }
  const transact = <T>(work: () => T): T => {
    const before = [...book.words]
    book.transactions++
    try {
      const result = work()
      if (failsToCommit) throw new Error('disk full')
      return result
    } catch (error) {
      book.words = before
      throw error
    }
  }
  return { book, group: new CommitGroup(transact, setImmediate) }
}

test('what comes in one turn of the event loop shares a transaction, in the order it came', async () => {
  const { book, group } = bookOf()
  const write = (word: string) => group.add(() => book.words.push(word))
  const chain = async (word: string) => {
    await Promise.resolve()
    return write(word)
  }
  expect(await Promise.all([write('a'), write('b'), chain('c')])).toEqual([1, 2, 3])
  expect(book).toEqual({ words: ['a', 'b', 'c'], transactions: 1 })
  await write('d')
  expect(book).toEqual({ words: ['a', 'b', 'c', 'd'], transactions: 2 })
})

test('nothing is told before it is durable', async () => {
  const { book, group } = bookOf()
  let isTold = false
  const told = group.add(() => book.words.push('a')).then(() => (isTold = true))
  await Promise.resolve()
  expect({ isTold, words: book.words }).toEqual({ isTold: false, words: [] })
  group.commit()
  expect(book.words).toEqual(['a'])
  await told
  expect(book.transactions).toBe(1)
})

test('one that throws takes nothing of the others with it', async () => {
  const { book, group } = bookOf()
  const settled = await Promise.allSettled([
    group.add(() => book.words.push('a')),
    group.add(() => {
      book.words.push('half')
      throw new Error('broken')
    }),
    group.add(() => book.words.push('b')),
  ])
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(book.words).toEqual(['a', 'b'])
})

test('a transaction that cannot be made durable fails for all who shared it, and is not tried again', async () => {
  const { book, group } = bookOf(true)
  const settled = await Promise.allSettled(['a', 'b'].map((word) => group.add(() => book.words.push(word))))
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(book).toEqual({ words: [], transactions: 1 })
})

test('very many do not wait for each other', async () => {
  const { book, group } = bookOf()
  await Promise.all(Array.from({ length: 40 }, (_, index) => group.add(() => book.words.push(String(index)))))
  expect(book.words).toEqual(Array.from({ length: 40 }, (_, index) => String(index)))
  expect(book.transactions).toBe(3)
})
