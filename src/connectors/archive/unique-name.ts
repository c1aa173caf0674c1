import type { Context } from '../../core/ports/context.ts'

/** Gives names that no other run, past or at the same time, gives: time, process, a random number and a counter. */
export class UniqueNames {
  readonly #context: Context
  readonly #run: string
  #count = 0

  constructor(context: Context) {
    this.#context = context
    const random = Math.floor(context.random() * 0x1_0000_0000)
    this.#run = `P${process.pid}R${random.toString(16).padStart(8, '0')}`
  }

  /** In the form that https://cr.yp.to/proto/maildir.html asks for; the host's name is nobody's business. */
  next(): string {
    const nowMs = this.#context.clock.now()
    const micros = String(Math.floor(nowMs % 1000) * 1000).padStart(6, '0')
    return `${Math.floor(nowMs / 1000)}.M${micros}${this.#suffix()}.mailvan`
  }

  /** Sorts by the date given: `20260303-100000-P12Rcafe0123Q1`. */
  nextDated(epochMs: number): string {
    const digits = isDate(epochMs) ? new Date(epochMs).toISOString().replace(/\D/g, '') : '00000000000000'
    return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${this.#suffix()}`
  }

  #suffix(): string {
    return `${this.#run}Q${++this.#count}`
  }
}

/** Years that are written with four digits. */
function isDate(epochMs: number): boolean {
  return epochMs >= Date.UTC(0, 0) && epochMs < Date.UTC(10000, 0)
}
