import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry, Settlement } from '../../../src/core/model/entry.ts'
import type { Decision } from '../../../src/core/ports/ledger.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { copied, folder, folderId, itemId, name, ref } from './world.ts'

const ids = ['1', '2', '3', '4', '5', '6']
const folderNumber = fc.constantFrom(0, 1)
const idList = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1 })
const decision: fc.Arbitrary<Decision['decision']> = fc.constantFrom(
  { type: 'create' },
  { type: 'update' },
  { type: 'skip', rule: 'too-old' },
  { type: 'keep' },
)

const operation = fc.oneof(
  fc.record({
    type: fc.constant('record' as const),
    folder: folderNumber,
    items: fc.uniqueArray(fc.record({ id: fc.constantFrom(...ids), decision, flagged: fc.boolean() }), {
      minLength: 1,
      selector: ({ id }) => id,
    }),
  }),
  fc.record({ type: fc.constant('gone' as const), folder: folderNumber, ids: idList }),
  fc.record({ type: fc.constant('unseen' as const), folder: folderNumber }),
  fc.record({ type: fc.constant('seen' as const), folder: folderNumber, ids: idList }),
  fc.record({ type: fc.constant('removals' as const) }),
  fc.record({ type: fc.constant('pass' as const) }),
  fc.record({ type: fc.constant('reopen' as const), pick: fc.nat() }),
  fc.record({
    type: fc.constant('settle' as const),
    pick: fc.nat(),
    how: fc.constantFrom(
      'copied',
      'taken',
      'redated',
      'updated',
      'conflict',
      'failed',
      'skipped',
      'gone',
      'removed',
      'verified',
    ),
  }),
)
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never

/** Runs operations as an engine might, and keeps what it knows of them in the plainest way. */
class Model {
  readonly #ledger: MailboxLedger
  readonly #folders: readonly number[]
  #pass = 1
  #copies = 0

  constructor(ledger: MailboxLedger, folders: readonly number[]) {
    this.#ledger = ledger
    this.#folders = folders
  }

  async run(step: Operation): Promise<void> {
    const ledger = this.#ledger
    if (step.type === 'record') return this.#record(step)
    if (step.type === 'gone')
      return void (await ledger.recordGone(this.#folder(step.folder), this.#pass, step.ids.map(itemId)))
    if (step.type === 'seen') return ledger.recordSeen(this.#folder(step.folder), this.#pass, step.ids.map(itemId))
    if (step.type === 'unseen') return void (await ledger.recordUnseen(this.#folder(step.folder), this.#pass))
    if (step.type === 'removals') return void (await ledger.scheduleRemovals(this.#pass))
    if (step.type === 'pass') return void (this.#pass += 1)
    const entries = await this.#entries()
    const entry = entries[step.pick % (entries.length || 1)]
    if (!entry) return
    if (step.type === 'reopen') return ledger.reopen(this.#pass, [entry.key])
    const settlement = this.#settlement(entry, entries, step.how)
    if (settlement) await ledger.settle(this.#pass, [settlement])
  }

  async check(): Promise<void> {
    const entries = await this.#entries()
    const tally = await this.#ledger.tally(this.#pass)
    expect(tally.source).toBe(entries.length)
    for (const fate of ['migrated', 'alreadyThere', 'skipped', 'failed', 'gone'] as const) {
      expect(tally.fates[fate]).toBe(entries.filter((entry) => entry.fate === fate).length)
    }
    const claims = entries.flatMap((entry) => [entry.targetId, entry.supersededId]).filter((id) => id !== undefined)
    expect(new Set(claims).size).toBe(claims.length)
    const counted = (await this.#ledger.claims()).reduce((sum, { items }) => sum + items, 0)
    expect(counted).toBe(claims.length)
    expect(await this.#ledger.unclaimed(folderId('t:INBOX'), claims)).toEqual([])
    const orphans = entries.filter((entry) => entry.fate === 'gone' && entry.targetId !== undefined)
    expect(await this.#ledger.countOrphans()).toBe(orphans.length)
    expect(new Set(entries.map((entry) => `${entry.folder} ${entry.ref.id}`)).size).toBe(entries.length)
    const tasks = (await this.#ledger.pendingCounts()).reduce((sum, { items }) => sum + items, 0)
    expect(tasks).toBe(entries.filter((entry) => entry.task !== undefined).length)
    for (const entry of entries) this.#checkEntry(entry)
  }

  #checkEntry(entry: Entry): void {
    const { fate, task, targetId, supersededId } = entry
    // Nothing is without a fate unless it still is to be copied, and nothing is carried without a copy.
    if (fate === undefined) expect({ task, targetId }).toEqual({ task: 'create', targetId: undefined })
    if (fate === 'migrated' || fate === 'alreadyThere') expect(targetId).toBeDefined()
    if (task === 'create') expect(fate).toBeUndefined()
    if (task === 'remove') expect(fate).toBe('gone')
    if (task === 'clear') expect(supersededId).toBeDefined()
    if (fate === 'gone') expect([undefined, 'remove', 'clear']).toContain(task)
    expect(entry.fatePass === undefined).toBe(fate === undefined)
  }

  async #record(step: Extract<Operation, { type: 'record' }>): Promise<void> {
    const key = this.#folder(step.folder)
    const known = await this.#ledger.entries(
      key,
      step.items.map(({ id }) => itemId(id)),
    )
    const decisions = step.items.map((item): Decision => {
      const isUnplanned =
        !known.has(itemId(item.id)) && (item.decision.type === 'keep' || item.decision.type === 'update')
      return {
        ref: ref(item.id, { keywords: item.flagged ? ['$flagged'] : [] }),
        decision: isUnplanned ? { type: 'create' } : item.decision,
      }
    })
    await this.#ledger.record(key, this.#pass, decisions)
    const seen = await this.#ledger.entries(
      key,
      step.items.map(({ id }) => itemId(id)),
    )
    expect([...seen.values()].every((entry) => entry.seenPass === this.#pass && entry.fate !== 'gone')).toBe(true)
  }

  #settlement(entry: Entry, entries: readonly Entry[], how: string): Settlement | undefined {
    const { key } = entry
    const isCarried = entry.fate === 'migrated' || entry.fate === 'alreadyThere'
    const copy = () => copied(key, `t-${(this.#copies += 1)}`)
    const orphan = entries.find((each) => each.fate === 'gone' && each.targetId !== undefined && each.key !== key)
    if (how === 'copied' && (entry.task === 'create' || entry.fate === 'gone')) {
      return entry.targetId === undefined ? copy() : undefined
    }
    if (how === 'taken' && entry.task === 'create' && orphan?.targetId !== undefined) {
      return copied(key, orphan.targetId, { fate: 'alreadyThere', replaces: orphan.key })
    }
    if (how === 'redated' && isCarried && entry.supersededId === undefined && entry.targetId !== undefined) {
      return { ...copy(), fate: entry.fate, task: 'clear', supersededId: entry.targetId }
    }
    if (how === 'updated' && isCarried) return { type: 'updated', key, targetVersion: '', didWrite: true }
    if (how === 'conflict' && isCarried)
      return { type: 'updated', key, targetVersion: '', didWrite: false, conflict: 'c' }
    if (how === 'failed') return { type: 'failed', key, code: 'c', hint: 'h' }
    if (how === 'skipped' && entry.task === 'create') return { type: 'skipped', key, rule: 'too-large' }
    if (how === 'gone') return { type: 'gone', key }
    if (how === 'removed' && (entry.task === 'remove' || entry.task === 'clear')) return { type: 'removed', key }
    if (how === 'verified' && isCarried) return { type: 'verified', key, proof: 're-read' }
    return undefined
  }

  #folder(index: number): number {
    return this.#folders[index] ?? 0
  }

  async #entries(): Promise<readonly Entry[]> {
    const settled = await this.#ledger.settled(undefined, undefined, 0, 1_000)
    const pending = await Promise.all(this.#folders.map((key) => this.#ledger.pending(key, 'create', 0, 1_000)))
    return [...settled, ...pending.flat()].sort((left, right) => left.key - right.key)
  }
}

test('whatever happens in whatever order: sums balance and every copy has one claim', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40, size: 'max' }), async (steps) => {
      const store = await openStore({ path: ':memory:' })
      try {
        const ledger = await store.mailbox(name)
        const folders = [await ledger.saveFolder(folder('INBOX')), await ledger.saveFolder(folder('Sent'))]
        const model = new Model(
          ledger,
          folders.map(({ key }) => key),
        )
        for (const step of steps) {
          await model.run(step)
          await model.check()
        }
      } finally {
        await store.close()
      }
    }),
    { numRuns: 200 },
  )
})
