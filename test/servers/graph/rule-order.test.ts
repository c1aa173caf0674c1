import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ExtrasRig, type Person, rulesPath } from './extras-rig.ts'

let rig: ExtrasRig

beforeAll(async () => {
  rig = await ExtrasRig.start(6)
})

beforeEach(() => rig.openLedger())

afterEach(() => rig.closeLedger())

afterAll(async () => {
  await rig.close()
  expect(rig.pair.defects).toEqual([])
})

describe('the order of inbox rules', () => {
  const marking = { actions: { markAsRead: true } }

  async function ruled(...names: readonly string[]) {
    const { anna, annas, run } = rig.mailboxes()
    const idOf = async (person: Person, name: string) => String((await person.rule(name))?.['id'])
    const put = async (person: Person, name: string, sequence: number) => person.call('PATCH', `${rulesPath}/${await idOf(person, name)}`, { sequence })
    const make = async (person: Person, displayName: string, sequence: number) => person.call('POST', rulesPath, { displayName, sequence, ...marking })
    const remove = async (person: Person, name: string) => person.call('DELETE', `${rulesPath}/${await idOf(person, name)}`)
    const order = async () => (await annas.list(rulesPath)).map(({ displayName }) => displayName).join('')
    for (const [at, name] of names.entries()) await make(anna, name, at + 1)
    await run()
    return { anna, annas, run, put, make, remove, order }
  }

  it('follows the source, around what the user of the target made, and nothing is written where it did not change', async () => {
    const { anna, annas, run, put, make, order } = await ruled('A', 'B', 'C', 'D')
    await make(annas, 'x', 1)
    await make(annas, 'y', 4)
    expect(await order()).toBe('xAByCD')
    await put(anna, 'D', 1)
    expect((await run()).extras?.changed).toBe(1)
    expect(await order()).toBe('xDAByC')
    await put(anna, 'D', 9)
    await run()
    expect(await order()).toBe('xAByCD')
    const before = await annas.everything()
    const known = JSON.stringify(await rig.ledger.extras())
    expect((await run()).extras?.changed).toBe(0)
    expect([await annas.everything(), JSON.stringify(await rig.ledger.extras())]).toEqual([before, known])
  })

  it('takes up rules that are new, wherever they stand, in the pass that brings them', async () => {
    const { anna, annas, run, put, make, remove, order } = await ruled('B', 'D')
    await make(annas, 'x', 9)
    await make(anna, 'E', 9)
    await make(anna, 'A', 1)
    await put(anna, 'D', 2)
    await make(anna, 'C', 3)
    await run()
    expect(await order()).toBe('ADCBxE')
    expect((await run()).extras?.changed).toBe(0)
    await remove(anna, 'B')
    await remove(annas, 'D')
    await put(anna, 'E', 1)
    await run()
    expect(await order()).toBe('EACBx')
    expect(await rig.comesTo('rule')).toContain('order of the rules: carried')
    expect((await run()).extras?.changed).toBe(0)
  })

  it('that the user of the target gave them stays, until both sides have the same', async () => {
    const { anna, annas, run, put, order } = await ruled('A', 'B', 'C')
    await put(annas, 'C', 1)
    expect((await run()).extras?.changed).toBe(0)
    expect(await order()).toBe('CAB')
    await put(anna, 'B', 1)
    await run()
    expect([await order(), (await rig.comesTo('rule')).at(-1)]).toEqual(['CAB', 'order of the rules: kept changed-at-target'])
    await put(annas, 'B', 1)
    await put(annas, 'A', 2)
    await run()
    expect([await order(), (await rig.comesTo('rule')).at(-1)]).toEqual(['BAC', 'order of the rules: carried'])
    await put(anna, 'C', 1)
    await run()
    expect(await order()).toBe('CBA')
  })

  it('that a target had before, of the same rules, is its own', async () => {
    const { anna, annas, run } = rig.mailboxes()
    for (const displayName of ['A', 'B']) await anna.call('POST', rulesPath, { displayName, ...marking })
    for (const displayName of ['B', 'A']) await annas.call('POST', rulesPath, { displayName, ...marking })
    const before = await annas.list(rulesPath)
    await run()
    expect(await annas.list(rulesPath)).toEqual(before)
    expect(await rig.comesTo('rule')).toEqual(['A: alreadyThere', 'B: alreadyThere', 'order of the rules: kept other-at-target'])
  })

  it('comes about where things break in between', async () => {
    const { anna, annas, run, put, order } = await ruled('A', 'B', 'C', 'D', 'E', 'F', 'G')
    for (const name of ['B', 'C', 'D', 'E', 'F', 'G']) await put(anna, name, 1)
    rig.pair.sandbox.profiles.use('flaky')
    await run()
    rig.pair.sandbox.profiles.use('none')
    expect([await order(), (await rig.comesTo('rule')).at(-1)]).toEqual(['GFEDCBA', 'order of the rules: carried'])
    const before = await annas.everything()
    await run()
    expect(await annas.everything()).toBe(before)
  })

  it('is finished when it was cut short between two rules', async () => {
    const { anna, annas, run, put, order } = await ruled('A', 'B', 'C', 'D')
    const [known] = (await rig.ledger.extras()).filter(({ sourceId }) => sourceId === 'order')
    for (const name of ['B', 'C', 'D']) await put(anna, name, 1)
    await run()
    const [done] = (await rig.ledger.extras()).filter(({ sourceId }) => sourceId === 'order')
    // As a pass leaves it that was killed after the first of its steps.
    await rig.ledger.saveExtras([{ ...known!, intended: done!.carried! }])
    for (const [at, name] of ['D', 'A', 'B', 'C'].entries()) await put(annas, name, at + 1)
    await run()
    expect([await order(), (await rig.comesTo('rule')).at(-1)]).toEqual(['DCBA', 'order of the rules: carried'])
  })
})
