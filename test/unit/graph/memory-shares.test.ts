import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Room } from '../../../src/connectors/graph/byte-budget.ts'
import { type LargeUse, type MemoryShare, MemoryShares } from '../../../src/connectors/graph/memory-shares.ts'

const [sharedBytes, largeBytes, atMost] = [100, 60, 40]
const { signal } = new AbortController()
const turn = () => new Promise((resolve) => setImmediate(resolve))
const roomOf = (share: MemoryShare, use: LargeUse): Room => share.withLine(share.budget(atMost), atMost, use)

/** What is held for one use, by whether it fits into a share. */
class Held {
  readonly #sizes = { small: [] as number[], large: [] as number[] }

  add(bytes: number, isLarge: boolean): () => void {
    const sizes = this.#sizes[isLarge ? 'large' : 'small']
    sizes.push(bytes)
    expect(this.#sizes.small.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(sharedBytes)
    const { large } = this.#sizes
    expect(large.length === 1 ? 0 : large.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(largeBytes)
    return () => void sizes.splice(sizes.indexOf(bytes), 1)
  }
}

interface Work {
  readonly sizes: readonly number[]
  /** After so many turns somebody ends it. */
  readonly endsAfter: number | undefined
  readonly fails: boolean
}

const works = fc.array(
  fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 8 }),
    endsAfter: fc.option(fc.nat({ max: 12 }), { nil: undefined }),
    fails: fc.boolean(),
  }),
  { minLength: 1, maxLength: 16 },
)

describe('lines for items above a share', () => {
  it('keep what all mailboxes hold within bounds, let everybody through, and are free in the end', async () => {
    await fc.assert(
      fc.asyncProperty(works, async (all) => {
        const shares = new MemoryShares(sharedBytes, largeBytes)
        const opened = all.map(() => shares.open())
        const held = { reading: new Held(), making: new Held() }
        const run = async ({ sizes, endsAfter, fails }: Work, share: MemoryShare): Promise<void> => {
          const ended = new AbortController()
          const rooms = { reading: roomOf(share, 'reading'), making: roomOf(share, 'making') }
          const within = async (use: LargeUse, bytes: number, work: () => Promise<void>): Promise<void> => {
            const release = await rooms[use].take(bytes, ended.signal)
            const drop = held[use].add(bytes, bytes > share.bytesMax(atMost))
            try {
              await work()
            } finally {
              drop()
              release()
              release()
            }
          }
          // What was read is held until it is written, and the next may be asked for meanwhile.
          const items = sizes.map((bytes, number) =>
            // An estimate, which is no whole number.
            within('reading', bytes * 1.1, () =>
              within('making', bytes * 2, async () => {
                await turn()
                if (fails && number === 1) throw new Error('the connection was lost')
              }),
            ),
          )
          const ending = (async () => {
            for (let turns = 0; turns < (endsAfter ?? 0); turns++) await turn()
            if (endsAfter !== undefined) ended.abort(new Error('enough'))
          })()
          for (const item of await Promise.allSettled(items)) {
            if (item.status === 'rejected' && !['enough', 'the connection was lost'].includes((item.reason as Error).message)) throw item.reason
          }
          await ending
        }
        const end = { isReached: false }
        const everything = Promise.all(all.map((work, index) => run(work, opened[index] as MemoryShare))).then(() => (end.isReached = true))
        for (let turns = 0; turns < 2_000 && !end.isReached; turns++) await Promise.race([turn(), everything])
        expect(end.isReached).toBe(true)
        const [share] = opened as [MemoryShare]
        for (const use of ['reading', 'making'] as const) {
          let isTaken = false
          void roomOf(share, use).take(10_000, signal).then(() => (isTaken = true))
          await turn()
          expect(isTaken).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('make nobody wait whose items fit into a share', async () => {
    const shares = new MemoryShares(sharedBytes, largeBytes)
    const [one, other] = [shares.open(), shares.open()]
    const release = await roomOf(one, 'reading').take(500, signal)
    const room = roomOf(other, 'reading')
    const small = await room.take(atMost, signal)
    small()
    let isTaken = false
    void room.take(atMost + 1, signal).then(() => (isTaken = true))
    await turn()
    expect(isTaken).toBe(false)
    release()
    await turn()
    expect(isTaken).toBe(true)
  })

  it('give the own room back when somebody is called away from the line', async () => {
    const shares = new MemoryShares(sharedBytes, largeBytes)
    const [one, other] = [shares.open(), shares.open()]
    await roomOf(one, 'making').take(500, signal)
    const room = roomOf(other, 'making')
    const away = new AbortController()
    const waiting = room.take(500, away.signal).catch((error: unknown) => error)
    await turn()
    away.abort(new Error('enough'))
    expect(await waiting).toMatchObject({ message: 'enough' })
    ;(await room.take(atMost, signal))()
  })
})
