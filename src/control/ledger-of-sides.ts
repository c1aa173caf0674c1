import { MigrationError } from '../core/errors.ts'
import type { Reader } from '../core/ports/connector.ts'
import type { MailboxLedger, MailboxName } from '../store/mailbox-ledger.ts'
import type { Store } from '../store/open-store.ts'

/** Both sides of a mailbox, open. */
interface Sides {
  readonly source: Pick<Reader, 'permanentId'>
  readonly target: Pick<Reader, 'permanentId'>
}

/** The ledger of what was moved before under other addresses: when a domain moves with its people, addresses change. */
export function findRenamed(store: Store, name: MailboxName, sides: Sides): Promise<MailboxLedger | undefined> {
  return store.findRenamed(name, permanentIdsOf(sides))
}

/** Throws `config` when an address belongs to another mailbox than before: what the ledger knows is not of that one. */
export async function refuseAnotherMailbox(ledger: MailboxLedger, sides: Sides): Promise<void> {
  const known = await ledger.permanentIds()
  const now = permanentIdsOf(sides)
  for (const side of ['source', 'target'] as const) {
    if (known[side] !== undefined && now[side] !== undefined && known[side] !== now[side]) throw anotherMailbox(ledger.name, side)
  }
}

/** Keeps what the sides are, so that the mailbox is known again under another name. */
export async function keepPermanentIds(ledger: MailboxLedger, sides: Sides): Promise<void> {
  const known = await ledger.permanentIds()
  const now = permanentIdsOf(sides)
  if (now.source !== known.source || now.target !== known.target) await ledger.keepPermanentIds(now)
}

function permanentIdsOf({ source, target }: Sides) {
  return { source: source.permanentId, target: target.permanentId }
}

function anotherMailbox({ sourceUrl, targetUrl }: MailboxName, side: 'source' | 'target'): MigrationError {
  return new MigrationError('config', 'ledger.other-mailbox', {
    message: `The ${side} ${side === 'source' ? sourceUrl : targetUrl} is another mailbox than in the passes before.`,
    hint: 'Name the mailbox by the address that it has now; to begin anew with this one, use another --home.',
  })
}
