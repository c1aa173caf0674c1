import type { DatabaseSync } from 'node:sqlite'
import type { KeptKey, KeyStore } from './tokens/signing-keys.ts'

/**
 * Keeps signing keys in the databases of all tenants that are open: whichever of them is opened again later, alone or with
 * others, has the key that signed its tokens. Makes the tables where there are none.
 */
export function keepKeys(databases: readonly DatabaseSync[]): KeyStore {
  for (const database of databases) {
    database.exec('create table if not exists signing_keys (private_key text primary key, made_ms integer not null, retires_ms integer)')
  }
  return {
    load: () => databases.flatMap((database) => database.prepare('select * from signing_keys').all().map(toKey)),
    save(keys) {
      for (const database of databases) {
        database.exec('delete from signing_keys')
        const insert = database.prepare('insert into signing_keys (private_key, made_ms, retires_ms) values (?, ?, ?)')
        for (const { privateKeyPem, madeAtMs, retiresAtMs } of keys) {
          insert.run(privateKeyPem, Math.round(madeAtMs), retiresAtMs === undefined ? null : Math.round(retiresAtMs))
        }
      }
    },
  }
}

function toKey(row: Readonly<Record<string, unknown>>): KeptKey {
  return {
    privateKeyPem: String(row['private_key']),
    madeAtMs: Number(row['made_ms']),
    retiresAtMs: row['retires_ms'] === null ? undefined : Number(row['retires_ms']),
  }
}
