import type { GraphCaller } from '../../kit/microsoft/graph-client.ts'

/** One mailbox by Graph's mail interface. */
export interface MailAccess {
  /** Every request goes through it; it keeps the mailbox's limits. */
  readonly graph: GraphCaller
  /** `/users/{id}`. */
  readonly userPath: string
  readonly signal: AbortSignal
  /** So many requests may be under way at once. */
  readonly requestsAtOnce: number
}
