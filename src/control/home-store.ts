import { join } from 'node:path'
import { openStore, storeFileName } from '../store/open-store.ts'
import type { Store } from '../store/open-store.ts'
import type { Home } from './home.ts'

/** The database in which a home keeps its ledgers. */
export function ledgerFile(home: Home): string {
  return join(home.folder, storeFileName)
}

/** Opens the ledgers of a home; with `mustExist` it is an error when there are none. Throws `config` (`store.*`). */
export function openHomeStore(home: Home, options: { readonly mustExist?: boolean } = {}): Promise<Store> {
  return openStore({ path: ledgerFile(home), ...options })
}
