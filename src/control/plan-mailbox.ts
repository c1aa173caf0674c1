import { existsSync } from 'node:fs'
import type { Rules } from '../core/model/rules.ts'
import { dryRun } from '../core/pass/dry-run.ts'
import type { Forecast, ItemForecast } from '../core/pass/dry-run.ts'
import type { Context } from '../core/ports/context.ts'
import type { Observe } from '../core/ports/observer.ts'
import { inMemoryPath } from '../store/database.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/open-store.ts'
import { ledgerFile, openHomeStore } from './home-store.ts'
import type { Home } from './home.ts'
import { makeLookingGovernor } from './make-governor.ts'
import { findRenamed, refuseAnotherMailbox } from './ledger-of-sides.ts'
import { openSides } from './open-sides.ts'
import type { Mailbox } from './run-mailbox.ts'

export type { FolderForecast, Forecast, ItemForecast } from '../core/pass/dry-run.ts'
export type { Shortfall } from '../core/plan/quota-shortfall.ts'

/**
 * Says what a pass over the mailbox would do, and changes nothing: neither side, nor the home. `tell` hears of each item
 * that would be skipped, fail or arrive altered. Throws as a pass does.
 */
export async function planMailbox(
  mailbox: Mailbox,
  options: { readonly home: Home; readonly rules: Rules; readonly context: Context },
  watch: { readonly tell: (item: ItemForecast) => void; readonly observe: Observe },
): Promise<Forecast> {
  const { home, rules, context } = options
  const store = await openKnown(home)
  try {
    const name = { sourceUrl: mailbox.source.url, targetUrl: mailbox.target.url }
    const named = await store.findMailbox(name)
    const sides = await openSides(mailbox, context, watch.observe)
    try {
      const ledger = named ?? (await findRenamed(store, name, sides)) ?? (await emptyLedger(name))
      await refuseAnotherMailbox(ledger, sides)
      const { source, target } = sides
      const governor = makeLookingGovernor(context.clock)
      return await dryRun({ source, target, ledger, rules, governor, context, observe: watch.observe }, watch.tell)
    } finally {
      await sides.close()
    }
  } finally {
    await store.close()
  }
}

/** A home that does not exist yet is not made by asking. */
function openKnown(home: Home): Promise<Store> {
  return existsSync(ledgerFile(home)) ? openHomeStore(home) : openStore({ path: inMemoryPath })
}

async function emptyLedger(name: { sourceUrl: string; targetUrl: string }): Promise<Awaited<ReturnType<Store['mailbox']>>> {
  return (await openStore({ path: inMemoryPath })).mailbox(name)
}
