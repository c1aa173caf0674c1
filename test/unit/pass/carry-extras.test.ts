import { afterEach, beforeEach, expect, test } from 'vitest'
import { Crash, MemoryWorld, type MemoryOptions } from '../../../src/connectors/memory/index.ts'
import { MigrationError, type FailureKind } from '../../../src/core/errors.ts'
import type { Policy } from '../../../src/core/model/rules.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import type { Source } from '../../../src/core/ports/connector.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import type { PassEvent } from '../../../src/core/ports/observer.ts'
import type { MailboxLedger } from '../../../src/store/mailbox-ledger.ts'
import { openStore, type Store } from '../../../src/store/open-store.ts'
import { testContext } from '../memory/context.ts'
import { rulesWith } from '../plan/rules-with.ts'

let store: Store
let ledger: MailboxLedger
let world: MemoryWorld
let events: PassEvent[]

beforeEach(async () => {
  store = await openStore({ path: ':memory:' })
  ledger = await store.mailbox({ sourceUrl: 'memory:source', targetUrl: 'memory:target' })
  world = new MemoryWorld()
  events = []
})

afterEach(() => store.close())

function mailboxes(target: Partial<MemoryOptions> = {}) {
  return { source: world.addMailbox('source', { hasExtras: true }), target: world.addMailbox('target', { hasExtras: true, ...target }) }
}

async function pass(policy: Policy = 'update', change: (source: Source) => Source = (source) => source): Promise<Tally> {
  events = []
  let nowMs = 0
  const clock = { now: () => nowMs, sleep: async (delayMs: number) => void (nowMs += delayMs) }
  const context = { ...testContext(), clock }
  const source = change(await world.openSource({ mailbox: 'source' }, context))
  const target = await world.openTarget({ mailbox: 'target' }, context)
  const governor = createGovernor({ clock, source: source.capabilities, target: target.capabilities })
  const observe = (event: PassEvent) => void events.push(event)
  return runPass({ source, target, ledger, rules: rulesWith({ policy }), verification: 'identity', governor, context, observe })
}

const told = () => events.flatMap((event) => (event.type === 'extra' ? [`${event.kind} ${event.name}: ${event.fate} ${event.reason ?? event.sentence ?? ''}`.trim()] : []))
const texts = (mailbox: { readonly extras: ReadonlyMap<string, { readonly name: string; readonly text: string }> }) =>
  [...mailbox.extras.values()].map(({ name, text }) => `${name}=${text}`)
const failure = (kind: FailureKind) => new MigrationError(kind, `test.${kind}`, { message: `It is ${kind}.`, hint: 'Wait.' })

test('what is beside the items is carried once, folders and all, and then nothing is written', async () => {
  const { source, target } = mailboxes()
  const folder = source.addFolder(['Lists'])
  source.addExtra({ kind: 'category', name: 'Red', text: 'red' })
  source.addExtra({ kind: 'rule', name: 'Lists', text: 'move', folder })
  const { extras } = await pass()
  expect(told()).toEqual(['category Red: carried', 'rule Lists: carried'])
  expect(extras).toEqual({ fates: { carried: 2, alreadyThere: 0, kept: 0, handwork: 0, failed: 0 }, changed: 2 })
  expect([...target.extras.values()].at(-1)?.folder).toBe(target.findFolder(['Lists'])?.id)
  source.renameFolder(['Lists'], ['Mailing lists'])
  target.resetCounters()
  const before = JSON.stringify(await ledger.extras())
  expect((await pass()).extras).toMatchObject({ changed: 0 })
  expect([target.counters.extrasWritten, told(), JSON.stringify(await ledger.extras())]).toEqual([0, [], before])
})

test('what the target has stays, whoever made or changed it', async () => {
  const { source, target } = mailboxes()
  const mine = source.addExtra({ kind: 'rule', name: 'Boss', text: 'flag' })
  const lists = source.addExtra({ kind: 'rule', name: 'Lists', text: 'move' })
  const zone = source.addExtra({ kind: 'setting', name: 'zone', text: 'Berlin' })
  target.addExtra({ kind: 'rule', name: 'Boss', text: 'own' })
  const given = target.addExtra({ kind: 'setting', name: 'zone', text: 'UTC' })
  await pass()
  expect(told()).toEqual(['rule Boss: kept other-at-target', 'rule Lists: carried', 'setting zone: carried'])
  target.extras.set(given, { kind: 'setting', name: 'zone', text: 'Tokyo' })
  const copy = [...target.extras].find(([, { name }]) => name === 'Lists')![0]
  target.extras.delete(copy)
  await pass()
  expect(told()).toEqual(['rule Lists: kept deleted-at-target'])
  for (const id of [mine, lists, zone]) source.extras.set(id, { ...source.extras.get(id)!, text: 'new' })
  await pass()
  expect(told()).toEqual(['setting zone: kept changed-at-target'])
  expect(texts(target)).toEqual(['Boss=own', 'zone=Tokyo'])
})

test('policy add gives what is not there, and changes nothing', async () => {
  const { source, target } = mailboxes()
  source.addExtra({ kind: 'setting', name: 'zone', text: 'Berlin' })
  const red = source.addExtra({ kind: 'category', name: 'Red', text: 'red' })
  target.addExtra({ kind: 'setting', name: 'zone', text: 'UTC' })
  await pass('add')
  expect(texts(target)).toEqual(['zone=UTC', 'Red=red'])
  source.extras.set(red, { kind: 'category', name: 'Red', text: 'dark red' })
  await pass('add')
  expect([told(), texts(target)]).toEqual([[], ['zone=UTC', 'Red=red']])
  await pass('update')
  expect(texts(target)).toEqual(['zone=Berlin', 'Red=dark red'])
})

test('what cannot travel is work for a person, with the commands, as long as it is there', async () => {
  const { source } = mailboxes()
  const id = source.addExtra({ kind: 'permission', name: 'Anna', text: '' })
  const left = source.addFolder(['Left'], { holdsItems: false })
  source.addExtra({ kind: 'rule', name: 'Left', text: 'move', folder: left })
  await pass()
  expect(told()).toEqual(['permission Anna: handwork Give the permission "Anna".', 'rule Left: handwork Its folder did not travel.'])
  expect((await ledger.extras()).find(({ kind }) => kind === 'permission')?.handwork?.commands).toEqual(['allow Anna'])
  source.extras.delete(id)
  expect((await pass()).extras?.fates.handwork).toBe(1)
  expect((await ledger.extras()).map(({ isPresent }) => isPresent)).toEqual([false, true])
})

test('one that fails stops nothing, and is tried again', async () => {
  const { source, target } = mailboxes()
  source.add(['INBOX'], { bytes: Buffer.from('Subject: a\r\n\r\nb') })
  for (const name of ['Red', 'Blue']) source.addExtra({ kind: 'category', name, text: name })
  let writes = 0
  world.faults = ({ name }) => {
    if (name === 'extras.write' && ++writes === 1) throw failure('item')
  }
  const tally = await pass()
  expect([tally.fates.migrated, told()]).toEqual([1, ['category Red: failed test.item', 'category Blue: carried']])
  world.faults = () => undefined
  await pass()
  expect([told(), texts(target)]).toEqual([['category Red: carried'], ['Blue=Blue', 'Red=Red']])
})

test('a write whose answer was lost is looked for before it is written again', async () => {
  const { source, target } = mailboxes()
  source.addExtra({ kind: 'rule', name: 'Lists', text: 'move' })
  source.addExtra({ kind: 'rule', name: 'Lists', text: 'delete' })
  let writes = 0
  world.faults = ({ name }) => {
    if (name === 'extras.write.done' && ++writes <= 2) throw failure('transient')
  }
  await pass()
  expect([told(), texts(target)]).toEqual([['rule Lists: carried', 'rule Lists: carried'], ['Lists=move', 'Lists=delete']])
})

test('trouble that does not end fails what is beside the items, once said for all of it', async () => {
  const { source } = mailboxes()
  source.addExtra({ kind: 'category', name: 'Red', text: 'red' })
  for (const step of ['extras.list', 'extras.find'] as const) {
    world.faults = ({ name }) => {
      if (name === step) throw failure('transient')
    }
    await pass()
    expect(told()).toEqual([`${step === 'extras.list' ? 'any' : 'category'} : failed test.transient`])
  }
  world.faults = () => undefined
  const { extras } = await pass()
  expect([told(), extras?.fates]).toEqual([['category Red: carried'], { carried: 1, alreadyThere: 0, kept: 0, handwork: 0, failed: 0 }])
})

test('a kind that may not be read or written is one line for a person', async () => {
  const { source } = mailboxes()
  for (const name of ['Red', 'Blue']) source.addExtra({ kind: 'category', name, text: name })
  world.faults = ({ name }) => {
    if (name === 'extras.write') throw failure('auth')
  }
  await pass('update', (reader) => {
    const list = reader.listExtras!.bind(reader)
    reader.listExtras = async () => [...(await list()), { type: 'unread', kind: 'rule', error: failure('auth') }]
    return reader
  })
  expect(told()).toEqual(['rule : handwork It is auth. Wait.', 'category : handwork It is auth. Wait.'])
  world.faults = () => undefined
  await pass()
  expect(told()).toEqual(['category Red: carried', 'category Blue: carried'])
  expect((await pass()).extras?.fates.handwork).toBe(0)
})

test.each(['extras.write', 'extras.write.done'] as const)('killed at %s, it goes on without doubling or overwriting', async (at) => {
  const { source, target } = mailboxes({ storedText: (text) => text.toUpperCase() })
  source.addExtra({ kind: 'rule', name: 'Lists', text: 'move' })
  let isDead = false
  world.faults = ({ name }) => {
    isDead ||= name === at
    if (isDead) throw new Crash(name)
  }
  await expect(pass()).rejects.toThrow('crashed')
  world.faults = () => undefined
  await pass()
  expect([told(), texts(target)]).toEqual([['rule Lists: carried'], ['Lists=MOVE']])
  await pass()
  expect([told(), target.counters.extrasWritten]).toEqual([[], 1])
})
