/** How much may be used; each count of units in any span of its window. `Infinity` is no limit. */
export interface BudgetLimits {
  /** Requests under way at the same time, per app and mailbox. */
  readonly mailboxRequestsAtOnceMax: number
  /** Per app and mailbox in 10 minutes; refused requests count. */
  readonly mailboxRequestsMax: number
  /** Bytes of PATCH, POST and PUT bodies per app and mailbox in 5 minutes. */
  readonly mailboxUploadBytesMax: number
  /** All of Graph, per app over all tenants in 10 seconds. */
  readonly graphRequestsMax: number
  /** Resource units per app and tenant in 10 seconds, by the tenant's size. */
  readonly directoryUnitsMax: Readonly<Record<TenantSize, number>>
  /** Per app and tenant in 2.5 minutes. */
  readonly directoryWritesMax: number
  /** IMAP connections at the same time, per mailbox. */
  readonly imapConnectionsMax: number
  /** IMAP commands per mailbox in a minute. */
  readonly imapCommandsMax: number
}

/** The same with another share of what a mailbox lets in, in requests and in bytes; of either, no less than one. */
export function withMailboxPercent(limits: BudgetLimits, percent: number): BudgetLimits {
  const shareOf = (units: number) => Math.max(1, Math.floor((units * percent) / 100))
  return { ...limits, mailboxRequestsMax: shareOf(limits.mailboxRequestsMax), mailboxUploadBytesMax: shareOf(limits.mailboxUploadBytesMax) }
}

/** Under 50 users, up to 500, above (Microsoft Graph service-specific throttling limits, identity and access). */
export type TenantSize = 'small' | 'medium' | 'large'

/** The size class of a tenant of so many users. */
export function tenantSizeOf(usersCount: number): TenantSize {
  if (usersCount < 50) return 'small'
  return usersCount <= 500 ? 'medium' : 'large'
}

/** The spans that the budgets are counted over (exchange.md 4.1); the one of IMAP commands is an assumption. */
export const budgetWindowsMs = {
  mailboxRequests: 10 * 60_000,
  mailboxUpload: 5 * 60_000,
  graphRequests: 10_000,
  directoryUnits: 10_000,
  directoryWrites: 150_000,
  imapCommands: 60_000,
} as const

/**
 * Microsoft's own figures (exchange.md 4.1, 4.5). A megabyte is read strictly, as 1,000,000 bytes. No figure is
 * published for IMAP commands, so they have no limit here.
 */
export const publishedLimits: BudgetLimits = {
  mailboxRequestsAtOnceMax: 4,
  mailboxRequestsMax: 10_000,
  mailboxUploadBytesMax: 150_000_000,
  graphRequestsMax: 130_000,
  directoryUnitsMax: { small: 3_500, medium: 5_000, large: 8_000 },
  directoryWritesMax: 3_000,
  imapConnectionsMax: 20,
  imapCommandsMax: Number.POSITIVE_INFINITY,
}

/** A tenant under load: what the profile `throttled` leaves of the published figures. */
export const throttledLimits: BudgetLimits = {
  mailboxRequestsAtOnceMax: 2,
  mailboxRequestsMax: 3_000,
  mailboxUploadBytesMax: 45_000_000,
  graphRequestsMax: 13_000,
  directoryUnitsMax: { small: 350, medium: 500, large: 800 },
  directoryWritesMax: 300,
  imapConnectionsMax: 6,
  imapCommandsMax: 1_200,
}
