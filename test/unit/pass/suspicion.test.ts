import { describe, expect, it } from 'vitest'
import type { Entry, EntryId } from '../../../src/core/model/entry.ts'
import { Suspicion } from '../../../src/core/pass/suspicion.ts'

const entry = (key: number) => ({ key: key as EntryId }) as Entry

/** Lets one item break the session alone until it is blamed; how often that was. */
function breaksUntilBlamed(suspicion: Suspicion, one: Entry): number {
  for (let breaks = 1; breaks <= 20; breaks++) if (suspicion.broke([one]).length > 0) return breaks
  throw new Error('it was never blamed')
}

describe('suspicion', () => {
  it('halves what was under way at a break until the one is found', () => {
    const suspicion = new Suspicion()
    const batch = [1, 2, 3, 4].map(entry)
    expect(suspicion.broke(batch)).toEqual([])
    expect(suspicion.of(batch[0]!.key)).toMatchObject({ isAlone: false })
    expect(suspicion.broke(batch)).toEqual([])
    expect(suspicion.of(batch[0]!.key)).toEqual({ itemsMax: 2, isAlone: true, breaks: 2 })
    suspicion.broke(batch.slice(0, 2))
    expect(suspicion.of(batch[1]!.key)).toMatchObject({ itemsMax: 1, isAlone: true })
    expect(breaksUntilBlamed(suspicion, batch[1]!)).toBe(3)
  })

  it('asks for more before it blames an item where connections break by themselves', () => {
    const suspicion = new Suspicion()
    const usual = breaksUntilBlamed(suspicion, entry(1))
    for (let key = 2; key < 12; key++) {
      for (let breaks = 0; breaks < 3; breaks++) suspicion.broke([entry(key)])
      suspicion.settled(entry(key).key)
    }
    expect(breaksUntilBlamed(suspicion, entry(20))).toBe(usual + 3)
    // A pass stops after ten fruitless attempts: whoever is guilty has to be found before.
    expect(usual + 3).toBeLessThan(10)
  })
})
