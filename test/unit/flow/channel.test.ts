import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Channel } from '../../../src/core/flow/channel.ts'

interface Numbered {
  readonly number: number
}

async function produce(channel: Channel<Numbered>, from: number, until: number): Promise<void> {
  for (let number = from; number < until; number++) await channel.push({ number })
}

describe('Channel', () => {
  test('gives items in order and never holds more than its bound', async () => {
    const channel = new Channel<Numbered>(4)
    const producer = produce(channel, 0, 5000).then(() => channel.end())
    const seen: number[] = []
    let longest = 0
    for await (const item of channel) {
      longest = Math.max(longest, channel.length + 1)
      seen.push(item.number)
    }
    await producer
    expect(seen).toEqual(Array.from({ length: 5000 }, (_, index) => index))
    expect(longest).toBeLessThanOrEqual(4)
  })

  test('makes no promise while there is room and while there is something to take', () => {
    const channel = new Channel<Numbered>(3)
    expect(channel.push({ number: 1 })).toBeUndefined()
    expect(channel.push({ number: 2 })).toBeUndefined()
    expect(channel.push({ number: 3 })).toBeInstanceOf(Promise)
    expect(channel.more()).toBe(true)
    expect([channel.tryShift(), channel.tryShift(), channel.tryShift()].map((item) => item?.number)).toEqual([1, 2, 3])
    expect(channel.tryShift()).toBeUndefined()
    channel.end()
    expect(channel.more()).toBe(false)
  })

  test('shares its items between consumers and producers, each item once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (itemsMax, producers, consumers) => {
          const channel = new Channel<Numbered>(itemsMax)
          const seen: number[] = []
          const consuming = Array.from({ length: consumers }, async () => {
            for await (const item of channel) seen.push(item.number)
          })
          await Promise.all(
            Array.from({ length: producers }, (_, index) => produce(channel, index * 50, index * 50 + 50)),
          )
          channel.end()
          await Promise.all(consuming)
          expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: producers * 50 }, (_, index) => index))
        },
      ),
      { numRuns: 50 },
    )
  })

  test('fail: what was pushed comes first, then the error; the waiting producer is let go and learns of it', async () => {
    const channel = new Channel<Numbered>(1)
    const full = channel.push({ number: 1 })
    channel.fail(new Error('broken'))
    await full
    expect(() => channel.push({ number: 2 })).toThrow('broken')
    const seen: number[] = []
    await expect(
      (async () => {
        for await (const item of channel) seen.push(item.number)
      })(),
    ).rejects.toThrow('broken')
    expect(seen).toEqual([1])
  })

  test('fail reaches a consumer that already waits', async () => {
    const channel = new Channel<Numbered>(1)
    const next = channel[Symbol.asyncIterator]().next()
    channel.fail(new Error('broken'))
    await expect(next).rejects.toThrow('broken')
  })

  test('leaving early lets the producer go and drops the rest', async () => {
    const channel = new Channel<Numbered>(2)
    const producer = produce(channel, 0, 100)
    for await (const item of channel) if (item.number === 3) break
    await producer
    expect(channel.length).toBe(0)
    expect(channel.isClosed).toBe(true)
  })

  test('pushing after the own end is a defect', () => {
    const channel = new Channel<Numbered>(2)
    channel.end()
    channel.end()
    expect(() => channel.push({ number: 1 })).toThrow('ended')
  })
})
