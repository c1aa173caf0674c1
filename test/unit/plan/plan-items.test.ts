import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Entry } from '../../../src/core/model/entry.ts'
import type { FolderId, ItemId } from '../../../src/core/model/ids.ts'
import type { ItemRef } from '../../../src/core/model/item.ts'
import type { Rules } from '../../../src/core/model/rules.ts'
import type { Decision } from '../../../src/core/ports/ledger.ts'
import { planItems } from '../../../src/core/plan/plan-items.ts'
import { rulesWith } from './rules-with.ts'

const folderId = 'f' as FolderId

function refWith(fields: Partial<Omit<ItemRef, 'id'>> & { id?: string } = {}): ItemRef {
  return {
    folderId,
    version: '',
    sizeBytes: 1000,
    receivedAt: { epochMs: 1_000_000, offsetMinutes: 0 },
    keywords: [],
    ...fields,
    id: (fields.id ?? '1') as ItemId,
  }
}

function entryWith(fields: Partial<Entry>): Entry {
  return { key: 1, folder: 1, ref: refWith(), seenPass: 1, ...fields }
}

function decideOne(entry: Entry | undefined, ref: ItemRef, rules: Partial<Rules> = {}, skippedBy?: string) {
  const entries = new Map(entry === undefined ? [] : [[ref.id, entry]])
  const decisions = planItems([ref], entries, { skippedBy }, rulesWith(rules), {})
  expect(decisions).toHaveLength(1)
  return decisions[0]!.decision
}

describe('a new item', () => {
  test('is created', () => {
    expect(decideOne(undefined, refWith())).toEqual({ type: 'create' })
  })

  test.each<[string, Partial<Rules>, string]>([
    ['received-before', { receivedFromMs: 1_000_001 }, 'received-before'],
    ['received-after', { receivedUntilMs: 1_000_000 }, 'received-after'],
    ['too-large', { itemSizeBytesMax: 999 }, 'too-large'],
  ])('is skipped by the rule %s', (_name, rules, rule) => {
    expect(decideOne(undefined, refWith(), rules)).toEqual({ type: 'skip', rule })
  })

  test('at the very limits is created', () => {
    const rules = { receivedFromMs: 1_000_000, receivedUntilMs: 1_000_001, itemSizeBytesMax: 1000 }
    expect(decideOne(undefined, refWith(), rules)).toEqual({ type: 'create' })
  })

  test('that the target cannot take is skipped by a rule of its own', () => {
    const decisions = planItems([refWith()], new Map(), {}, rulesWith(), { itemSizeBytesMax: 999 })
    expect(decisions[0]!.decision).toEqual({ type: 'skip', rule: 'too-large-for-target' })
  })

  test('of a folder that is left out is skipped by the rule of the folder', () => {
    const rule = 'folder-excluded:Lists/**'
    expect(decideOne(undefined, refWith(), { itemSizeBytesMax: 1 }, rule)).toEqual({ type: 'skip', rule })
  })
})

describe('an item that the target holds', () => {
  const held = entryWith({ fate: 'migrated' })
  const changed = refWith({ version: '$seen', keywords: ['$seen'] })

  test('is kept when nothing changed, whatever rule came since', () => {
    expect(decideOne(held, refWith(), { itemSizeBytesMax: 1 })).toEqual({ type: 'keep' })
  })

  test.each(['migrated', 'alreadyThere'] as const)('and changed is updated (%s)', (fate) => {
    expect(decideOne(entryWith({ fate }), changed)).toEqual({ type: 'update' })
    expect(decideOne(entryWith({ fate }), changed, { policy: 'mirror' })).toEqual({ type: 'update' })
  })

  test('and changed is kept under the policy add, and in a folder that is left out', () => {
    expect(decideOne(held, changed, { policy: 'add' })).toEqual({ type: 'keep' })
    expect(decideOne(held, changed, {}, 'default-exclusion')).toEqual({ type: 'keep' })
  })
})

describe('an item skipped before', () => {
  const skipped = entryWith({ fate: 'skipped', reason: 'too-large' })

  test('is created once the rules admit it', () => {
    expect(decideOne(skipped, refWith())).toEqual({ type: 'create' })
  })

  test('is kept while the same rule holds, and is skipped anew by another rule', () => {
    expect(decideOne(skipped, refWith(), { itemSizeBytesMax: 1 })).toEqual({ type: 'keep' })
    expect(decideOne(skipped, refWith(), { receivedFromMs: 2_000_000 })).toEqual({
      type: 'skip',
      rule: 'received-before',
    })
  })
})

describe('an item that failed before', () => {
  const failed = entryWith({ fate: 'failed', reason: 'imap.append.refused' })

  test('is kept until it changes or a retry is asked for', () => {
    expect(decideOne(failed, refWith())).toEqual({ type: 'keep' })
    expect(decideOne(failed, refWith({ version: '$seen' }))).toEqual({ type: 'create' })
    expect(decideOne(failed, refWith(), { retriesFailed: true })).toEqual({ type: 'create' })
  })

  test('is skipped once a rule leaves it out', () => {
    expect(decideOne(failed, refWith(), { itemSizeBytesMax: 1 })).toEqual({ type: 'skip', rule: 'too-large' })
  })
})

test('an intent that was not carried out stands, follows a change and bows to a new rule', () => {
  const intended = entryWith({ task: 'create' })
  expect(decideOne(intended, refWith())).toEqual({ type: 'keep' })
  expect(decideOne(intended, refWith({ version: '$seen' }))).toEqual({ type: 'create' })
  expect(decideOne(intended, refWith(), { itemSizeBytesMax: 1 })).toEqual({ type: 'skip', rule: 'too-large' })
})

test('an item that had gone and is back is created', () => {
  expect(decideOne(entryWith({ fate: 'gone' }), refWith())).toEqual({ type: 'create' })
})

describe('properties', () => {
  const aRef = fc.record({
    id: fc.integer({ min: 1, max: 30 }).map(String),
    version: fc.constantFrom('', '$seen', '$flagged'),
    sizeBytes: fc.integer({ min: 0, max: 100 }),
    receivedMs: fc.integer({ min: 0, max: 100 }),
  })
  const refs = fc
    .uniqueArray(aRef, { selector: (ref) => ref.id, maxLength: 30 })
    .map((all) =>
      all.map(({ receivedMs, ...ref }) => refWith({ ...ref, receivedAt: { epochMs: receivedMs, offsetMinutes: 0 } })),
    )
  const bound = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined })
  const someRules = fc
    .record({
      from: bound,
      until: bound,
      size: bound,
      retriesFailed: fc.boolean(),
      policy: fc.constantFrom('add', 'update', 'mirror'),
    })
    .map(({ from, until, size, retriesFailed, policy }) =>
      rulesWith({
        retriesFailed,
        policy: policy as Rules['policy'],
        ...(from === undefined ? {} : { receivedFromMs: from }),
        ...(until === undefined ? {} : { receivedUntilMs: until }),
        ...(size === undefined ? {} : { itemSizeBytesMax: size }),
      }),
    )
  const someEntries = fc
    .array(
      fc.record({
        ref: aRef,
        state: fc.constantFrom('create', 'migrated', 'alreadyThere', 'skipped', 'failed', 'gone'),
        reason: fc.constantFrom('too-large', 'received-before', 'x'),
      }),
    )
    .map(
      (all) =>
        new Map(
          all.map(({ ref, state, reason }, at) => {
            const of = refWith({ id: ref.id, version: ref.version })
            const state_ =
              state === 'create' ? { task: 'create' as const } : { fate: state as NonNullable<Entry['fate']> }
            return [of.id, entryWith({ key: at + 1, ref: of, reason, ...state_ })]
          }),
        ),
    )

  test('one decision per ref, in order, and the same again', () => {
    fc.assert(
      fc.property(refs, someEntries, someRules, bound, (all, entries, rules, itemSizeBytesMax) => {
        const decisions = planItems(all, entries, {}, rules, { itemSizeBytesMax })
        expect(decisions.map(({ ref }) => ref)).toEqual(all)
        expect(planItems(all, entries, {}, rules, { itemSizeBytesMax })).toEqual(decisions)
      }),
    )
  })

  test('a page planned again once it is recorded is all kept', () => {
    fc.assert(
      fc.property(refs, someEntries, someRules, (all, entries, rules) => {
        const recorded = record(entries, planItems(all, entries, {}, rules, {}))
        const again = planItems(all, recorded, {}, { ...rules, retriesFailed: false }, {})
        for (const { ref, decision } of again) {
          const isLeftAsItWas = rules.policy === 'add' && recorded.get(ref.id)!.ref.version !== ref.version
          expect(isLeftAsItWas ? 'keep' : decision.type).toBe('keep')
        }
      }),
    )
  })

  test('nothing is left out unless a rule is named, and nothing that a rule refuses is created', () => {
    fc.assert(
      fc.property(refs, someEntries, someRules, (all, entries, rules) => {
        for (const { ref, decision } of planItems(all, entries, {}, rules, {})) {
          const isRefused =
            ref.receivedAt.epochMs < (rules.receivedFromMs ?? -Infinity) ||
            ref.receivedAt.epochMs >= (rules.receivedUntilMs ?? Infinity) ||
            ref.sizeBytes > (rules.itemSizeBytesMax ?? Infinity)
          if (decision.type === 'create') expect(isRefused).toBe(false)
          if (decision.type === 'skip') expect(isRefused).toBe(true)
        }
      }),
    )
  })
})

/** What a ledger does with decisions, as far as planning can see it. */
function record(entries: ReadonlyMap<ItemId, Entry>, decisions: readonly Decision[]): ReadonlyMap<ItemId, Entry> {
  const after = new Map(entries)
  for (const { ref, decision } of decisions) {
    const before = entries.get(ref.id)
    const { fate: _fate, task: _task, reason: _reason, ...rest } = before ?? entryWith({ key: after.size + 1 })
    if (decision.type === 'create') after.set(ref.id, { ...rest, ref, task: 'create' })
    if (decision.type === 'skip') after.set(ref.id, { ...rest, ref, fate: 'skipped', reason: decision.rule })
    if (decision.type === 'update') after.set(ref.id, { ...before!, ref, task: 'update' })
  }
  return after
}
