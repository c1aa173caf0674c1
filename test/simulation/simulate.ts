import { createGovernor } from '../../src/core/pace/governor.ts'
import { runPass } from '../../src/core/pass/run-pass.ts'
import { Crash } from '../../src/connectors/memory/index.ts'
import { MigrationError, type FailureKind } from '../../src/core/errors.ts'
import type { Source, Target } from '../../src/core/ports/connector.ts'
import type { Context } from '../../src/core/ports/context.ts'
import type { Ledger } from '../../src/core/ports/ledger.ts'
import type { PassEvent } from '../../src/core/ports/observer.ts'
import { openStore } from '../../src/store/open-store.ts'
import { checkEnd, checkTally, type Problem } from './invariants.ts'
import { heart } from './mail.ts'
import { MortalLedger, type DeathStep } from './mortal-ledger.ts'
import { Random } from './random.ts'
import { drawScenario, meddle, type Meddling, type Scenario, type ScenarioWishes } from './scenario.ts'
import { Life, noTrouble, Trouble } from './trouble.ts'
import { VirtualClock } from './virtual-clock.ts'

/** What to simulate: `seed` alone gives everything else. */
export interface SimulateOptions extends ScenarioWishes {
  readonly seed: number
  /** Which pass's first process `death` and `failAt` strike; 1 unless said. Made sure to exist. */
  readonly deathPass?: number
  /** Dies at this durable step of that process. */
  readonly death?: DeathStep
  /** Breaks this I/O step of that process. */
  readonly failAt?: { readonly step: number; readonly kind: FailureKind | 'crash' }
  /** Told of every event, for a person who replays a seed. */
  readonly watch?: (line: string) => void
}

/** What came of it. */
export interface Simulated {
  readonly problems: readonly Problem[]
  /** Durable steps and I/O steps of the process that may be struck, for killing at each in turn. */
  readonly durableSteps: number
  readonly steps: number
  /** Processes it took. */
  readonly lives: number
  readonly scenario: Scenario
}

/** Processes that one pass may take to come to its end. */
const livesMax = 60

/**
 * Runs the real engine over a made-up world until it is done, and checks that nothing was lost, doubled or miscounted.
 */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const random = new Random(options.seed)
  const clock = new VirtualClock(Date.UTC(2026, 5, 1))
  const store = await openStore({ path: ':memory:' })
  const ledger = await store.mailbox({ sourceUrl: 'memory:source', targetUrl: 'memory:target' })
  const simulation = new Simulation(options, random, clock, ledger)
  try {
    return await clock.run(simulation.run())
  } finally {
    await store.close()
  }
}

class Simulation {
  readonly #options: SimulateOptions
  readonly #random: Random
  readonly #clock: VirtualClock
  readonly #ledger: Ledger
  readonly #scenario: Scenario
  readonly #trouble: Trouble
  readonly #problems: Problem[] = []
  readonly #meddling: Meddling
  readonly #before: Parameters<typeof checkEnd>[0]['before']
  #acceptsEmptied = false
  #lives = 0
  #struck: { durableSteps: number; steps: number } | undefined
  /** Passes brought to their end. */
  #passesDone = 0

  constructor(options: SimulateOptions, random: Random, clock: VirtualClock, ledger: Ledger) {
    this.#options = options
    this.#random = random
    this.#clock = clock
    this.#ledger = ledger
    this.#scenario = drawScenario(random.fork(), new Random(~options.seed), options)
    const { world, source, target, bad } = this.#scenario
    this.#trouble = new Trouble(random.fork(), clock, bad, noTrouble)
    world.faults = this.#trouble.faults
    this.#before = target.contents()
    this.#meddling = {
      arrived: source.contents().map((one) => heart(one.bytes)),
      removedAtTarget: [],
      addedAtTarget: [],
      movedUnfinished: [],
      isFinished: true,
      hasFinished: false,
      hasEdits: false,
      hasMoved: false,
      hasMovedAtTarget: false,
      hasRenumbered: false,
      hasChangedAtTarget: false,
    }
  }

  async run(): Promise<Simulated> {
    const passes = Math.max(this.#scenario.passes, this.#options.deathPass ?? 1)
    const edits = this.#random.fork()
    for (let pass = 0; pass < passes; pass++) {
      if (pass > 0) meddle(edits, this.#scenario, this.#meddling)
      await this.#untilDone(edits)
    }
    // Trouble that was tried only once is tried again, and then nothing may be left to do.
    await this.#runCalmly(true)
    await this.#runCalmly(false)
    await this.#expectNothingToDo()
    const { source, target, rules, form, bad } = this.#scenario
    const world = { source, target, rules, form, bad, before: this.#before, meddling: this.#meddling, ledger: this.#ledger }
    this.#problems.push(...(await checkEnd(world)), ...(await this.#scenario.extras.check(rules, this.#ledger)))
    const { durableSteps, steps } = this.#struck ?? { durableSteps: 0, steps: 0 }
    return { problems: this.#problems, durableSteps, steps, lives: this.#lives, scenario: this.#scenario }
  }

  /** Process after process until one comes to the end of a pass; people may meddle between two. */
  async #untilDone(edits: Random): Promise<void> {
    for (let life = 1; life <= livesMax; life++) {
      const isPatient = life <= livesMax / 2
      const { rates } = this.#scenario
      const trouble = isPatient ? rates : { ...noTrouble, latencyMsMax: rates.latencyMsMax }
      const end = await this.#live(trouble, this.#scenario.rules.retriesFailed)
      this.#meddling.isFinished = end === 'done'
      if (end === 'done') this.#meddling.hasFinished = true
      if (end === 'done') return
      if (edits.chance(0.3)) meddle(edits, this.#scenario, this.#meddling)
    }
    this.#problem('never-done', 'a pass without any trouble does not come to its end')
  }

  async #runCalmly(retriesFailed: boolean): Promise<void> {
    for (let life = 1; life <= 5; life++) if ((await this.#live(noTrouble, retriesFailed)) === 'done') return
    this.#problem('never-done', 'a calm pass does not come to its end')
  }

  async #expectNothingToDo(): Promise<void> {
    const { source, target } = this.#scenario
    source.resetCounters()
    target.resetCounters()
    const before = target.state()
    await this.#runCalmly(false)
    for (const [name, { counters }] of Object.entries({ source, target })) {
      for (const count of ['bodiesOpened', 'itemsWritten', 'itemsChanged', 'extrasWritten', 'foldersMade'] as const) {
        if (counters[count] > 0)
          this.#problem('not-idle', `a pass with nothing to do has ${name}.${count} = ${counters[count]}`)
      }
      if (counters.sessionsOpenMost > 0)
        this.#problem('not-idle', `a pass with nothing to do opens a session at the ${name}`)
    }
    if (target.state() !== before) this.#problem('not-idle', 'a pass with nothing to do changes the target')
  }

  /** One process: opens both sides, runs a pass, and lives or dies. */
  async #live(rates: Scenario['rates'], retriesFailed: boolean): Promise<'done' | 'ended'> {
    const { world, source, target, rules, form, verification } = this.#scenario
    const life = new Life()
    const isStruck = this.#struck === undefined && this.#passesDone + 1 === (this.#options.deathPass ?? 1)
    this.#lives++
    const mortal = new MortalLedger(this.#ledger, life, isStruck ? this.#options.death : undefined)
    const trouble = this.#trouble
    Object.assign(trouble, { life, rates, steps: 0, failAt: isStruck ? this.#options.failAt : undefined })
    const context = this.#context(life.signal)
    const stateBefore = source.state()
    const openBefore = source.counters.sessionsOpen + target.counters.sessionsOpen
    let opened: { source: Source; target: Target } | undefined
    let end: 'done' | 'ended' = 'ended'
    try {
      const sides = {
        source: await world.openSource({ mailbox: source.name }, context, form),
        target: await world.openTarget({ mailbox: target.name }, context, form),
      }
      opened = sides
      const tally = await runPass({
        ...sides,
        ledger: mortal.ledger,
        rules: { ...rules, retriesFailed, acceptsEmptied: this.#acceptsEmptied },
        verification,
        governor: createGovernor({ clock: this.#clock, ...this.#limits() }),
        context,
        observe: (event) => this.#observe(event),
      })
      if (life.isDead) this.#problem('survived', 'a pass came to its end although its process had died')
      this.#problems.push(...checkTally(tally, 'a finished pass'))
      if (tally.fates.pending > 0)
        this.#problem('pending', `a finished pass leaves ${tally.fates.pending} items without a fate`)
      end = 'done'
    } catch (error) {
      this.#judge(error, life)
    }
    if (isStruck) this.#struck = { durableSteps: mortal.steps, steps: trouble.steps }
    if (end === 'done') this.#passesDone++
    await this.#settleDown(life)
    if (!life.isDead) {
      await opened?.source.close()
      await opened?.target.close()
    }
    if (source.state() !== stateBefore) this.#problem('source-changed', 'reading changed the source')
    const open = source.counters.sessionsOpen + target.counters.sessionsOpen
    if (!life.isDead && open > openBefore) this.#problem('sessions-left', `${open} sessions are open after a pass`)
    return end
  }

  #judge(error: unknown, life: Life): void {
    this.#options.watch?.(`--- ended by ${String(error)}`)
    if (life.isDead) {
      if (!(error instanceof Crash)) this.#problem('crash-hidden', `a crash came out as ${String(error)}`)
      return
    }
    if (error instanceof MigrationError) {
      // A person looks at it and says that it is meant.
      if (error.code.startsWith('guard.')) this.#acceptsEmptied = true
      else if (!error.code.startsWith('trouble.')) this.#problem('unexpected', `${error.code}: ${error.message}`)
      return
    }
    this.#problem('defect', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }

  /** Whoever still runs after the end of a process gets the chance to show that it has no effect. */
  async #settleDown(life: Life): Promise<void> {
    await this.#clock.settle()
    if (!life.isDead && this.#clock.sleeping > 0)
      this.#problem('tasks-left', `${this.#clock.sleeping} tasks wait after a pass`)
  }

  /** Declared limits never come to more than the sessions there are. */
  #limits(): Pick<Parameters<typeof createGovernor>[0], 'source' | 'target'> {
    const { source, target, lanes, pace } = this.#scenario
    const sessionsMax = Math.min(source.options.sessionsMax, target.options.sessionsMax, lanes)
    return { source: { sessionsMax }, target: { sessionsMax, ...pace } }
  }

  #context(signal: AbortSignal): Context {
    const random = this.#random.fork()
    return { signal, clock: this.#clock, random: () => random.next(), log: () => undefined }
  }

  #observe(event: PassEvent): void {
    if (event.type !== 'progress') this.#options.watch?.(`${this.#clock.now()} ${JSON.stringify(event)}`)
  }

  #problem(name: string, text: string): void {
    this.#problems.push({ name, text })
  }
}
