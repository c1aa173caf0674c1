/** A program for the store's tests: opens the database named as a user without rights, and says how that went. */
import { MigrationError } from '../../../src/core/errors.ts'
import { openStore } from '../../../src/store/open-store.ts'

if (process.getuid?.() === 0) process.setuid?.(65_534)
try {
  await openStore({ path: process.argv[2] ?? '' })
  console.log('{}')
} catch (error) {
  if (!(error instanceof MigrationError)) throw error
  console.log(JSON.stringify({ kind: error.kind, code: error.code, message: error.message, hint: error.hint }))
}
