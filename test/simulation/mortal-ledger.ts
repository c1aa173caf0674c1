import type { Ledger } from '../../src/core/ports/ledger.ts'
import type { Life } from './trouble.ts'

/** Methods that make something durable; every other only looks. */
const durableMethods: ReadonlySet<string> = new Set<keyof Ledger>([
  'startPass',
  'endPass',
  'saveFolder',
  'record',
  'recordGone',
  'recordSeen',
  'recordUnseen',
  'advance',
  'settle',
  'reopen',
  'describe',
  'saveExtras',
  'scheduleRemovals',
  'indexTarget',
])

/** Where to die: at the n-th durable step, counted from 1, before or after its effect. */
export interface DeathStep {
  readonly step: number
  readonly when: 'before' | 'after'
}

/** A ledger whose process may die at a durable step; what was durable before stays. */
export class MortalLedger {
  readonly ledger: Ledger
  /** Durable steps so far. */
  steps = 0
  readonly #life: Life
  readonly #death: DeathStep | undefined

  constructor(ledger: Ledger, life: Life, death: DeathStep | undefined) {
    this.#life = life
    this.#death = death
    this.ledger = new Proxy(ledger, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function' || typeof name !== 'string') return value
        const call = value.bind(target) as (...args: unknown[]) => Promise<unknown>
        return (...args: unknown[]) => this.#call(name, () => call(...args))
      },
    })
  }

  async #call(name: string, call: () => Promise<unknown>): Promise<unknown> {
    this.#life.assertAlive(name)
    if (!durableMethods.has(name)) return call()
    const dies = ++this.steps === this.#death?.step
    if (dies && this.#death?.when === 'before') this.#life.die(`${name} before`)
    const result = await call()
    if (dies) this.#life.die(`${name} after`)
    this.#life.assertAlive(name)
    return result
  }
}
