import { describe, expect, it } from 'vitest'
import { limitsAt, MailboxPace, MailboxPaces, type MailboxLimits, publishedLimits } from '../../../src/connectors/graph/mailbox-pace.ts'
import type { Clock } from '../../../src/core/ports/context.ts'
import { createStandingClock } from '../sandbox/standing-clock.ts'

const limits: MailboxLimits = { ...publishedLimits, requestsMax: 10, requestsWindowMs: 60_000, uploadBytesMax: 100, uploadWindowMs: 60_000 }
const { signal } = new AbortController()

function startClock(): { clock: Clock; advance(ms: number): Promise<void> } {
  const standing = createStandingClock(0)
  return {
    clock: { now: () => standing.nowMs(), sleep: (ms, stop) => standing.sleep(ms, stop) },
    advance: async (ms) => {
      standing.advance(ms)
      await settled()
    },
  }
}

/** Everything that can go on by itself has. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the limits at hosts of one\'s own', () => {
  it('are Microsoft\'s in windows that pass sooner and hold less', () => {
    expect(limitsAt({ timeFactor: 1, limitPercent: 100 })).toEqual(publishedLimits)
    expect(limitsAt({ timeFactor: 20, limitPercent: 50 })).toEqual({ requestsAtOnceMax: 4, requestsMax: 4_950, requestsWindowMs: 30_000, uploadBytesMax: 74_000_000, uploadWindowMs: 15_000 })
  })
})

describe('the pace of a mailbox', () => {
  it('lets four through at once, the next in the order in which they came', async () => {
    const { clock } = startClock()
    const pace = new MailboxPace(limits)
    const entered: number[] = []
    const leaves: (() => void)[] = []
    for (let number = 0; number < 6; number++) {
      void pace.enter(0, clock, signal).then((leave) => {
        entered.push(number)
        leaves.push(leave)
      })
    }
    await settled()
    expect(entered).toEqual([0, 1, 2, 3])
    expect(pace.binding()).toEqual({ limit: '4 requests at once to a mailbox' })
    leaves[2]?.()
    leaves[2]?.()
    await settled()
    expect(entered).toEqual([0, 1, 2, 3, 4])
    leaves[0]?.()
    await settled()
    expect([entered.length, pace.binding()]).toEqual([6, undefined])
  })

  it('keeps requests and bytes within their windows, which begin when a request has ended', async () => {
    const { clock, advance } = startClock()
    const pace = new MailboxPace(limits)
    for (let number = 0; number < 9; number++) (await pace.enter(0, clock, signal))()
    const slow = await pace.enter(0, clock, signal)
    const waiting = { isOver: false }
    void pace.enter(0, clock, signal).then((leave) => {
      waiting.isOver = true
      leave()
    })
    await settled()
    expect(pace.binding()).toEqual({ limit: '10 requests to a mailbox in 1 minutes', liftsAtMs: 60_000 })
    await advance(10_000)
    slow()
    await advance(49_999)
    expect(waiting.isOver).toBe(false)
    await advance(1)
    expect(waiting.isOver).toBe(true)
  })

  it('counts the bytes that are under way', async () => {
    const { clock, advance } = startClock()
    const pace = new MailboxPace(limits)
    const first = await pace.enter(60, clock, signal)
    let hasEntered = false
    void pace.enter(50, clock, signal).then(() => (hasEntered = true))
    await settled()
    expect([hasEntered, pace.binding()?.limit]).toEqual([false, '0 MB to a mailbox in 1 minutes'])
    first()
    await settled()
    expect([hasEntered, pace.binding()?.liftsAtMs]).toEqual([false, 60_000])
    await advance(60_000)
    expect(hasEntered).toBe(true)
  })

  it('is held back as a whole when the server asks to wait', async () => {
    const { clock, advance } = startClock()
    const pace = new MailboxPace(limits)
    pace.hold(2_128)
    pace.hold(500)
    let hasEntered = false
    void pace.enter(0, clock, signal).then(() => (hasEntered = true))
    await settled()
    expect(pace.binding()).toEqual({ limit: 'Microsoft asked to wait', liftsAtMs: 2_128 })
    await advance(2_127)
    expect(hasEntered).toBe(false)
    await advance(1)
    expect(hasEntered).toBe(true)
  })

  it('asks for less at once after a complaint, and for one more a minute later', async () => {
    const { clock, advance } = startClock()
    const pace = new MailboxPace({ ...limits, requestsMax: 1_000 })
    const leaves = [await pace.enter(0, clock, signal), await pace.enter(0, clock, signal), await pace.enter(0, clock, signal)]
    pace.crowded(clock.now())
    let entered = 0
    const enter = () => void pace.enter(0, clock, signal).then(() => entered++)
    leaves[0]?.()
    enter()
    await settled()
    expect([entered, pace.binding()?.limit]).toEqual([0, '2 requests at once to a mailbox'])
    leaves[1]?.()
    await settled()
    expect(entered).toBe(1)
    await advance(60_000)
    enter()
    await settled()
    expect(entered).toBe(2)
  })

  it('lets those go who give up, and the next one after them', async () => {
    const { clock } = startClock()
    const pace = new MailboxPace({ ...limits, requestsAtOnceMax: 1 })
    const leave = await pace.enter(0, clock, signal)
    const stop = new AbortController()
    const reason = new Error('enough')
    const given = pace.enter(0, clock, stop.signal).catch((error: unknown) => error)
    let hasEntered = false
    void pace.enter(0, clock, signal).then(() => (hasEntered = true))
    stop.abort(reason)
    expect(await given).toBe(reason)
    leave()
    await settled()
    expect(hasEntered).toBe(true)
  })

  it('is one for an app and a mailbox, however often it is opened', () => {
    const paces = new MailboxPaces()
    expect(paces.of('app', 'MBX:A@t')).toBe(paces.of('app', 'mbx:a@T'))
    expect(paces.of('app', 'MBX:A@t')).not.toBe(paces.of('app', 'MBX:B@t'))
    expect(paces.of('other', 'MBX:A@t')).not.toBe(paces.of('app', 'MBX:A@t'))
  })
})
