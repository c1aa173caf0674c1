import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MemoryMailbox, MemoryWorld } from '../../../src/connectors/memory/index.ts'
import type { Form } from '../../../src/core/model/form.ts'
import type { Policy } from '../../../src/core/model/rules.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import type { PassEvent } from '../../../src/core/ports/observer.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { testContext } from '../memory/context.ts'
import { rulesWith } from '../plan/rules-with.ts'

let store: Store
let world: MemoryWorld
let source: MemoryMailbox
let target: MemoryMailbox

beforeEach(async () => {
  store = await openStore({ path: ':memory:' })
  world = new MemoryWorld()
  source = world.addMailbox('source')
  target = world.addMailbox('target')
})

afterEach(() => store.close())

const bytesOf = (subject: string) => Buffer.from(`Subject: ${subject}\r\nDate: Fri, 01 Jan 2016 12:00:00 +0000\r\n\r\n${subject}\r\n`)
const idOf = (mailbox: MemoryMailbox, subject: string) => mailbox.contents().find(({ bytes }) => Buffer.from(bytes).includes(subject))!.id

/** The conflicts that a pass told of, and how many its sums have. */
async function pass(form: Form, policy: Policy): Promise<{ readonly told: readonly PassEvent[]; readonly standing: number }> {
  const told: PassEvent[] = []
  const context = testContext()
  const ledger = await store.mailbox({ sourceUrl: 'memory:source', targetUrl: 'memory:target' })
  const [from, into] = [await world.openSource({ mailbox: 'source' }, context, form), await world.openTarget({ mailbox: 'target' }, context, form)]
  const governor = createGovernor({ clock: context.clock, source: from.capabilities, target: into.capabilities })
  const observe = (event: PassEvent): void => void (event.type === 'conflict' && told.push(event))
  const { conflicts = 0 } = await runPass({ source: from, target: into, ledger, rules: rulesWith({ policy }), verification: 'identity', governor, context, observe })
  return { told, standing: conflicts }
}

describe.each(['mail', 'exchange'] as const)('in the form %s', (form) => {
  test('whoever watches is told of each change that is not carried, once', async () => {
    for (const subject of ['deleted', 'touched', 'plain']) source.add(['Lists'], { bytes: bytesOf(subject), keywords: ['$seen'] })
    expect(await pass(form, 'mirror')).toEqual({ told: [], standing: 0 })
    const [deleted, touched] = [idOf(source, 'deleted'), idOf(source, 'touched')]
    target.remove(idOf(target, 'deleted'))
    target.setKeywords(idOf(target, 'touched'), ['$flagged'])
    source.setKeywords(deleted, ['$answered'])
    source.setKeywords(idOf(source, 'plain'), ['$answered'])
    source.remove(touched)
    const { told, standing } = await pass(form, 'mirror')
    expect(told).toHaveLength(2)
    expect(told).toContainEqual({ type: 'conflict', path: ['Lists'], sourceId: deleted, reason: 'deleted-at-target' })
    expect(told).toContainEqual({ type: 'conflict', path: ['Lists'], sourceId: touched, reason: 'changed-at-target' })
    // They stand, and are no news.
    expect([standing, await pass(form, 'mirror')]).toEqual([2, { told: [], standing: 2 }])
    // Until the source has some.
    source.setKeywords(deleted, ['$flagged'])
    expect(await pass(form, 'mirror')).toMatchObject({ told: [{ sourceId: deleted, reason: 'deleted-at-target' }], standing: 2 })
  })
})

test('of items that travel whole, both sides may have changed the same one', async () => {
  for (const subject of ['both', 'one']) source.add(['Lists'], { bytes: bytesOf(subject) })
  await pass('exchange', 'update')
  for (const mailbox of [source, target]) mailbox.setKeywords(idOf(mailbox, 'both'), [mailbox === source ? '$seen' : '$flagged'])
  source.setKeywords(idOf(source, 'one'), ['$seen'])
  const told = [{ type: 'conflict', path: ['Lists'], sourceId: idOf(source, 'both'), reason: 'changed-at-target' }]
  expect(await pass('exchange', 'update')).toEqual({ told, standing: 1 })
  expect(await pass('exchange', 'update')).toEqual({ told: [], standing: 1 })
})
