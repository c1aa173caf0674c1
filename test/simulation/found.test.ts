import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { Crash, MemoryWorld, type MemoryOptions } from '../../src/connectors/memory/index.ts'
import { MigrationError } from '../../src/core/errors.ts'
import type { Rules } from '../../src/core/model/rules.ts'
import { createGovernor } from '../../src/core/pace/governor.ts'
import { runPass } from '../../src/core/pass/run-pass.ts'
import type { Ledger, Tally } from '../../src/core/ports/ledger.ts'
import { openStore } from '../../src/store/open-store.ts'
import { forgettingOldDates } from './scenario.ts'
import { VirtualClock } from './virtual-clock.ts'
import { rulesWith } from '../unit/plan/rules-with.ts'

/** A small world built by hand, for what the seeded ones have found. */
class Case {
  readonly world = new MemoryWorld()
  readonly source
  readonly target
  readonly #rules: Rules
  readonly #ledger: Ledger

  private constructor(ledger: Ledger, rules: Partial<Rules>, options: Partial<MemoryOptions>) {
    this.#ledger = ledger
    this.source = this.world.addMailbox('source', { pageItemsMax: 2 })
    this.target = this.world.addMailbox('target', options)
    this.#rules = { ...defaultRules, ...rules }
  }

  static async with(
    given: { rules?: Partial<Rules>; target?: Partial<MemoryOptions> },
    work: (one: Case) => Promise<void>,
  ): Promise<void> {
    const store = await openStore({ path: ':memory:' })
    try {
      const ledger = await store.mailbox({ sourceUrl: 'memory:source', targetUrl: 'memory:target' })
      await work(new Case(ledger, given.rules ?? {}, given.target ?? {}))
    } finally {
      await store.close()
    }
  }

  async pass(): Promise<Tally> {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1))
    const context = { signal: new AbortController().signal, clock, random: () => 0.5, log: () => undefined }
    const source = await this.world.openSource({ mailbox: 'source' }, context)
    const target = await this.world.openTarget({ mailbox: 'target' }, context)
    const limits = { source: source.capabilities, target: target.capabilities }
    return await clock.run(
      runPass({
        source,
        target,
        ledger: this.#ledger,
        rules: this.#rules,
        verification: 'identity',
        governor: createGovernor({ clock, ...limits }),
        context,
        observe: () => undefined,
      }),
    )
  }

  /** A pass that dies right after its n-th copy was stored, before anybody hears of it. */
  async passKilledAfterStoring(copies: number): Promise<void> {
    let stored = 0
    let isDead = false
    this.world.faults = (step) => {
      if (step.name === 'write.stored' && ++stored === copies) isDead = true
      if (isDead) throw new Crash(step.name)
    }
    await expect(this.pass()).rejects.toThrow('crashed')
    this.world.faults = () => undefined
  }

  targetPaths(): readonly string[] {
    return this.target.contents().map((one) => one.path.join('/'))
  }
}

const defaultRules = rulesWith({ usesDefaultExclusions: false, mapsRoles: false })

const mail = (name: string): Uint8Array => Buffer.from(`Subject: ${name}\r\nFrom: a@example.org\r\n\r\n${name}\r\n`)
const date = (year: number) => ({ epochMs: Date.UTC(year, 5, 1), offsetMinutes: 0 })

test('the copy of a message that is gone is given to one of two equal newcomers in two folders', async () => {
  await Case.with({}, async (one) => {
    const id = one.source.add(['Old'], { bytes: mail('twin'), receivedAt: date(2020) })
    await one.pass()
    one.source.remove(id)
    one.source.add(['A'], { bytes: mail('twin'), receivedAt: date(2020) })
    one.source.add(['B'], { bytes: mail('twin'), receivedAt: date(2020) })
    expect((await one.pass()).fates).toMatchObject({ pending: 0, failed: 0 })
    expect(one.targetPaths()).toEqual(['A', 'B'])
  })
})

test('a message moved at the source is moved, not written again, at a target that names no ids', async () => {
  await Case.with({ target: { tellsTargetIds: false } }, async (one) => {
    const id = one.source.add(['Old'], { bytes: mail('moved'), receivedAt: date(2020) })
    await one.pass()
    one.source.move(id, ['New'])
    expect((await one.pass()).fates).toMatchObject({ pending: 0, failed: 0 })
    expect(one.targetPaths()).toEqual(['New'])
  })
})

test('a target that names no ids and keeps other dates gets each message once', async () => {
  await Case.with({ target: { tellsTargetIds: false, storedDate: forgettingOldDates } }, async (one) => {
    one.source.add(['INBOX'], { bytes: mail('old'), receivedAt: date(1999) })
    one.source.add(['INBOX'], { bytes: mail('newer'), receivedAt: date(2020) })
    expect((await one.pass()).fates).toMatchObject({ migrated: 2, pending: 0 })
    expect((await one.pass()).pass).toMatchObject({ unchanged: 2 })
    expect(one.target.contents()).toHaveLength(2)
  })
})

test('an adopted copy whose date such a target never keeps is repaired once, and no copy too many stays', async () => {
  await Case.with({ target: { tellsTargetIds: false, storedDate: forgettingOldDates } }, async (one) => {
    one.source.add(['INBOX'], { bytes: mail('old'), receivedAt: date(1999) })
    one.target.add(['INBOX'], { bytes: mail('old'), receivedAt: date(2038) })
    expect((await one.pass()).fates).toMatchObject({ alreadyThere: 1, pending: 0 })
    expect((await one.pass()).pass).toMatchObject({ unchanged: 1 })
    expect(one.target.contents()).toHaveLength(1)
  })
})

test('what a target without ids made unrecognisable is failed and not written again and again', async () => {
  const storedBytes = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, Buffer.from('-- \r\nscanned\r\n')])
  await Case.with({ target: { tellsTargetIds: false, storedBytes } }, async (one) => {
    one.source.add(['INBOX'], { bytes: mail('footer') })
    expect((await one.pass()).fates).toMatchObject({ failed: 1, pending: 0 })
    expect((await one.pass()).fates).toMatchObject({ failed: 1, pending: 0 })
    expect(one.target.contents()).toHaveLength(1)
  })
})

test('keywords that change between a kill and its resumption reach the copy that was already there', async () => {
  await Case.with({}, async (one) => {
    const id = one.source.add(['INBOX'], { bytes: mail('read later'), keywords: ['$flagged'] })
    await one.passKilledAfterStoring(1)
    one.source.setKeywords(id, ['$seen'])
    expect((await one.pass()).fates).toMatchObject({ migrated: 1, pending: 0 })
    expect(one.target.contents().map((copy) => copy.keywords)).toEqual([['$seen']])
  })
})

test('equal messages keep their own dates when the copies of only some were stored before a kill', async () => {
  await Case.with({ target: { readAheadItemsMax: 0 } }, async (one) => {
    for (const year of [2001, 2002, 2003]) one.source.add(['INBOX'], { bytes: mail('same'), receivedAt: date(year) })
    await one.passKilledAfterStoring(2)
    await one.pass()
    const dates = one.target.contents().map((copy) => copy.receivedAt.epochMs)
    expect(dates.toSorted((a, b) => a - b)).toEqual([2001, 2002, 2003].map((year) => date(year).epochMs))
  })
})

test('of several equal copies each message adopts the one with its own date', async () => {
  await Case.with({}, async (one) => {
    for (const year of [2001, 2002]) one.source.add(['INBOX'], { bytes: mail('same'), receivedAt: date(year) })
    for (const year of [2002, 2001, 2009]) one.target.add(['INBOX'], { bytes: mail('same'), receivedAt: date(year) })
    expect((await one.pass()).fates).toMatchObject({ alreadyThere: 2 })
    expect(one.target.counters).toMatchObject({ itemsWritten: 0, itemsChanged: 0 })
    expect(one.target.contents()).toHaveLength(3)
  })
})

test('a server that lets in fewer sessions than it says is not asked for more than it lets in', async () => {
  await Case.with({ target: { sessionsMax: 4, sessionsAllowed: 1 } }, async (one) => {
    for (let number = 0; number < 300; number++) one.source.add([`F${number % 7}`], { bytes: mail(`m${number}`) })
    for (let number = 0; number < 40; number++) one.target.add([`F${number % 7}`], { bytes: mail(`m${number}`) })
    expect((await one.pass()).fates).toMatchObject({ migrated: 260, alreadyThere: 40, pending: 0 })
    expect(one.target.contents()).toHaveLength(300)
  })
})

test('a message that breaks every session is found among hundreds and is the only one that fails', async () => {
  await Case.with({ target: { writeUnit: 'group' } }, async (one) => {
    for (let number = 0; number < 300; number++) one.source.add(['INBOX'], { bytes: mail(`m${number}`) })
    one.world.faults = (step) => {
      if (step.name !== 'write.store' || !Buffer.from(step.bytes ?? []).includes('m137')) return
      throw new MigrationError('transient', 'test.reset', { message: 'The session broke.', hint: 'Try again.' })
    }
    expect((await one.pass()).fates).toMatchObject({ migrated: 299, failed: 1, pending: 0 })
    expect(one.target.contents()).toHaveLength(299)
  })
})
