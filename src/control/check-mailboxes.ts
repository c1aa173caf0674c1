import { MigrationError } from '../core/errors.ts'
import { forEachLimited } from '../core/flow/for-each-limited.ts'
import { withRetry } from '../core/pass/with-retry.ts'
import type { Context } from '../core/ports/context.ts'
import type { Side } from '../core/ports/governor.ts'
import { checkEndpoint, type EndpointCheck } from './check-endpoint.ts'
import { makeLookingGovernor } from './make-governor.ts'
import type { Mailbox } from './run-mailbox.ts'

/** One side of a mailbox: what it is and can do, or why it cannot be opened. */
export type SideCheck = { readonly url: string; readonly check: EndpointCheck } | { readonly url: string; readonly error: MigrationError }

/** A mailbox whose two sides were looked at. */
export interface MailboxCheck {
  readonly name: string
  readonly source: SideCheck
  readonly target: SideCheck
}

/**
 * Opens both sides of each mailbox, at most `atOnce` mailboxes side by side, and moves nothing; `tell` hears of each as it is
 * done. What is only busy is waited for. Throws the signal's reason after an abort, and defects.
 */
export async function checkMailboxes(
  mailboxes: readonly Mailbox[],
  options: { readonly context: Context; readonly atOnce: number },
  tell: (check: MailboxCheck) => void,
): Promise<void> {
  const { context, atOnce } = options
  await forEachLimited(mailboxes, { concurrencyMax: atOnce, signal: context.signal }, async ({ name, source, target }) => {
    const [from, into] = await Promise.all([checkSide('source', source, context), checkSide('target', target, context)])
    tell({ name, source: from, target: into })
  })
}

/** True when the mailbox can be moved as far as opening both sides tells. */
export function isReady({ source, target }: MailboxCheck): boolean {
  return 'check' in source && 'check' in target
}

async function checkSide(side: Side, endpoint: Mailbox[Side], context: Context): Promise<SideCheck> {
  const { url } = endpoint
  const around = { context, observe: () => undefined, governor: makeLookingGovernor(context.clock) }
  try {
    return { url, check: await withRetry(around, side, () => checkEndpoint(endpoint, context)) }
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof MigrationError)) throw error
    return { url, error }
  }
}
