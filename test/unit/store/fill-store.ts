/**
 * A program for the store's tests: records batches until it is killed or an error ends it, and says after each how many
 * items it was told are durable. Arguments: the database, items per batch.
 */
import { writeSync } from 'node:fs'
import { MigrationError } from '../../../src/core/errors.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { copied, folder, name, ref } from './world.ts'

const [path = '', batchItems = '50'] = process.argv.slice(2)
const say = (line: string) => writeSync(1, `${line}\n`)

try {
  const store = await openStore({ path })
  const ledger = await store.mailbox(name)
  await store.lock(ledger)
  const { key } = await ledger.saveFolder(folder('INBOX'))
  const pass = await ledger.startPass(0, '{}')
  const { source, fates } = await ledger.tally(pass)
  let recorded = source
  let settled = fates.migrated
  for (;;) {
    const ids = Array.from({ length: Number(batchItems) }, (_, index) => `${recorded + index}`)
    await ledger.record(
      key,
      pass,
      ids.map((id) => ({ ref: ref(id), decision: { type: 'create' } })),
    )
    recorded += ids.length
    say(`recorded ${recorded}`)
    const entries = await ledger.pending(key, 'create', 0, ids.length)
    await ledger.settle(
      pass,
      entries.map((entry) => copied(entry.key, `t-${entry.ref.id}`)),
    )
    settled += entries.length
    say(`settled ${settled}`)
  }
} catch (error) {
  if (!(error instanceof MigrationError)) throw error
  say(`error ${JSON.stringify({ kind: error.kind, code: error.code, message: error.message, hint: error.hint })}`)
}
