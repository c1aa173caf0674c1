import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MemoryMailbox, MemoryWorld } from '../../../src/connectors/memory/index.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import { createGovernor } from '../../../src/core/pace/governor.ts'
import { runPass } from '../../../src/core/pass/run-pass.ts'
import type { Tally } from '../../../src/core/ports/ledger.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { testContext } from '../memory/context.ts'
import { rulesWith } from '../plan/rules-with.ts'

let store: Store
beforeEach(async () => {
  store = await openStore({ path: ':memory:' })
})
afterEach(() => store.close())

const bytesOf = (subject: string) => Buffer.from(`Subject: ${subject}\r\nDate: Fri, 01 Jan 2016 12:00:00 +0000\r\n\r\n${subject}\r\n`)
const placesOf = (mailbox: MemoryMailbox) => mailbox.contents().map(({ path, bytes }) => `${path.join('/')} ${/Subject: (\w+)/.exec(Buffer.from(bytes).toString())?.[1]}`).toSorted()

async function pass(world: MemoryWorld): Promise<Tally> {
  const context = testContext()
  const ledger = await store.mailbox({ sourceUrl: 'memory:source', targetUrl: 'memory:target' })
  const [from, into] = [await world.openSource({ mailbox: 'source' }, context), await world.openTarget({ mailbox: 'target' }, context)]
  const governor = createGovernor({ clock: context.clock, source: from.capabilities, target: into.capabilities })
  return runPass({ source: from, target: into, ledger, rules: rulesWith({ policy: 'mirror' }), verification: 'identity', governor, context, observe: () => undefined })
}

describe.each([
  ['moves at once', 'move', true],
  ['copies and removes', 'copy', false],
] as const)('a target that %s', (_, step, canMove) => {
  test('and refuses one item in its new folder keeps it where it was, and takes the others', async () => {
    const world = new MemoryWorld()
    const source = world.addMailbox('source')
    const target = world.addMailbox('target', { canMove })
    for (const subject of ['refused', 'taken', 'other']) source.add(['Lists'], { bytes: bytesOf(subject) })
    await pass(world)
    const refused = target.contents().find(({ bytes }) => Buffer.from(bytes).includes('refused'))!.id
    for (const { id, bytes } of source.contents()) if (!Buffer.from(bytes).includes('other')) source.move(id, ['Old'])
    world.faults = ({ name, id }) => {
      if (name === step && id === refused) throw new MigrationError('item', 'test.refused', { message: 'Not there.', hint: 'Leave it.' })
    }
    const tally = await pass(world)
    expect(tally.pass).toMatchObject({ failed: 0, pending: 0 })
    expect(placesOf(target)).toEqual(['Lists other', 'Lists refused', 'Old taken'])
  })
})
