import type { DatabaseSync } from 'node:sqlite'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import type { SandboxClock } from '../../clock.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ImapFaults } from '../../pace/fault-profile.ts'
import type { ImapBudgets } from '../../pace/imap-budgets.ts'
import type { SigningKeys } from '../../tokens/signing-keys.ts'
import type { ByteAllowance } from './byte-allowance.ts'
import type { ItemMime } from './item-mime.ts'

/** A user's mailbox as IMAP finds it by an address. */
export interface ImapAccount {
  readonly tenantId: string
  /** Undefined for a user without one. */
  readonly mailbox: Mailbox | undefined
  /** The database that holds the mailbox. */
  readonly database: DatabaseSync
  readonly budgets: ImapBudgets
  readonly faults: ImapFaults
  /** Whether Exchange knows an app by this client id and object id (New-ServicePrincipal, exchange.md 5.4). */
  readonly knowsApp: (appId: string, objectId: string) => boolean
}

/** What all connections of a server share. */
export interface ImapServices {
  readonly clock: SandboxClock
  readonly keys: SigningKeys
  /** By user principal name or any address, in any case; undefined when nobody has it. */
  readonly findAccount: (address: string) => ImapAccount | undefined
  readonly mime: ItemMime
  readonly convertCalendar: ((ics: string) => MapiMessage | undefined) | undefined
  /** Told of an error that is a defect of the sandbox; its connection is closed. */
  readonly onDefect: (error: unknown) => void
  /** What the literals of all connections may take together. */
  readonly literals: ByteAllowance
}
