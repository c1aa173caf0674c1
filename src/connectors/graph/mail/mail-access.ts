import type { GraphCaller } from '../../kit/microsoft/graph-client.ts'
import { graphPath } from '../../kit/microsoft/graph-path.ts'
import type { MemoryShare } from '../memory-shares.ts'
import type { OpenedMailbox } from '../open-mailbox.ts'

/** One mailbox by Graph's mail interface. */
export interface MailAccess {
  /** Every request goes through it; it keeps the mailbox's limits. */
  readonly graph: GraphCaller
  /** `/users/{id}`. */
  readonly userPath: string
  readonly signal: AbortSignal
  /** So many requests may be under way at once. */
  readonly requestsAtOnce: number
  readonly memory: MemoryShare
}

/** What Exchange lets an app have under way in a mailbox (exchange.md 4.1). */
const requestsAtOnce = 4

/** The mail of an opened mailbox. */
export function toMailAccess({ client, memory }: OpenedMailbox): MailAccess {
  return {
    graph: { call: (call) => client.follow(call) },
    userPath: graphPath`/users/${client.userName}`,
    signal: client.signal,
    requestsAtOnce,
    memory,
  }
}
