/** Time as an argument, so that the engine runs in simulation. */
export interface Clock {
  now(): number
  /** Resolves after `delayMs`; rejects with the signal's reason when aborted. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
}

export type LogFields = Readonly<Record<string, string | number | boolean>>

/** Everything impure comes in here: nothing is reached for. */
export interface Context {
  readonly signal: AbortSignal
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** Fields hold no secret and no text from mail. */
  readonly log: (event: string, fields: LogFields) => void
}
