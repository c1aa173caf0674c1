import { expect, test } from 'vitest'
import { inSharedTransaction } from '../../../../src/sandbox/tenant/in-shared-transaction.ts'
import { inTransaction, openDatabase } from '../../../../src/sandbox/tenant/open-database.ts'

function makeTable() {
  const database = openDatabase(':memory:')
  database.exec('create table things (name text not null unique)')
  const add = (name: string) => () => {
    database.prepare('insert into things (name) values (?)').run(name)
    return name
  }
  const names = () => database.prepare('select name from things order by rowid').all().map(({ name }) => name)
  return { database, add, names }
}

test('what is asked for at the same time is done in its order, and each is told its own result', async () => {
  const { database, add, names } = makeTable()
  const results = await Promise.all(['a', 'b', 'c'].map((name) => inSharedTransaction(database, add(name))))
  expect(results).toEqual(['a', 'b', 'c'])
  expect(names()).toEqual(['a', 'b', 'c'])
  await expect(inSharedTransaction(database, add('d'))).resolves.toBe('d')
  expect(names()).toEqual(['a', 'b', 'c', 'd'])
})

test.each([['alone', []], ['among others', ['b', 'c']]])('what throws undoes itself, all of it, and nothing else: %s', async (_name, others) => {
  const { database, add, names } = makeTable()
  const half = inSharedTransaction(database, () => {
    add('half')()
    add('half')()
  })
  const rest = others.map((name) => inSharedTransaction(database, add(name)))
  await expect(half).rejects.toThrow('UNIQUE')
  expect(await Promise.all(rest)).toEqual(others)
  expect(names()).toEqual(others)
})

test('a transaction of somebody else in between is neither disturbed nor joined', async () => {
  const { database, add, names } = makeTable()
  const shared = inSharedTransaction(database, add('shared'))
  expect(() =>
    inTransaction(database, () => {
      add('undone')()
      throw new Error('no')
    }),
  ).toThrow('no')
  inTransaction(database, add('first'))
  await shared
  expect(names()).toEqual(['first', 'shared'])
})

test('a database that was closed meanwhile is told to each that waits', async () => {
  const { database, add } = makeTable()
  const both = ['a', 'b'].map((name) => inSharedTransaction(database, add(name)))
  database.close()
  const outcomes = await Promise.allSettled(both)
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
