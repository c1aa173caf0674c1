import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from './open-database.ts'

interface Waiting {
  readonly work: () => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

const waiting = new WeakMap<DatabaseSync, Waiting[]>()

/**
 * Runs `work` in one transaction with what other requests have to do at the same time: to begin and end one costs half as
 * much as storing a small item. What it throws undoes it and nothing else; for that it may have to run a second time, so it
 * must change nothing but the database.
 */
export function inSharedTransaction<T>(database: DatabaseSync, work: () => T): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const queue = waiting.get(database)
  const own: Waiting = { work, resolve, reject }
  if (queue === undefined) {
    waiting.set(database, [own])
    setImmediate(() => settleAll(database))
  } else {
    queue.push(own)
  }
  return promise
}

function settleAll(database: DatabaseSync): void {
  const group = waiting.get(database) ?? []
  waiting.delete(database)
  const results = group.length === 1 ? undefined : runTogether(database, group)
  group.forEach(({ work, resolve, reject }, index) => {
    if (results !== undefined) return resolve(results[index] as never)
    try {
      resolve(inTransaction(database, work) as never)
    } catch (error) {
      reject(error)
    }
  })
}

/** Undefined when one of them throws: nothing has happened then, and each has to run alone. */
function runTogether(database: DatabaseSync, group: readonly Waiting[]): readonly unknown[] | undefined {
  try {
    return inTransaction(database, () => group.map(({ work }) => work()))
  } catch {
    return undefined
  }
}
