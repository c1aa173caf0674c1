/** Which budget an answer speaks of. */
export type BudgetScope = 'graph' | 'mailbox' | 'directory'

/** A request that may go on. */
export interface Admitted {
  readonly admitted: true
  /** Headers that go with the answer, whatever it is. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * Takes the body of a request that did not say how long it is, once it has been read. Refuses it, and takes nothing,
   * where the upload budget does not suffice; whoever asks then leaves as after any other answer.
   */
  addBody(bytes: number): Refused | undefined
  /** To be called once the request has ended, however it ended; further calls do nothing. */
  leave(): void
}

/** A request that is answered by 429. */
export interface Refused {
  readonly admitted: false
  readonly status: 429
  readonly code: 'ApplicationThrottled' | 'TooManyRequests'
  readonly message: string
  readonly scope: BudgetScope
  /** Seconds to the millisecond; a like request that comes after as long passes if nothing else was sent until then. */
  readonly retryAfterS: number
  /** `Retry-After` and what else goes with the refusal. */
  readonly headers: Readonly<Record<string, string>>
}

/** What `Budgets.enter` says to a request. */
export type Admission = Admitted | Refused

/** A wait as `Retry-After` states it (exchange.md 4.1: may be fractional), never shorter than it is. */
export function toRetryAfterS(waitMs: number): number {
  return Math.ceil(waitMs) / 1_000
}
