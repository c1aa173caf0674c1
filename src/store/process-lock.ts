import { dirname } from 'node:path'
import { mkdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { MigrationError } from '../core/errors.ts'
import { isLocked, toStoreError } from './errors.ts'

/** Held until `release`, or until the process ends in whatever way. */
export interface ProcessLock {
  /** Idempotent. */
  release(): void
}

/** A lock must not end because its holder was not looked at for a while: what is held is never garbage. */
const held = new Set<DatabaseSync>()

/**
 * Takes the lock that the file at `path` stands for; the file is made when it is missing, and stays. It is an empty
 * SQLite database with an exclusive transaction open, so that the operating system lets go of it when the process
 * is killed.
 * Throws `config` (`store.mailbox-busy`) at once when it is taken, by another process or by this one; `what` names what
 * is locked.
 */
export function takeProcessLock(path: string, what: string): ProcessLock {
  let connection: DatabaseSync | undefined
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    connection = new DatabaseSync(path, { timeout: 0 })
    connection.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    connection?.close()
    throw isLocked(error) ? alreadyTaken(what) : toStoreError(error, path)
  }
  const taken = connection
  held.add(taken)
  return {
    release() {
      if (held.delete(taken)) taken.close()
    },
  }
}

/** Like `takeProcessLock` where no other process can be meant: `taken` is what this one holds. */
export function takeLockInMemory(taken: Set<number>, id: number, what: string): ProcessLock {
  if (taken.has(id)) throw alreadyTaken(what)
  taken.add(id)
  let isHeld = true
  return {
    release() {
      if (isHeld) taken.delete(id)
      isHeld = false
    },
  }
}

function alreadyTaken(what: string): MigrationError {
  return new MigrationError('config', 'store.mailbox-busy', {
    message: `Another run is working on ${what}.`,
    hint: 'Wait until it has finished, or stop it; then run the same command again: it goes on from there.',
  })
}
