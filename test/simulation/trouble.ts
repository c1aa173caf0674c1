import { Crash, type Faults, type Step } from '../../src/connectors/memory/index.ts'
import { MigrationError, type FailureKind } from '../../src/core/errors.ts'
import type { Clock } from '../../src/core/ports/context.ts'
import { heart } from './mail.ts'
import type { Random } from './random.ts'

/** What goes wrong in a world, as probabilities per step. */
export interface TroubleRates {
  readonly transient: number
  readonly throttled: number
  readonly item: number
  readonly crash: number
  readonly latencyMsMax: number
}

export const noTrouble: TroubleRates = { transient: 0, throttled: 0, item: 0, crash: 0, latencyMsMax: 0 }

/** Messages that always go wrong, by heart. */
export interface BadMessages {
  /** Refused by the target. */
  readonly refused: ReadonlySet<string>
  /** Break the target's session. */
  readonly poisonous: ReadonlySet<string>
}

/** Whether the process of a pass still lives; once dead, nothing it tries has an effect. */
export class Life {
  readonly #controller = new AbortController()
  #isDead = false

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Throws what whoever tries to go on gets. */
  die(at: string): never {
    this.#isDead = true
    const crash = new Crash(at)
    this.#controller.abort(crash)
    throw crash
  }

  assertAlive(at: string): void {
    if (this.#isDead) throw new Crash(`${at} after the end`)
  }
}

/** A process that does more in a world of this size goes round in circles. */
const stepsMax = 20_000

/** The hook of a world: dice at every step. `failAt` breaks exactly that step, counted from 1. */
export class Trouble {
  rates: TroubleRates
  life: Life
  failAt: { readonly step: number; readonly kind: FailureKind | 'crash' } | undefined
  steps = 0
  readonly #random: Random
  readonly #clock: Clock
  readonly #bad: BadMessages

  constructor(random: Random, clock: Clock, bad: BadMessages, rates: TroubleRates) {
    this.#random = random
    this.#clock = clock
    this.#bad = bad
    this.rates = rates
    this.life = new Life()
  }

  readonly faults: Faults = async (step) => {
    const life: Life = this.life
    life.assertAlive(step.name)
    const number = ++this.steps
    if (number > stepsMax) throw new Error(`endless: ${stepsMax} steps in one process`)
    const { rates } = this
    const random = this.#random
    if (rates.latencyMsMax > 0 && random.chance(0.3)) {
      await this.#clock.sleep(random.integer(1, rates.latencyMsMax), life.signal)
      life.assertAlive(step.name)
    }
    if (this.failAt?.step === number) {
      const { kind } = this.failAt
      if (kind === 'crash') life.die(step.name)
      throw toError(kind)
    }
    this.#meetBad(step)
    if (random.chance(rates.crash)) life.die(step.name)
    if (random.chance(rates.transient)) throw toError('transient')
    if (random.chance(rates.throttled))
      throw toError('throttled', random.chance(0.5) ? random.integer(10, 60_000) : undefined)
    const isOfItem = step.name === 'read.item' || step.name === 'write.store'
    if (isOfItem && random.chance(rates.item)) throw toError('item')
  }

  #meetBad(step: Step): void {
    if (step.name !== 'write.store' || !step.bytes) return
    const its = heart(step.bytes)
    if (this.#bad.refused.has(its)) throw toError('item')
    if (this.#bad.poisonous.has(its)) throw toError('transient')
  }
}

function toError(kind: FailureKind, retryAfterMs?: number): MigrationError {
  return new MigrationError(kind, `trouble.${kind}`, {
    message: `Simulated trouble of kind ${kind}.`,
    hint: 'Nothing to do: it is a simulation.',
    retryAfterMs,
  })
}
