import type { ExchangeAdmin, ExchangeCommand } from '../../../connectors/kit/microsoft/exchange-admin.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import { poll } from './poll.ts'
import type { Tell } from './told.ts'

/** An app as Exchange has to know it before it may open mailboxes by IMAP. */
export interface ExchangeApp {
  readonly clientId: string
  /** Of the enterprise application: with that of the registration, sign-in fails for good (exchange.md 5.4). */
  readonly principalId: string
  readonly displayName: string
}

const replicationMsMax = 5 * 60_000

/** Makes an app known to Exchange. */
export function registerCommand({ clientId, principalId, displayName }: ExchangeApp): ExchangeCommand {
  return { name: 'New-ServicePrincipal', parameters: { AppId: clientId, ObjectId: principalId, DisplayName: displayName } }
}

/** Opens a mailbox to an app. */
export function openMailboxCommand({ principalId }: ExchangeApp, mailbox: string): ExchangeCommand {
  return {
    name: 'Add-MailboxPermission',
    parameters: { Identity: mailbox, User: principalId, AccessRights: ['FullAccess'], AutoMapping: false, Confirm: false },
  }
}

/** Makes Exchange forget an app, and with it what it may open. */
export function forgetCommand({ principalId }: Pick<ExchangeApp, 'principalId'>): ExchangeCommand {
  return { name: 'Remove-ServicePrincipal', parameters: { Identity: principalId, Confirm: false } }
}

/**
 * Lets an app open mailboxes by IMAP (exchange.md 5.4). May be done again. Answers which mailboxes Exchange does not find.
 */
export async function giveExchangeAccess(
  exchange: ExchangeAdmin,
  app: ExchangeApp,
  mailboxes: readonly string[],
  context: Context,
  tell: Tell,
): Promise<readonly string[]> {
  const run = (command: ExchangeCommand) => withPatience(() => exchange.run(command), context)
  const isNew = await run(registerCommand(app)).then(
    () => true,
    (error: unknown) => unlessCode(error, 'exchange.exists', false),
  )
  tell(isNew ? { type: 'done', what: 'the app was made known to Exchange' } : { type: 'kept', what: 'the app is known to Exchange' })
  const unknown: string[] = []
  for (const mailbox of mailboxes) {
    const open = () => run(openMailboxCommand(app, mailbox)).then(() => true, (error: unknown) => unlessCode(error, 'exchange.not-found', undefined))
    // Exchange may not find the app yet, which it says in the same way as of a mailbox: only a new app is waited for.
    const isOpen = isNew && mailbox === mailboxes[0] ? await poll(open, replicationMsMax, context) : await open()
    if (isOpen === true) tell({ type: 'done', what: `${mailbox} was opened to the app` })
    else unknown.push(mailbox)
  }
  return unknown
}

function unlessCode<T>(error: unknown, code: string, value: T): T {
  if (error instanceof MigrationError && error.code === code) return value
  throw error
}
