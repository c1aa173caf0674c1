import { expect } from 'vitest'
import { MemoryWorld, type MemoryMailbox } from '../../src/connectors/memory/index.ts'
import { createGovernor } from '../../src/core/pace/governor.ts'
import { runPass } from '../../src/core/pass/run-pass.ts'
import type { Connector } from '../../src/core/ports/connector.ts'
import type { Context } from '../../src/core/ports/context.ts'
import type { Ledger, Tally } from '../../src/core/ports/ledger.ts'
import { openStore } from '../../src/store/open-store.ts'
import { checkTally } from '../simulation/invariants.ts'
import { MortalLedger, type DeathStep } from '../simulation/mortal-ledger.ts'
import { Random } from '../simulation/random.ts'
import { Life, noTrouble, Trouble } from '../simulation/trouble.ts'
import type { ConformanceMailbox, SeedMessage } from './harness.ts'
import { message, storedDigest, testContext } from './reading.ts'
import type { ConformanceTest, Subject } from './run-conformance.ts'
import { rulesWith } from '../unit/plan/rules-with.ts'

/** On which side of the pair the connector under test stands; memory stands on the other. */
type Stand = 'source' | 'target'

const rules = rulesWith({ usesDefaultExclusions: false, mapsRoles: false, retriesFailed: true })

/** Two equal messages, two folders, keywords and dates. */
const mail: readonly SeedMessage[] = [
  message(1, { keywords: ['$seen'] }),
  message(2),
  message(3, { keywords: ['$answered', '$flagged'] }),
  message(4, { path: ['Projects'] }),
  message(4, { path: ['Projects'] }),
  message(1, { path: ['Projects', '2024'] }),
  message(5, { path: ['Projects', '2024'], keywords: ['$draft'] }),
]

/** A mailbox to migrate, one to migrate into, and a ledger; waits are cut short, since nobody else needs the time. */
class Pair<Config> {
  readonly #subject: Subject<Config>
  readonly #mailbox: ConformanceMailbox<Config>
  readonly #stand: Stand
  readonly #world = new MemoryWorld()
  readonly memory: MemoryMailbox
  readonly trouble: Trouble

  private constructor(subject: Subject<Config>, mailbox: ConformanceMailbox<Config>, stand: Stand) {
    this.#subject = subject
    this.#mailbox = mailbox
    this.#stand = stand
    this.memory = this.#world.addMailbox('memory')
    const bad = { refused: new Set<string>(), poisonous: new Set<string>() }
    this.trouble = new Trouble(new Random(1), testContext().clock, bad, noTrouble)
    this.#world.faults = this.trouble.faults
  }

  static async seeded<Config>(subject: Subject<Config>, stand: Stand): Promise<Pair<Config>> {
    const pair = new Pair(subject, await subject.server.freshMailbox(), stand)
    if (stand === 'source') await pair.#mailbox.seed(mail)
    else for (const one of mail) pair.memory.add(one.path, one)
    return pair
  }

  async run(ledger: Ledger, life = new Life()): Promise<Tally> {
    this.trouble.life = life
    const { connector } = this.#subject.server
    const context: Context = { ...testContext(life.signal), clock: hastyClock(life) }
    const own = { connector: connector as Connector<unknown>, config: this.#mailbox.config as unknown }
    const other = { connector: this.#world as Connector<unknown>, config: { mailbox: 'memory' } as unknown }
    const [from, into] = this.#stand === 'source' ? [own, other] : [other, own]
    // A server in a process of its own takes its time, whatever ours says of it.
    const around = (side: typeof own): Context => (side === own ? testContext(life.signal) : context)
    const source = await from.connector.openSource(from.config, around(from))
    try {
      const target = await into.connector.openTarget(into.config, around(into))
      try {
        const limits = { source: source.capabilities, target: target.capabilities }
        const governor = createGovernor({ clock: context.clock, ...limits })
        const observe = (): void => undefined
        const tally = await runPass({
          source,
          target,
          ledger,
          rules,
          verification: 'identity',
          governor,
          context,
          observe,
        })
        expect(checkTally(tally, 'a pass')).toEqual([])
        return tally
      } finally {
        await target.close()
      }
    } finally {
      await source.close()
    }
  }

  /** What both sides hold must be what was seeded, each message as often. */
  async expectDone(): Promise<void> {
    const there = (await this.#mailbox.contents()).map(
      (one) => `${one.path.join('/')} ${one.canonicalDigest ?? one.digest}`,
    )
    const memory = this.memory.contents().map((one) => `${one.path.join('/')} ${storedDigest(one.bytes, false)}`)
    const seeded = mail.map((one) => `${one.path.join('/')} ${storedDigest(one.bytes, false)}`).toSorted()
    expect(memory.toSorted()).toEqual(seeded)
    expect(there.toSorted()).toEqual(seeded)
  }

  /** Of both sides; absent where the harness cannot tell. */
  async state(): Promise<string> {
    return `${this.memory.state()} ${(await this.#mailbox.state?.()) ?? ''}`
  }
}

function hastyClock(life: Life): Context['clock'] {
  const { clock } = testContext(life.signal)
  return { now: () => clock.now(), sleep: (delayMs, signal) => clock.sleep(Math.min(delayMs, 1), signal) }
}

async function withLedger(work: (ledger: Ledger) => Promise<void>): Promise<void> {
  const store = await openStore({ path: ':memory:' })
  try {
    await work(await store.mailbox({ sourceUrl: 'memory:a', targetUrl: 'memory:b' }))
  } finally {
    await store.close()
  }
}

/** Migrates with a death at this durable step, then again; gives the durable steps of the first process. */
async function runKilled<Config>(
  subject: Subject<Config>,
  stand: Stand,
  death: DeathStep | undefined,
): Promise<number> {
  const pair = await Pair.seeded(subject, stand)
  let steps = 0
  await withLedger(async (ledger) => {
    const life = new Life()
    const mortal = new MortalLedger(ledger, life, death)
    const first = await pair.run(mortal.ledger, life).catch((error: unknown) => error)
    steps = mortal.steps
    if (death && steps >= death.step) expect(first).toMatchObject({ name: 'Crash' })
    const tally = await pair.run(ledger)
    expect(tally.fates).toMatchObject({ pending: 0, failed: 0, skipped: 0 })
    await pair.expectDone()
  })
  return steps
}

/** The numbers from 1 to `last`, or `numbersMax` of them, the first and the last among them. */
function spread(last: number, numbersMax = last): readonly number[] {
  const count = Math.min(last, Math.max(2, numbersMax))
  return Array.from({ length: count }, (_, index) => 1 + Math.round((index * (last - 1)) / Math.max(1, count - 1)))
}

/** P1 to P4, with the connector on the side that `stand` says. */
function testsFor(stand: Stand): readonly ConformanceTest[] {
  const where = stand === 'source' ? 'out of it' : 'into it'
  return [
    {
      number: `P1.${stand}`,
      title: `${where}: a second pass writes nothing and opens nothing`,
      async run(subject) {
        const pair = await Pair.seeded(subject, stand)
        await withLedger(async (ledger) => {
          expect((await pair.run(ledger)).pass).toMatchObject({ migrated: mail.length, failed: 0, pending: 0 })
          await pair.expectDone()
          const before = await pair.state()
          pair.memory.resetCounters()
          expect((await pair.run(ledger)).pass).toMatchObject({ migrated: 0, updated: 0, unchanged: mail.length })
          expect(await pair.state()).toBe(before)
          const { bodiesOpened, itemsWritten, itemsChanged, sessionsOpenMost } = pair.memory.counters
          expect([bodiesOpened, itemsWritten, itemsChanged, sessionsOpenMost]).toEqual([0, 0, 0, 0])
        })
      },
    },
    {
      number: `P2.${stand}`,
      title: `${where}: killed at each durable step and resumed, the end is the same`,
      async run(subject) {
        const steps = await runKilled(subject, stand, undefined)
        expect(steps).toBeGreaterThan(5)
        for (const number of spread(steps * 2, subject.server.pairRunsMax)) {
          const when = number % 2 === 0 ? 'before' : 'after'
          await runKilled(subject, stand, { step: Math.ceil(number / 2), when })
        }
      },
    },
    {
      number: `P3.${stand}`,
      title: `${where}: whichever call to the other side fails, the end is the same`,
      async run(subject) {
        const calm = await Pair.seeded(subject, stand)
        await withLedger((ledger) => calm.run(ledger).then(() => undefined))
        for (const step of spread(calm.trouble.steps, subject.server.pairRunsMax)) {
          const pair = await Pair.seeded(subject, stand)
          pair.trouble.failAt = { step, kind: 'transient' }
          await withLedger(async (ledger) => {
            // A session that cannot be opened is a matter for whoever starts the pass.
            const first = await pair.run(ledger).catch((error: unknown) => error)
            if (first instanceof Error) await pair.run(ledger)
            await pair.expectDone()
          })
        }
      },
    },
    {
      number: `P4.${stand}`,
      title: `${where}: what another tool copied is adopted, not doubled, and counts balance`,
      async run(subject) {
        const pair = await Pair.seeded(subject, stand)
        await withLedger((ledger) => pair.run(ledger).then(() => undefined))
        await withLedger(async (ledger) => {
          expect((await pair.run(ledger)).pass).toMatchObject({ migrated: 0, alreadyThere: mail.length, failed: 0 })
          await pair.expectDone()
        })
      },
    },
  ]
}

/** P1 to P4, on either side. */
export const pairTests: readonly ConformanceTest[] = [...testsFor('source'), ...testsFor('target')]
