/** The right to have one reading and one writing stream open, until `leave`. */
export interface Session {
  /** Aborted once somebody waits for it who cannot do without: leave at the next good moment. */
  readonly wanted: AbortSignal
  /**
   * A side did not let this one in: from now on there are no more than those that have the right beside it, and at least
   * one. Gives how many that are.
   */
  refused(): number
  /** Idempotent. */
  leave(): void
}

interface Waiting {
  readonly isPatient: boolean
  readonly enter: (session: Session) => void
}

/**
 * Sees to it that no more streams are open at once than both sides allow. Who waits makes one holder hear of it, so that a
 * lane that waits for work never keeps recognition from giving it some; the patient wait until nobody else does.
 */
export class SessionGate {
  #sessionsMax: number
  readonly #holders = new Set<AbortController>()
  #waiting: Waiting[] = []

  constructor(sessionsMax: number) {
    this.#sessionsMax = Math.max(1, sessionsMax)
  }

  /** Rejects with the signal's reason when aborted before there was room. Only the impatient make a holder leave early. */
  enter(signal: AbortSignal, isPatient = false): Promise<Session> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#holders.size < this.#sessionsMax) return Promise.resolve(this.#open())
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting)
        reject(signal.reason)
      }
      const enter = (session: Session): void => {
        signal.removeEventListener('abort', abort)
        resolve(session)
      }
      const waiting = { isPatient, enter }
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.push(waiting)
      this.#askToLeave()
    })
  }

  #open(): Session {
    const holder = new AbortController()
    this.#holders.add(holder)
    return { wanted: holder.signal, refused: () => this.#refuse(holder), leave: () => this.#leave(holder) }
  }

  #refuse(holder: AbortController): number {
    if (this.#holders.has(holder)) this.#sessionsMax = Math.max(1, Math.min(this.#sessionsMax, this.#holders.size - 1))
    return this.#sessionsMax
  }

  #leave(holder: AbortController): void {
    if (!this.#holders.delete(holder)) return
    if (this.#holders.size < this.#sessionsMax) this.#letIn()
    this.#askToLeave()
  }

  #letIn(): void {
    const next = this.#waiting.find((one) => !one.isPatient) ?? this.#waiting[0]
    if (next === undefined) return
    this.#waiting = this.#waiting.filter((one) => one !== next)
    next.enter(this.#open())
  }

  /** As many holders are asked as there are tasks waiting that cannot do without. */
  #askToLeave(): void {
    let wanted = this.#waiting.filter((one) => !one.isPatient).length
    for (const holder of this.#holders) {
      if (wanted-- <= 0) return
      if (!holder.signal.aborted) holder.abort()
    }
  }
}
