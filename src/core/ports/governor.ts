export type Side = 'source' | 'target'

/** What is about to go over the wire. */
export interface Cost {
  readonly requests: number
  readonly items: number
  readonly bytes: number
}

/** What binds a mailbox now, in words for a person, and when that lifts if known. */
export interface Binding {
  readonly limit: string
  readonly liftsAtMs?: number
}

/** Decides what may be in flight, to whom, and can say why not more. One per mailbox and worker. */
export interface Governor {
  /** Undefined: go ahead now. Otherwise wait for it; rejects when aborted. */
  admit(side: Side, cost: Cost, signal: AbortSignal): Promise<void> | undefined
  /** Lanes (session pairs) that may run now, at least 1. */
  lanes(): number
  /** A round trip that went well. */
  succeeded(side: Side, latencyMs: number): void
  /** The server asked for less; halves the lanes and holds the side back. Returns how long. */
  throttled(side: Side, retryAfterMs: number | undefined): number
  /** The server refused one more session: `sessions` is what it allowed. */
  sessionsLimited(side: Side, sessions: number): void
  binding(): Binding
}
