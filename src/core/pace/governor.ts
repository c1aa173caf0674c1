import type { Clock } from '../ports/context.ts'
import type { Binding, Cost, Governor, Side } from '../ports/governor.ts'
import { Lanes } from './lanes.ts'
import { SideGate, type Limits } from './side-gate.ts'

/** No wait that a server asks for is granted for longer: what takes longer is asked again. */
const waitMsMax = 15 * 60_000
/** Less than this is not waited: requests under way at the same time have to meet the same wait. */
const waitMsMin = 250
/** The first wait for a server that asks for less without saying for how long; doubled each time it asks again. */
const waitMsFirst = 1_000
/** A server that was quiet for so long after a wait begins with the first wait again. */
const calmMs = 60_000

/** What a governor is made of. */
export interface GovernorOptions {
  readonly clock: Clock
  readonly source: Limits
  readonly target: Limits
  /** What makes a side's own requests wait, where it keeps to limits of its own (`Reader.binding`). */
  readonly bindings?: Readonly<Partial<Record<Side, () => Binding | undefined>>>
}

/** Makes the governor of one mailbox, with all declared lanes open. Deterministic on the given clock. */
export function createGovernor({ clock, source, target, bindings = {} }: GovernorOptions): Governor {
  return new PacingGovernor(clock, { source, target }, bindings)
}

class PacingGovernor implements Governor {
  readonly #clock: Clock
  readonly #gates: Readonly<Record<Side, SideGate>>
  readonly #lanes: Lanes
  readonly #bindings: NonNullable<GovernorOptions['bindings']>
  readonly #unaskedWaitMs: Record<Side, number> = { source: waitMsFirst, target: waitMsFirst }

  constructor(clock: Clock, limits: Readonly<Record<Side, Limits>>, bindings: NonNullable<GovernorOptions['bindings']>) {
    this.#clock = clock
    this.#bindings = bindings
    this.#gates = {
      source: new SideGate(limits.source, optionNames('source')),
      target: new SideGate(limits.target, optionNames('target')),
    }
    this.#lanes = new Lanes(() => clock.now(), { source: limits.source.sessionsMax, target: limits.target.sessionsMax })
  }

  admit(side: Side, cost: Cost, signal: AbortSignal): Promise<void> | undefined {
    const gate = this.#gates[side]
    if (gate.isWideOpen) return undefined
    const nowMs = this.#clock.now()
    const admission = gate.admit(cost, nowMs)
    if (admission.startsAtMs <= nowMs) return undefined
    return this.#waitUntil(gate, admission.startsAtMs, signal).catch((reason: unknown) => {
      admission.giveBack()
      throw reason
    })
  }

  lanes(): number {
    return this.#lanes.open()
  }

  succeeded(): void {
    // Lanes come back after quiet alone: a round trip that went well is no proof that one lane more would too.
  }

  throttled(side: Side, retryAfterMs: number | undefined): number {
    const nowMs = this.#clock.now()
    const gate = this.#gates[side]
    const waitMs = Math.min(waitMsMax, Math.max(waitMsMin, retryAfterMs ?? this.#nextUnaskedWaitMs(side, nowMs)))
    // Requests under way when a server asked for less meet the same refusal: they are not told to halve again.
    const isNews = nowMs >= gate.heldUntilMs
    gate.hold(nowMs + waitMs)
    if (isNews) this.#lanes.halve(side, gate.heldUntilMs)
    else this.#lanes.stayQuiet(gate.heldUntilMs)
    return waitMs
  }

  sessionsLimited(side: Side, sessions: number): void {
    this.#lanes.limit(side, sessions)
  }

  binding(): Binding {
    const nowMs = this.#clock.now()
    return (
      this.#holdBinding(nowMs) ??
      this.#budgetBinding(nowMs) ??
      this.#sideBinding('target') ??
      this.#sideBinding('source') ?? { limit: this.#lanes.binding() ?? 'as fast as both servers answer' }
    )
  }

  async #waitUntil(gate: SideGate, startsAtMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const leftMs = Math.max(startsAtMs, gate.heldUntilMs) - this.#clock.now()
      if (leftMs <= 0) return
      await this.#clock.sleep(leftMs, signal)
    }
  }

  #nextUnaskedWaitMs(side: Side, nowMs: number): number {
    const { heldUntilMs } = this.#gates[side]
    if (nowMs < heldUntilMs) return heldUntilMs - nowMs
    const waitMs = nowMs - heldUntilMs < calmMs ? Math.min(waitMsMax, this.#unaskedWaitMs[side] * 2) : waitMsFirst
    this.#unaskedWaitMs[side] = waitMs
    return waitMs
  }

  #holdBinding(nowMs: number): Binding | undefined {
    const { source, target } = this.#gates
    const [side, gate] = target.heldUntilMs >= source.heldUntilMs ? ['target', target] : ['source', source]
    if (gate.heldUntilMs <= nowMs) return undefined
    const seconds = Math.ceil((gate.heldUntilMs - nowMs) / 1000).toLocaleString('en-US')
    return { limit: `${side} asked to wait ${seconds} s`, liftsAtMs: gate.heldUntilMs }
  }

  #sideBinding(side: Side): Binding | undefined {
    const binding = this.#bindings[side]?.()
    return binding === undefined ? undefined : { ...binding, limit: `${side}: ${binding.limit}` }
  }

  #budgetBinding(nowMs: number): Binding | undefined {
    const [first, second] = [this.#gates.target.binding(nowMs), this.#gates.source.binding(nowMs)]
    const binding = first && second ? (first.waitedUntilMs >= second.waitedUntilMs ? first : second) : (first ?? second)
    if (binding === undefined) return undefined
    return binding.waitedUntilMs > nowMs
      ? { limit: binding.words, liftsAtMs: binding.waitedUntilMs }
      : { limit: binding.words }
  }
}

function optionNames(side: Side): Readonly<Record<keyof Cost, string>> {
  return {
    requests: `--${side}-requests-per-second`,
    items: `--${side}-messages-per-second`,
    bytes: `--${side}-bytes-per-second`,
  }
}
