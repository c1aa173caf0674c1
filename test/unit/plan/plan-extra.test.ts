import { expect, test } from 'vitest'
import type { Policy } from '../../../src/core/model/rules.ts'
import { planExtra } from '../../../src/core/plan/plan-extra.ts'

const there = (digest: string) => ({ digest, isGiven: false })
const given = (digest: string) => ({ digest, isGiven: true })
type Record_ = Parameters<typeof planExtra>[0]
type Found = Parameters<typeof planExtra>[2]
const carried = { carried: 'a', kept: 'A' }
const beingWritten = { carried: 'a', kept: 'A', intended: 'b' }
const copyOf = (a: string, kept: string) => ({ carried: a, kept })

test.each<[string, Record_, string, Found, Policy, object]>([
  ['nothing is there', undefined, 'a', undefined, 'update', { type: 'write' }],
  ['nothing is there, and nothing may be changed', undefined, 'a', undefined, 'add', { type: 'write' }],
  ['the same is there', undefined, 'a', there('a'), 'update', { type: 'adopt', fate: 'alreadyThere' }],
  ['another one is there', undefined, 'b', there('a'), 'mirror', { type: 'keep', reason: 'other-at-target' }],
  ['what every mailbox has is otherwise', undefined, 'b', given('a'), 'update', { type: 'write' }],
  ['what every mailbox has is otherwise, and nothing may be changed', undefined, 'b', given('a'), 'add', { type: 'keep', reason: 'other-at-target' }],
  ['nothing changed', carried, 'a', there('A'), 'update', { type: 'stand', copy: carried }],
  ['the user changed it', carried, 'a', there('X'), 'update', { type: 'stand', copy: carried }],
  ['the source changed it', carried, 'b', there('A'), 'update', { type: 'write' }],
  ['the source changed it, and nothing may be changed', carried, 'b', there('A'), 'add', { type: 'stand', copy: carried }],
  ['both changed it', carried, 'b', given('X'), 'update', { type: 'keep', reason: 'changed-at-target', copy: carried }],
  ['both made the same of it', carried, 'b', there('b'), 'update', { type: 'adopt', fate: 'carried' }],
  ['the user deleted it', carried, 'a', undefined, 'mirror', { type: 'keep', reason: 'deleted-at-target', copy: carried }],
  ['the user deleted it and the source changed it', carried, 'b', undefined, 'update', { type: 'keep', reason: 'deleted-at-target', copy: carried }],
  ['killed before the first write', { intended: 'a' }, 'a', undefined, 'update', { type: 'write' }],
  ['killed before the first write over what every mailbox has', { intended: 'a', kept: 'D' }, 'a', given('D'), 'update', { type: 'write' }],
  ['killed after the first write', { intended: 'a' }, 'a', there('a'), 'update', { type: 'stand', copy: copyOf('a', 'a') }],
  ['killed after the first write, and the user changed it', { intended: 'a' }, 'b', there('X'), 'update', { type: 'keep', reason: 'changed-at-target', copy: copyOf('a', 'a') }],
  ['killed before a later write', beingWritten, 'b', there('A'), 'update', { type: 'write' }],
  ['killed before a later write that is no longer wanted', beingWritten, 'a', there('A'), 'update', { type: 'stand', copy: carried }],
  ['killed after a later write', beingWritten, 'b', there('b'), 'update', { type: 'stand', copy: copyOf('b', 'b') }],
  ['killed after a later write, and the source changed it again', beingWritten, 'c', there('b'), 'update', { type: 'write' }],
  ['killed after a later write, and the user deleted it', beingWritten, 'b', undefined, 'update', { type: 'keep', reason: 'deleted-at-target', copy: copyOf('b', 'b') }],
])('%s', (_, record, wanted, found, policy, decision) => {
  expect(planExtra(record, wanted, found, policy)).toEqual(decision)
})

test.each<[string, Record_, string, string, object]>([
  ['half of it was done', beingWritten, 'b', 'half', { type: 'write' }],
  ['half of it was done, and the source changed again', beingWritten, 'c', 'half', { type: 'write' }],
  ['nothing of it was done', beingWritten, 'b', 'A', { type: 'write' }],
  ['all of it was done', beingWritten, 'b', 'b', { type: 'stand', copy: copyOf('b', 'b') }],
  ['the user changed it, and nothing was under way', carried, 'b', 'X', { type: 'keep', reason: 'changed-at-target', copy: carried }],
])('what is written in steps, when %s', (_, record, wanted, found, decision) => expect(planExtra(record, wanted, there(found), 'update', true)).toEqual(decision))
