import type { PassRecord } from '../core/model/records.ts'
import type { Tally } from '../core/ports/ledger.ts'
import type { MailboxLedger } from '../store/mailbox-ledger.ts'
import type { Store } from '../store/open-store.ts'
import type { Endpoint } from './endpoint.ts'
import type { Home } from './home.ts'
import { MigrationError } from '../core/errors.ts'
import { latestRecords } from './records.ts'
import type { Records } from './records.ts'

/** How a mailbox stands by its ledger alone. */
export interface MailboxStanding extends Records {
  readonly source: string
  readonly target: string
  readonly passes: readonly PassRecord[]
  /** Sums as of the last pass; absent before the first one. */
  readonly tally?: Tally
}

/** The ledgers of the mailbox named, or of all mailboxes of a home. Throws `config` when the one named is not known. */
export async function selectLedgers(
  store: Store,
  named: { readonly source: Endpoint; readonly target: Endpoint } | undefined,
): Promise<readonly MailboxLedger[]> {
  return named === undefined ? store.mailboxes() : [await findLedger(store, named)]
}

/** The ledger of the mailbox named. Throws `config` when it is not known. */
export async function findLedger(store: Store, named: { readonly source: Endpoint; readonly target: Endpoint }): Promise<MailboxLedger> {
  const ledger = await store.findMailbox({ sourceUrl: named.source.url, targetUrl: named.target.url })
  if (ledger !== undefined) return ledger
  throw new MigrationError('config', 'ledger.unknown-mailbox', {
    message: `The ledger does not know the mailbox ${named.source.url} to ${named.target.url}.`,
    hint: 'Write both URLs as in the migration, and name its --home; "mailvan report" without URLs lists what it knows.',
  })
}

/** How a mailbox stands. */
export async function standingOf(ledger: MailboxLedger, home: Home): Promise<MailboxStanding> {
  const passes = await ledger.passes()
  const last = passes.at(-1)
  return {
    source: ledger.name.sourceUrl,
    target: ledger.name.targetUrl,
    passes,
    ...(last === undefined ? {} : { tally: await ledger.tally(last.number) }),
    ...(await latestRecords(home, ledger)),
  }
}
