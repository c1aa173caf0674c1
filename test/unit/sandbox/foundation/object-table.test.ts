import type { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { ObjectTable } from '../../../../src/sandbox/tenant/object-table.ts'
import { inTransaction, openDatabase } from '../../../../src/sandbox/tenant/open-database.ts'

interface Person {
  readonly id: string
  readonly deletedDateTime: string | null
  readonly name: string
}

let database: DatabaseSync
let people: ObjectTable<Person>

beforeEach(() => {
  database = openDatabase(':memory:')
  people = new ObjectTable<Person>(database, 'person', ({ name }) => ({ name: [name] }))
})

const person = (id: string, name: string): Person => ({ id, deletedDateTime: null, name })
const idsOf = (name: string) => people.listBy('name', name).map(({ id }) => id)

/** Does `work` and undoes it. */
function undo(work: () => void): void {
  expect(() =>
    inTransaction(database, () => {
      work()
      throw new Error('undone')
    }),
  ).toThrow('undone')
}

describe('objects found by a key', () => {
  it('follow every change', () => {
    expect(idsOf('anna')).toEqual([])
    people.insert(person('1', 'Anna'))
    expect(idsOf('ANNA')).toEqual(['1'])
    people.insert(person('2', 'anna'))
    expect(idsOf('anna')).toEqual(['1', '2'])
    people.update(person('1', 'Bert'))
    expect([idsOf('anna'), idsOf('bert')]).toEqual([['2'], ['1']])
    people.update({ ...person('2', 'anna'), deletedDateTime: '2026-01-01T00:00:00Z' })
    expect(idsOf('anna')).toEqual([])
    people.erase('1')
    expect(idsOf('bert')).toEqual([])
  })

  it('are what they were after what was undone', () => {
    people.insert(person('1', 'anna'))
    expect([idsOf('anna'), idsOf('bert')]).toEqual([['1'], []])
    undo(() => {
      people.update(person('1', 'bert'))
      people.insert(person('2', 'anna'))
      expect([idsOf('anna'), idsOf('bert')]).toEqual([['2'], ['1']])
    })
    expect([idsOf('anna'), idsOf('bert')]).toEqual([['1'], []])
    undo(() => {
      people.erase('1')
      expect(idsOf('anna')).toEqual([])
    })
    expect(idsOf('anna')).toEqual(['1'])
  })
})
