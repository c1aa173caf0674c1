import type { Side } from '../ports/governor.ts'

/** What is known of the sessions of one side. */
interface Ceiling {
  readonly declared: number
  /** What the server allows, once it has refused one more. */
  allowed: number
}

const quietMs = 30_000

/**
 * How many session pairs may run: all that both sides allow, halved when a server asks for less, and one more again
 * after each half minute in which none did.
 */
export class Lanes {
  readonly #now: () => number
  readonly #ceilings: Readonly<Record<Side, Ceiling>>
  #open: number
  /** From when on quiet counts. */
  #quietFromMs = 0
  #halvedBy: Side | undefined

  constructor(now: () => number, sessionsMax: Readonly<Record<Side, number>>) {
    this.#now = now
    const ceiling = (declared: number): Ceiling => ({ declared: Math.max(1, declared), allowed: Math.max(1, declared) })
    this.#ceilings = { source: ceiling(sessionsMax.source), target: ceiling(sessionsMax.target) }
    this.#open = this.ceiling()
  }

  /** What both sides allow, at least 1. */
  ceiling(): number {
    return Math.min(this.#ceilings.source.allowed, this.#ceilings.target.allowed)
  }

  /** Lanes that may run now, at least 1. */
  open(): number {
    const ceiling = this.ceiling()
    if (this.#open >= ceiling) return ceiling
    const nowMs = this.#now()
    while (this.#open < ceiling && nowMs - this.#quietFromMs >= quietMs) {
      this.#open++
      this.#quietFromMs += quietMs
    }
    if (this.#open >= ceiling) this.#halvedBy = undefined
    return this.#open
  }

  /** One request for less from `side`; quiet counts from `quietFromMs`. */
  halve(side: Side, quietFromMs: number): void {
    this.#open = Math.max(1, Math.floor(this.open() / 2))
    this.#halvedBy = side
    this.stayQuiet(quietFromMs)
  }

  /** Lets quiet begin later. */
  stayQuiet(quietFromMs: number): void {
    this.#quietFromMs = Math.max(this.#quietFromMs, quietFromMs)
  }

  /** The server refused one more than `sessions`; the ceiling stays there. */
  limit(side: Side, sessions: number): void {
    const ceiling = this.#ceilings[side]
    ceiling.allowed = Math.max(1, Math.min(ceiling.allowed, Math.floor(sessions)))
    this.#open = Math.min(this.#open, ceiling.allowed)
  }

  /** Why not more lanes, in words for a person; undefined when all that were declared run. */
  binding(): string | undefined {
    const open = this.open()
    if (open < this.ceiling() && this.#halvedBy !== undefined) {
      return `${this.#halvedBy} asked for less (${open} of ${this.ceiling()} sessions)`
    }
    const side = this.#ceilings.target.allowed <= this.#ceilings.source.allowed ? 'target' : 'source'
    const { allowed, declared } = this.#ceilings[side]
    return allowed < declared ? `${side} sessions (${allowed} of ${declared} allowed)` : undefined
  }
}
