import type { Context } from '../../core/ports/context.ts'
import type { Target } from '../../core/ports/connector.ts'
import type { MicrosoftHosts } from '../kit/microsoft/clouds.ts'
import type { MicrosoftAccess } from '../kit/microsoft/microsoft-access.ts'

/** An IMAP mailbox of Exchange Online that an app opens by its access tokens (exchange.md 5.4). */
export interface ImapMailbox {
  readonly server: MicrosoftHosts['imap']
  readonly tls: MicrosoftAccess['tls']
  /** The mailbox's address. */
  readonly user: string
  readonly accessToken: (signal: AbortSignal) => Promise<string>
  readonly sessionsMax: number
}

/** Opens such a mailbox for writing; given by whoever knows both connectors. */
export type OpenByImap = (mailbox: ImapMailbox, context: Context) => Promise<Target>
