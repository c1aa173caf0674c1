import { afterAll, afterEach, beforeAll, describe, expect, it, type MockInstance, vi } from 'vitest'
import { HttpClient } from '../../../src/connectors/kit/http/http-client.ts'
import { graphConnector } from '../../../src/connectors/graph/index.ts'
import { messageProperties as known } from '../../../src/formats/mapi/message-properties.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import type { ItemRow } from '../../../src/sandbox/mailbox/rows.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { MortalLedger } from '../../simulation/mortal-ledger.ts'
import { Life } from '../../simulation/trouble.ts'
import { everythingIn, TenantPair } from './tenant-pair.ts'

let pair: TenantPair

beforeAll(async () => {
  pair = await TenantPair.start(8, 60)
})

afterEach(() => {
  vi.restoreAllMocks()
  pair.sandbox.profiles.use('none')
})

afterAll(async () => {
  await pair.close()
  expect(pair.defects).toEqual([])
})

async function withLedger(work: (ledger: MailboxLedger) => Promise<void>): Promise<void> {
  const store = await openStore({ path: ':memory:' })
  try {
    await work(await store.mailbox({ sourceUrl: 'm365://a/a', targetUrl: 'm365://b/b' }))
  } finally {
    await store.close()
  }
}

async function conflictsIn(ledger: MailboxLedger): Promise<readonly string[]> {
  const conflicts: string[] = []
  for (const { key } of await ledger.folders()) {
    for await (const { conflict } of ledger.listById(key)) if (conflict !== undefined) conflicts.push(conflict)
  }
  return conflicts
}

function folderId(mailbox: Mailbox, wellKnown: string): number {
  const folder = mailbox.folders.wellKnown(wellKnown)
  if (folder === undefined) throw new Error(`the mailbox has no ${wellKnown}`)
  return folder.id
}

const itemsOf = (mailbox: Mailbox, wellKnown: string): readonly ItemRow[] => mailbox.items.list(folderId(mailbox, wellKnown))

/** The item of a folder that has this subject. */
function itemNamed(mailbox: Mailbox, wellKnown: string, subject: unknown): ItemRow {
  const found = itemsOf(mailbox, wellKnown).find(({ id }) => mailbox.items.head(id).properties.get(known.subject) === subject)
  if (found === undefined) throw new Error('there is no such item')
  return found
}

const subjectOf = (mailbox: Mailbox, { id }: ItemRow): string | undefined => mailbox.items.head(id).properties.get(known.subject)

const setSubject = (mailbox: Mailbox, item: ItemRow, subject: string): void =>
  void mailbox.items.edit(item.id, (properties) => void properties.set(known.subject, subject).set(known.normalizedSubject, subject))

async function statusesOf(send: MockInstance<HttpClient['send']>): Promise<readonly number[]> {
  return Promise.all(send.mock.results.map(async ({ value }) => (await (value as ReturnType<HttpClient['send']>)).status))
}

/** The process ends with the first request of this method. */
function killAt(life: Life, method: string): void {
  const { send } = HttpClient.prototype
  vi.spyOn(HttpClient.prototype, 'send').mockImplementation(function (this: HttpClient, ...args) {
    if (args[0].method === method) life.die(method)
    return send.apply(this, args)
  })
}

describe('from tenant to tenant', () => {
  it('every kind of item arrives as it was, and a second pass has nothing to do', async () => {
    for (const index of [0, 1]) {
      const [source, target] = [pair.source(index), pair.freshTarget()]
      await withLedger(async (ledger) => {
        const send = vi.spyOn(HttpClient.prototype, 'send')
        const tally = await pair.run(source, target, ledger)
        const folders = source.folders.subtree(folderId(source, 'msgfolderroot')).length
        expect(await statusesOf(send)).not.toContain(429)
        expect(tally.pass).toMatchObject({ failed: 0, pending: 0, skipped: 0 })
        expect(everythingIn(target)).toEqual(everythingIn(source))
        const { change } = target
        send.mockClear()
        const again = await pair.run(source, target, ledger)
        // A request for each folder that holds something, and a few to find out what there is; a command to see each one's rights.
        const isCommand = ([{ url }]: Parameters<HttpClient['send']>): boolean => url.includes('/adminapi/')
        const commands = send.mock.calls.filter(isCommand).length
        expect(send.mock.calls.length - commands).toBeLessThan(folders + 14)
        expect(commands).toBeLessThan(folders + 14)
        expect(again.pass).toMatchObject({ migrated: 0, updated: 0, unchanged: tally.pass.migrated })
        expect(target.change).toBe(change)
        vi.restoreAllMocks()
      })
    }
  })

  it('what changed at the source is changed in place: edits, flags, moves and deletions', async () => {
    const [source, target] = [pair.source(2), pair.freshTarget()]
    await withLedger(async (ledger) => {
      await pair.run(source, target, ledger)
      const [edited, flagged, moved, deleted] = itemsOf(source, 'inbox')
      const [contact, carried] = itemsOf(source, 'contacts')
      if (!edited || !flagged || !moved || !deleted || !contact || !carried) throw new Error('too few items were seeded')
      setSubject(source, edited, 'edited at the source')
      source.items.edit(flagged.id, (properties) => void properties.set(known.flagStatus, 2).set(known.messageFlags, 1))
      source.items.move(moved.id, folderId(source, 'archive'))
      source.items.remove(deleted.id)
      setSubject(source, contact, 'renamed at the source')
      const other = source.folders.create(folderId(source, 'contacts'), { name: 'Others', folderClass: 'IPF.Contact' })
      source.items.move(carried.id, other.id)
      const tally = await pair.run(source, target, ledger, { rules: { policy: 'mirror' } })
      expect(tally.pass).toMatchObject({ failed: 0, pending: 0, migrated: 0, updated: 3 })
      expect(everythingIn(target)).toEqual(everythingIn(source))
    })
  })

  it('what the user changed or deleted at the target stays so, and is told as a conflict', async () => {
    const [source, target] = [pair.source(3), pair.freshTarget()]
    await withLedger(async (ledger) => {
      await pair.run(source, target, ledger)
      const [first, second] = itemsOf(source, 'inbox')
      if (!first || !second) throw new Error('too few items were seeded')
      const [touched, removed] = [first, second].map((item) => itemNamed(target, 'inbox', subjectOf(source, item)))
      if (!touched || !removed) throw new Error('they were not migrated')
      setSubject(target, touched, 'edited at the target')
      target.items.remove(removed.id)
      setSubject(source, first, 'edited at the source')
      setSubject(source, second, 'edited at the source, too')
      pair.events.length = 0
      const tally = await pair.run(source, target, ledger)
      expect(tally.pass).toMatchObject({ failed: 0, pending: 0, migrated: 0 })
      const told = pair.events.flatMap((event) => (event.type === 'conflict' ? [`${event.path.join('/')}: ${event.reason}`] : []))
      expect(told.toSorted()).toEqual(['INBOX: changed-at-target', 'INBOX: deleted-at-target'])
      expect(itemNamed(target, 'inbox', 'edited at the target').id).toBe(touched.id)
      expect(itemsOf(target, 'inbox').map((item) => subjectOf(target, item))).not.toContain('edited at the source, too')
      expect((await conflictsIn(ledger)).toSorted()).toEqual(['changed-at-target', 'deleted-at-target'])
    })
  })

  it('a copy is looked at as the server has it', async () => {
    const [source, target] = [pair.source(6), pair.freshTarget()]
    await withLedger((ledger) => pair.run(source, target, ledger).then(() => undefined))
    const side = await graphConnector.openTarget(pair.configOf('target', target), pair.context())
    const folders = await side.discover()
    expect(folders.find(({ role }) => role === 'calendar')).toMatchObject({ itemType: 'event', path: ['Calendar'] })
    const inbox = folders.find(({ role }) => role === 'inbox')
    if (inbox === undefined) throw new Error('there is no inbox')
    const refs = []
    for await (const page of side.enumerate(inbox)) refs.push(...page.refs)
    expect(refs).toHaveLength(inbox.status?.items ?? 0)
    const ids = refs.map(({ id }) => id)
    expect(await side.inspect(inbox.id, ids)).toEqual(new Map(refs.map((ref) => [ref.id, ref])))
    const [touched, removed] = itemsOf(target, 'inbox')
    if (!touched || !removed) throw new Error('too few items were migrated')
    setSubject(target, touched, 'touched')
    target.items.remove(removed.id)
    const now = await side.inspect(inbox.id, ids)
    expect(now.size).toBe(ids.length - 1)
    expect(refs.filter(({ id, version }) => now.get(id)?.version !== version)).toHaveLength(2)
    expect(await side.inspect(inbox.id, [ids[0] as never])).toHaveProperty('size', now.has(ids[0] as never) ? 1 : 0)
    await side.close()
  })

  it('killed at whichever durable step and resumed, each item is there once', async () => {
    const source = pair.source(4)
    for (const step of [5, 9, 14, 20]) {
      const target = pair.freshTarget()
      await withLedger(async (ledger) => {
        const life = new Life()
        const mortal = new MortalLedger(ledger, life, { step, when: step % 2 === 0 ? 'before' : 'after' })
        const first = await pair.run(source, target, mortal.ledger, { signal: life.signal }).catch((error: unknown) => error)
        expect([step, first]).toMatchObject([step, { name: 'Crash' }])
        const tally = await pair.run(source, target, ledger)
        expect(tally.fates).toMatchObject({ pending: 0, failed: 0 })
        expect(everythingIn(target)).toEqual(everythingIn(source))
      })
    }
  })

  it.each(['update', 'mirror'] as const)('killed between the two halves of a move and resumed, a contact is there once (%s)', async (policy) => {
    const [source, target] = [pair.source(policy === 'update' ? 6 : 7), pair.freshTarget()]
    await withLedger(async (ledger) => {
      await pair.run(source, target, ledger)
      const [moved] = itemsOf(source, 'contacts')
      if (!moved) throw new Error('too few items were seeded')
      const other = source.folders.create(folderId(source, 'contacts'), { name: 'Others', folderClass: 'IPF.Contact' })
      source.items.move(moved.id, other.id)
      const life = new Life()
      // No interface moves contacts: there are two of it when the old one is about to be removed.
      killAt(life, 'DELETE')
      const killed = await pair.run(source, target, ledger, { rules: { policy }, signal: life.signal }).catch((error: unknown) => error)
      expect([killed, everythingIn(target).length]).toMatchObject([{ name: 'Crash' }, everythingIn(source).length + 1])
      vi.restoreAllMocks()
      expect((await pair.run(source, target, ledger, { rules: { policy } })).fates).toMatchObject({ pending: 0, failed: 0 })
      expect(everythingIn(target)).toEqual(everythingIn(source))
    })
  })

  it.each(['throttled', 'flaky'] as const)('in a tenant that is %s each item arrives once', async (profile) => {
    const [source, target] = [pair.source(5), pair.freshTarget()]
    await withLedger(async (ledger) => {
      pair.sandbox.profiles.use(profile)
      await pair.run(source, target, ledger)
      expect(everythingIn(target)).toEqual(everythingIn(source))
      const [edited] = itemsOf(source, 'inbox')
      if (!edited) throw new Error('too few items were seeded')
      setSubject(source, edited, `edited while ${profile}`)
      await pair.run(source, target, ledger)
      expect(everythingIn(target)).toEqual(everythingIn(source))
    })
  })
})
