import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Entry } from '../../../src/core/model/entry.ts'
import type { Decision } from '../../../src/core/ports/ledger.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { copied, cursor, description, digestOf, folder, folderId, itemId, name, ref } from './world.ts'

let store: Store
let ledger: MailboxLedger
let inbox: number

beforeEach(async () => {
  store = await openStore({ path: ':memory:' })
  ledger = await store.mailbox(name)
  inbox = (await ledger.saveFolder(folder('INBOX'))).key
})
afterEach(() => store.close())

const create = (id: string, fields?: Parameters<typeof ref>[1]): Decision => ({
  ref: ref(id, fields),
  decision: { type: 'create' },
})
const decide = (id: string, decision: Decision['decision'], fields?: Parameters<typeof ref>[1]): Decision => ({
  ref: ref(id, fields),
  decision,
})

async function entry(id: string): Promise<Entry> {
  const found = (await ledger.entries(inbox, [itemId(id)])).get(itemId(id))
  if (!found) throw new Error(`no entry ${id}`)
  return found
}

/** An item carried over in pass 1. */
async function migrated(id: string, targetId = `t-${id}`): Promise<Entry> {
  await ledger.record(inbox, 1, [create(id)])
  await ledger.settle(1, [copied((await entry(id)).key, targetId)])
  return entry(id)
}

describe('passes and folders', () => {
  test('passes are numbered from 1 and end with their result', async () => {
    expect(await ledger.startPass(10, '{"policy":"update"}')).toBe(1)
    expect(await ledger.startPass(20, '{}')).toBe(2)
    await ledger.endPass(1, 15, 'finished', '{"migrated":3}')
    expect(await ledger.passes()).toEqual([
      {
        number: 1,
        startedAtMs: 10,
        settings: '{"policy":"update"}',
        endedAtMs: 15,
        result: 'finished',
        counts: '{"migrated":3}',
      },
      { number: 2, startedAtMs: 20, settings: '{}' },
    ])
    await expect(ledger.endPass(3, 1, '', '')).rejects.toThrow('no pass 3')
  })

  test('a folder is saved by its source id and keeps its key', async () => {
    const full = {
      ...folder('Work/Ümläute'),
      role: 'sent' as const,
      targetId: folderId('t:9'),
      skippedBy: 'exclude',
      cursor: cursor('c1'),
      isPresent: false,
    }
    const saved = await ledger.saveFolder(full)
    expect(saved).toEqual({ key: saved.key, ...full })
    const again = await ledger.saveFolder(folder('Work/Ümläute'))
    expect(again).toEqual({ key: saved.key, ...folder('Work/Ümläute') })
    await ledger.advance(saved.key, cursor('c2'))
    expect(await ledger.folders()).toEqual([
      { key: inbox, ...folder('INBOX') },
      { ...again, cursor: 'c2' },
    ])
    await ledger.advance(saved.key, undefined)
    expect((await ledger.folders())[1]).not.toHaveProperty('cursor')
  })
})

describe('record', () => {
  test('a new ref becomes an entry with the task create, and is kept in full', async () => {
    const plain = ref('1')
    const odd = ref('2', {
      version: 'etag-7',
      keywords: ['$flagged', 'with space'],
      receivedAt: { epochMs: -5, offsetMinutes: -570 },
    })
    const none = ref('3', { keywords: [] })
    await ledger.record(
      inbox,
      1,
      [plain, odd, none].map((each) => ({ ref: each, decision: { type: 'create' } })),
    )
    expect(await ledger.pending(inbox, 'create', 0, 10)).toEqual([
      { key: 1, folder: inbox, ref: plain, task: 'create', seenPass: 1 },
      { key: 2, folder: inbox, ref: odd, task: 'create', seenPass: 1 },
      { key: 3, folder: inbox, ref: none, task: 'create', seenPass: 1 },
    ])
    expect(await ledger.pending(inbox, 'create', 1, 1)).toMatchObject([{ key: 2 }])
    expect(await ledger.pendingCounts()).toEqual([{ folder: inbox, task: 'create', items: 3, sizeBytes: 3_000 }])
  })

  test('keys grow over folders and are never given twice', async () => {
    const other = (await ledger.saveFolder(folder('Other'))).key
    await ledger.record(inbox, 1, [create('1'), create('2')])
    await ledger.record(other, 1, [create('1')])
    expect((await ledger.pending(other, 'create', 0, 9)).map(({ key }) => key)).toEqual([3])
    await ledger.recordGone(other, 1, [itemId('1')])
    await ledger.settle(1, [copied(1, 'a', { replaces: 3 })])
    await ledger.record(inbox, 1, [create('3')])
    expect((await entry('3')).key).toBe(4)
  })

  test('a skipped ref has its rule', async () => {
    await ledger.record(inbox, 1, [decide('1', { type: 'skip', rule: 'too-old' })])
    expect(await entry('1')).toMatchObject({ fate: 'skipped', reason: 'too-old', fatePass: 1 })
    await ledger.record(inbox, 2, [decide('1', { type: 'skip', rule: 'too-large' })])
    expect(await entry('1')).toMatchObject({ fate: 'skipped', reason: 'too-large', fatePass: 1, seenPass: 2 })
    await ledger.record(inbox, 3, [decide('1', { type: 'create' })])
    expect(await entry('1')).toMatchObject({ task: 'create', seenPass: 3 })
    expect(await entry('1')).not.toHaveProperty('fate')
    expect(await entry('1')).not.toHaveProperty('reason')
  })

  test('recording a page again changes nothing but when it was seen', async () => {
    await ledger.record(inbox, 1, [create('1')])
    await migrated('2')
    const before = [await entry('1'), await entry('2')]
    await ledger.record(inbox, 2, [create('1'), create('2')])
    expect([await entry('1'), await entry('2')]).toEqual(before.map((each) => ({ ...each, seenPass: 2 })))
  })

  test('an update of a carried item sets version and task, and keep with a new version does not', async () => {
    await migrated('1')
    const changed = { keywords: ['$flagged', '$seen'] }
    await ledger.record(inbox, 2, [decide('1', { type: 'keep' }, changed)])
    expect(await entry('1')).toMatchObject({ ref: { version: '$seen' }, seenPass: 2 })
    await ledger.record(inbox, 2, [decide('1', { type: 'update' }, changed)])
    expect(await entry('1')).toMatchObject({
      ref: { version: '$flagged $seen', keywords: ['$flagged', '$seen'] },
      fate: 'migrated',
      fatePass: 1,
      task: 'update',
      targetVersion: '$seen',
    })
  })

  test('an update does not replace the task redate', async () => {
    const { key } = await migrated('1')
    await ledger.settle(1, [copied(key, 't-1', { fate: 'alreadyThere', task: 'redate' })])
    await ledger.record(inbox, 2, [decide('1', { type: 'update' }, { keywords: [] })])
    expect(await entry('1')).toMatchObject({ task: 'redate', ref: { version: '' } })
  })

  test('a pending item that changed takes the ref and stays pending; a rule can skip it', async () => {
    await ledger.record(inbox, 1, [create('1')])
    await ledger.record(inbox, 2, [create('1', { keywords: [] })])
    expect(await entry('1')).toMatchObject({ task: 'create', ref: { version: '' } })
    await ledger.record(inbox, 2, [decide('1', { type: 'skip', rule: 'excluded' })])
    expect(await entry('1')).toMatchObject({ fate: 'skipped', reason: 'excluded', fatePass: 2 })
    expect(await ledger.pendingCounts()).toEqual([])
  })

  test('a rule does not skip what was carried', async () => {
    await migrated('1')
    await ledger.record(inbox, 2, [decide('1', { type: 'skip', rule: 'too-old' })])
    expect(await entry('1')).toMatchObject({ fate: 'migrated', fatePass: 1 })
  })

  test('a failed item is opened again by create', async () => {
    await ledger.record(inbox, 1, [create('1')])
    await ledger.settle(1, [{ type: 'failed', key: 1, code: 'imap.append.refused', hint: 'Ask.' }])
    await ledger.record(inbox, 2, [decide('1', { type: 'keep' })])
    expect(await entry('1')).toMatchObject({ fate: 'failed', reason: 'imap.append.refused', hint: 'Ask.', fatePass: 1 })
    await ledger.record(inbox, 2, [create('1')])
    const reopened = await entry('1')
    expect(reopened).toMatchObject({ task: 'create' })
    for (const field of ['fate', 'reason', 'hint', 'fatePass']) expect(reopened).not.toHaveProperty(field)
  })

  test('what is gone and seen again comes back, with its copy if it has one', async () => {
    await migrated('1')
    await ledger.record(inbox, 1, [create('2')])
    expect(await ledger.recordGone(inbox, 2, [itemId('1'), itemId('2'), itemId('never')])).toBe(2)
    expect(await ledger.countOrphans()).toBe(1)
    await ledger.record(inbox, 3, [create('1'), decide('2', { type: 'keep' })])
    expect(await entry('1')).toMatchObject({ fate: 'migrated', fatePass: 3, targetId: 't-1' })
    expect(await entry('1')).not.toHaveProperty('task')
    expect(await entry('2')).toMatchObject({ task: 'create', seenPass: 3 })
    expect(await ledger.countOrphans()).toBe(0)
  })

  test('what comes back changed is updated', async () => {
    await migrated('1')
    await ledger.recordGone(inbox, 2, [itemId('1')])
    await ledger.record(inbox, 3, [create('1', { keywords: [] })])
    expect(await entry('1')).toMatchObject({ fate: 'migrated', task: 'update', ref: { version: '' } })
  })

  test('a decision about an unknown item is a defect and leaves nothing', async () => {
    await expect(ledger.record(inbox, 1, [create('1'), decide('9', { type: 'keep' })])).rejects.toThrow('does not know')
    expect((await ledger.tally(1)).source).toBe(0)
    await ledger.record(inbox, 1, [create('1')])
    expect((await entry('1')).key).toBe(1)
  })
})

describe('what is gone', () => {
  test('recordUnseen takes what the pass did not name, once', async () => {
    await migrated('1')
    await ledger.record(inbox, 1, [create('2'), create('3'), decide('4', { type: 'skip', rule: 'r' })])
    await ledger.record(inbox, 2, [decide('3', { type: 'keep' })])
    expect(await ledger.recordUnseen(inbox, 2)).toBe(3)
    expect(await ledger.recordUnseen(inbox, 2)).toBe(0)
    expect(await entry('1')).toMatchObject({ fate: 'gone', fatePass: 2, targetId: 't-1' })
    expect(await entry('2')).not.toHaveProperty('task')
    expect(await entry('4')).not.toHaveProperty('reason')
    expect(await entry('3')).toMatchObject({ task: 'create' })
  })

  test('recordSeen keeps what is still there, brings nothing back and makes nothing known', async () => {
    await ledger.record(inbox, 1, [create('1'), create('2'), create('3')])
    await ledger.recordGone(inbox, 1, [itemId('3')])
    await ledger.recordSeen(inbox, 2, ['1', '3', 'never'].map(itemId))
    expect(await ledger.recordUnseen(inbox, 2)).toBe(1)
    expect(await entry('1')).toMatchObject({ task: 'create' })
    expect(await entry('2')).toMatchObject({ fate: 'gone', fatePass: 2 })
    expect(await entry('3')).toMatchObject({ fate: 'gone', fatePass: 1 })
    expect((await ledger.entries(inbox, [itemId('never')])).size).toBe(0)
  })

  test('an orphan is found by its identity, and its copy can be taken over', async () => {
    await migrated('1')
    await ledger.recordGone(inbox, 2, [itemId('1')])
    expect(await ledger.orphans(['identity-t-1', 'other'])).toEqual(new Map([['identity-t-1', [await entry('1')]]]))
    await ledger.record(inbox, 2, [create('moved')])
    await ledger.settle(2, [copied(2, 't-1', { fate: 'alreadyThere', replaces: 1, proof: 'found' })])
    expect(await ledger.entries(inbox, [itemId('1')])).toEqual(new Map())
    expect(await entry('moved')).toMatchObject({ fate: 'alreadyThere', targetId: 't-1', fatePass: 2 })
    expect(await ledger.countOrphans()).toBe(0)
  })

  test('mirror removes orphans, but for conflicts', async () => {
    await migrated('1')
    await migrated('2')
    await migrated('3')
    await ledger.record(inbox, 1, [create('4')])
    await ledger.recordGone(inbox, 2, ['1', '2', '4'].map(itemId))
    expect(await ledger.scheduleRemovals(2)).toBe(2)
    expect(await ledger.pending(inbox, 'remove', 0, 9)).toMatchObject([{ ref: { id: '1' } }, { ref: { id: '2' } }])
    await ledger.settle(2, [
      { type: 'removed', key: 1 },
      { type: 'removed', key: 2, conflict: 'changed at the target' },
    ])
    expect(await entry('1')).toMatchObject({ fate: 'gone', digest: digestOf('t-1') })
    expect(await entry('1')).not.toHaveProperty('targetId')
    expect(await entry('2')).toMatchObject({ fate: 'gone', targetId: 't-2', conflict: 'changed at the target' })
    expect(await ledger.scheduleRemovals(3)).toBe(0)
    expect(await ledger.unclaimed(folderId('t:INBOX'), ['t-1', 't-2', 't-3'].map(itemId))).toEqual(['t-1'])
  })

  test('a removal that failed is still gone, and is scheduled again', async () => {
    await migrated('1')
    await ledger.recordGone(inbox, 2, [itemId('1')])
    await ledger.scheduleRemovals(2)
    await ledger.settle(2, [{ type: 'failed', key: 1, code: 'imap.expunge.refused', hint: 'Ask.' }])
    expect(await entry('1')).toMatchObject({ fate: 'gone', reason: 'imap.expunge.refused' })
    expect(await ledger.scheduleRemovals(3)).toBe(1)
  })

  test('an item deleted while it was on its way is gone with an orphaned copy', async () => {
    await ledger.record(inbox, 1, [create('1')])
    await ledger.recordGone(inbox, 1, [itemId('1')])
    await ledger.settle(1, [copied(1, 't-1')])
    expect(await entry('1')).toMatchObject({ fate: 'gone', targetId: 't-1' })
    expect(await ledger.countOrphans()).toBe(1)
  })
})

describe('settle', () => {
  test('a copy is kept in full', async () => {
    await ledger.record(inbox, 1, [create('1')])
    const settlement = copied(1, 't-1', {
      altered: 'nul',
      task: 'update',
      description: { ...description('i'), subject: `x\0${'y'.repeat(400)}` },
    })
    await ledger.settle(1, [settlement])
    expect(await entry('1')).toEqual({
      key: 1,
      folder: inbox,
      ref: ref('1'),
      fate: 'migrated',
      task: 'update',
      targetFolderId: 't:INBOX',
      targetId: 't-1',
      targetVersion: '$seen',
      digest: settlement.digest,
      contentBytes: 1_001,
      altered: 'nul',
      proof: 'answered',
      description: { ...description('i'), subject: `x\uFFFD${'y'.repeat(298)}` },
      seenPass: 1,
      fatePass: 1,
    })
  })

  test('two entries never claim one copy: a defect, and nothing of the call remains', async () => {
    await migrated('1')
    await ledger.record(inbox, 1, [create('2'), create('3')])
    await expect(ledger.settle(1, [copied(2, 't-2'), copied(3, 't-1')])).rejects.toThrow('ledger constraint broken')
    expect(await entry('1')).toMatchObject({ targetId: 't-1' })
    expect(await entry('2')).not.toHaveProperty('fate')
    const other = { targetFolderId: folderId('t:Other') }
    await ledger.settle(1, [copied(2, 't-2'), copied(3, 't-1', other)])
    expect(await entry('3')).toMatchObject({ targetId: 't-1', targetFolderId: 't:Other' })
  })

  test('a settlement of an unknown key is a defect', async () => {
    await expect(ledger.settle(1, [copied(7, 't')])).rejects.toThrow('no entry has the key 7')
    await expect(ledger.settle(1, [{ type: 'verified', key: 7, proof: 're-read' }])).rejects.toThrow('the key 7')
  })

  test('an update counts only when something was written, and leaves the fate alone', async () => {
    const { key } = await migrated('1')
    await ledger.record(inbox, 2, [decide('1', { type: 'update' }, { keywords: [] })])
    await ledger.settle(2, [{ type: 'updated', key, targetVersion: '', didWrite: false }])
    expect(await entry('1')).toMatchObject({ fate: 'migrated', fatePass: 1, targetVersion: '' })
    expect(await entry('1')).not.toHaveProperty('updatePass')
    await ledger.settle(3, [{ type: 'updated', key, targetVersion: 'x', didWrite: true, targetId: itemId('t-9') }])
    expect(await entry('1')).toMatchObject({ fatePass: 1, updatePass: 3, targetVersion: 'x', targetId: 't-9' })
    await ledger.settle(4, [{ type: 'updated', key, targetVersion: 'y', didWrite: false, conflict: 'both changed' }])
    expect(await entry('1')).toMatchObject({ conflict: 'both changed', updatePass: 3 })
    await ledger.settle(5, [{ type: 'updated', key, targetVersion: 'z', altered: 'nul', didWrite: true }])
    expect(await entry('1')).toMatchObject({ altered: 'nul' })
    expect(await entry('1')).not.toHaveProperty('conflict')
    await ledger.settle(6, [{ type: 'updated', key, targetVersion: 'z', didWrite: false }])
    expect(await entry('1')).not.toHaveProperty('altered')
  })

  test('a failed update is reopened as what it was', async () => {
    const { key } = await migrated('1')
    await ledger.record(inbox, 2, [decide('1', { type: 'update' }, { keywords: [] })])
    await ledger.settle(2, [{ type: 'failed', key, code: 'c', hint: 'h' }])
    expect(await entry('1')).toMatchObject({ fate: 'failed', fatePass: 2, targetId: 't-1' })
    await ledger.reopen(3, [key])
    expect(await entry('1')).toMatchObject({ fate: 'migrated', task: 'update', targetId: 't-1' })
    await ledger.settle(3, [{ type: 'updated', key, targetVersion: '', didWrite: true }])
    expect((await ledger.tally(3)).pass).toMatchObject({ updated: 1, migrated: 0 })
  })

  test('a copy that verification refused is created anew', async () => {
    const { key } = await migrated('1')
    await ledger.settle(1, [{ type: 'failed', key, code: 'verify.differs', hint: 'h' }])
    await ledger.reopen(2, [key])
    expect(await entry('1')).toMatchObject({ task: 'create', description: description('identity-t-1') })
    for (const field of ['fate', 'targetId', 'reason']) expect(await entry('1')).not.toHaveProperty(field)
    await ledger.settle(2, [copied(key, 't-9')])
    expect(await entry('1')).toMatchObject({ fate: 'migrated', fatePass: 2, targetId: 't-9' })
    expect(await ledger.unclaimed(folderId('t:INBOX'), [itemId('t-1'), itemId('t-9')])).toEqual(['t-1'])
  })

  test('reopen gives up a lost copy, and leaves alone what is gone or pending', async () => {
    await migrated('1')
    await migrated('2')
    await ledger.record(inbox, 1, [create('3')])
    await ledger.recordGone(inbox, 2, [itemId('2')])
    const before = [await entry('2'), await entry('3')]
    await ledger.reopen(2, [1, 2, 3])
    expect(await entry('1')).toMatchObject({ task: 'create' })
    expect(await entry('1')).not.toHaveProperty('targetId')
    expect([await entry('2'), await entry('3')]).toEqual(before)
  })

  test('a redated copy supersedes the old one, which stays claimed until it is cleared', async () => {
    const { key } = await migrated('1')
    await ledger.settle(2, [copied(key, 't-2', { task: 'clear', supersededId: itemId('t-1') })])
    expect(await entry('1')).toMatchObject({
      fate: 'migrated',
      fatePass: 1,
      updatePass: 2,
      task: 'clear',
      supersededId: 't-1',
    })
    expect(await ledger.unclaimed(folderId('t:INBOX'), ['t-1', 't-2', 't-3'].map(itemId))).toEqual(['t-3'])
    expect(await ledger.claims()).toEqual([{ targetFolderId: 't:INBOX', items: 2 }])
    await ledger.record(inbox, 3, [decide('1', { type: 'update' }, { keywords: [] })])
    await ledger.settle(3, [{ type: 'updated', key, targetVersion: '', didWrite: true }])
    expect(await entry('1')).toMatchObject({ task: 'clear', supersededId: 't-1' })
    await ledger.recordGone(inbox, 3, [itemId('1')])
    expect(await ledger.scheduleRemovals(3)).toBe(0)
    await ledger.settle(3, [{ type: 'removed', key }])
    expect(await entry('1')).toMatchObject({ fate: 'gone', targetId: 't-2' })
    expect(await entry('1')).not.toHaveProperty('supersededId')
    expect(await ledger.scheduleRemovals(3)).toBe(1)
    expect(await ledger.claims()).toEqual([{ targetFolderId: 't:INBOX', items: 1 }])
  })

  test('verified sets how it was proven', async () => {
    const { key } = await migrated('1')
    await ledger.settle(1, [{ type: 'verified', key, proof: 're-read', altered: 'line-ends' }])
    expect(await entry('1')).toMatchObject({ fate: 'migrated', proof: 're-read', altered: 'line-ends' })
    await ledger.settle(1, [{ type: 'verified', key, proof: 're-read' }])
    expect(await entry('1')).not.toHaveProperty('altered')
  })

  test('skipped and gone end a pending item', async () => {
    await ledger.record(inbox, 1, [create('1'), create('2')])
    await ledger.settle(1, [
      { type: 'skipped', key: 1, rule: 'too-large' },
      { type: 'gone', key: 2 },
    ])
    expect(await entry('1')).toMatchObject({ fate: 'skipped', reason: 'too-large', fatePass: 1 })
    expect(await entry('2')).toMatchObject({ fate: 'gone', fatePass: 1 })
    await ledger.describe([{ key: 1, description: description('d') }])
    expect(await entry('1')).toMatchObject({ description: description('d') })
  })

  test('settled gives entries of a fate, of a folder, in order of key', async () => {
    const other = (await ledger.saveFolder(folder('Other'))).key
    await migrated('1')
    await ledger.record(other, 1, [decide('x', { type: 'skip', rule: 'r' })])
    await migrated('2')
    await ledger.record(inbox, 1, [create('3')])
    const keys = async (...args: Parameters<MailboxLedger['settled']>) =>
      (await ledger.settled(...args)).map(({ key }) => key)
    expect(await keys(undefined, undefined, 0, 9)).toEqual([1, 2, 3])
    expect(await keys('migrated', undefined, 0, 9)).toEqual([1, 3])
    expect(await keys('migrated', undefined, 1, 9)).toEqual([3])
    expect(await keys(undefined, other, 0, 9)).toEqual([2])
    expect(await keys('skipped', inbox, 0, 9)).toEqual([])
    expect(await keys(undefined, undefined, 0, 2)).toEqual([1, 2])
  })
})

describe('the target index', () => {
  const into = folderId('t:INBOX')
  const indexed = (id: string, identity: string) => ({ ref: ref(id, { folderId: into }), identity })

  test('gives unclaimed items by identity, equal ones each', async () => {
    expect(await ledger.candidates(into, ['a'])).toEqual(new Map())
    await ledger.indexTarget(into, [indexed('1', 'a'), indexed('2', 'a')], true)
    await ledger.indexTarget(into, [indexed('3', 'b'), indexed('3', 'b')], false)
    expect(await ledger.candidates(into, ['a', 'a', 'b', 'c'])).toEqual(
      new Map([
        ['a', [indexed('1', 'a'), indexed('2', 'a')]],
        ['b', [indexed('3', 'b')]],
      ]),
    )
    expect(await ledger.candidates(folderId('t:Other'), ['a'])).toEqual(new Map())
    const other = await store.mailbox({ ...name, targetUrl: 'imaps://bert@new.example' })
    await other.indexTarget(into, [], true)
    expect(await other.candidates(into, ['a'])).toEqual(new Map())
    expect(await ledger.claims()).toEqual([])
  })

  test('leaves out what was claimed or superseded since', async () => {
    await ledger.indexTarget(into, [indexed('1', 'a'), indexed('2', 'a'), indexed('3', 'a')], true)
    await ledger.record(inbox, 1, [create('x')])
    await ledger.settle(1, [copied(1, '1')])
    await ledger.settle(1, [copied(1, '2', { supersededId: itemId('1'), task: 'clear' })])
    expect(await ledger.candidates(into, ['a'])).toEqual(new Map([['a', [indexed('3', 'a')]]]))
    await ledger.indexTarget(into, [], true)
    expect(await ledger.candidates(into, ['a'])).toEqual(new Map())
  })
})

test('tally counts fates of all passes and what this one did', async () => {
  await migrated('1')
  await migrated('2')
  await ledger.record(
    inbox,
    1,
    ['3', '4', '5', '6'].map((id) => create(id)),
  )
  await ledger.settle(1, [
    copied(3, 'adopted', { fate: 'alreadyThere' }),
    { type: 'failed', key: 4, code: 'c', hint: 'h' },
    { type: 'skipped', key: 5, rule: 'r' },
  ])
  expect(await ledger.tally(1)).toEqual({
    source: 6,
    sourceBytes: 6_000,
    fates: { migrated: 2, alreadyThere: 1, skipped: 1, failed: 1, gone: 0, pending: 1 },
    pass: { migrated: 2, alreadyThere: 1, updated: 0, unchanged: 0, skipped: 1, failed: 1, gone: 0, pending: 1 },
  })
  await ledger.recordGone(inbox, 2, [itemId('6')])
  await ledger.settle(2, [{ type: 'updated', key: 1, targetVersion: '', didWrite: true }])
  expect(await ledger.tally(2)).toMatchObject({
    fates: { migrated: 2, alreadyThere: 1, skipped: 1, failed: 1, gone: 1, pending: 0 },
    pass: { migrated: 0, alreadyThere: 0, updated: 1, unchanged: 2, skipped: 1, failed: 1, gone: 1, pending: 0 },
  })
})

test('mailboxes of one store do not see each other', async () => {
  await migrated('1')
  const other = await store.mailbox({ ...name, targetUrl: 'imaps://bert@new.example' })
  expect((await other.tally(1)).source).toBe(0)
  const folderKey = (await other.saveFolder(folder('INBOX'))).key
  await other.record(folderKey, 1, [create('1')])
  await other.settle(1, [copied(1, 't-1')])
  expect((await other.tally(1)).source).toBe(1)
  expect(await other.startPass(1, '{}')).toBe(1)
  expect((await store.mailboxes()).map((each) => each.name.targetUrl)).toEqual([
    name.targetUrl,
    'imaps://bert@new.example',
  ])
  expect(await store.mailbox(name)).toBe(ledger)
  expect(await store.findMailbox({ sourceUrl: 'x', targetUrl: 'y' })).toBeUndefined()
})
