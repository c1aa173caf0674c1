/** What can be set for one mailbox, beyond what it holds. */
export interface MailboxSettings {
  /** Set-Mailbox -MaxSendSize and -MaxReceiveSize: 35 and 36 MB by default, 150 MB at most (exchange.md 4.3). */
  readonly maxSendSizeBytes: number
  readonly maxReceiveSizeBytes: number
  readonly quotaBytes: number
  readonly isImapEnabled: boolean
  /** Users and service principals (object ids of enterprise applications) with FullAccess: who may sign in by IMAP (exchange.md 5.4). */
  readonly fullAccess: readonly string[]
  /** Users and service principals with SendAs, and users who may send on behalf. */
  readonly sendAs: readonly string[]
  readonly sendOnBehalf: readonly string[]
  /** Set-Mailbox -ForwardingAddress, as the object id of a user, and -ForwardingSmtpAddress; nothing is ever forwarded here. */
  readonly forwardsToId: string | undefined
  readonly forwardsToAddress: string | undefined
  readonly keepsForwarded: boolean
  /** Enable-Mailbox -AutoExpandingArchive. */
  readonly isArchiveExpanding: boolean
  readonly userPurpose: 'user' | 'linked' | 'shared' | 'room' | 'equipment' | 'others'
  /** The mailboxSettings resource of Graph as it was last written. */
  readonly graph: Readonly<Record<string, unknown>>
}

const mebibyte = 1024 * 1024

export const defaultSettings: MailboxSettings = {
  maxSendSizeBytes: 35 * mebibyte,
  maxReceiveSizeBytes: 36 * mebibyte,
  quotaBytes: 50 * 1024 * mebibyte,
  isImapEnabled: true,
  fullAccess: [],
  sendAs: [],
  sendOnBehalf: [],
  forwardsToId: undefined,
  forwardsToAddress: undefined,
  keepsForwarded: false,
  isArchiveExpanding: false,
  userPurpose: 'user',
  graph: {},
}
