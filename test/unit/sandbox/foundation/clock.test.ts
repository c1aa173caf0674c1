import { describe, expect, it } from 'vitest'
import { createClock } from '../../../../src/sandbox/clock.ts'

describe('the clock', () => {
  it('is put forward at once, and wakes whoever sleeps past the new time', async () => {
    const clock = createClock()
    const beforeMs = clock.nowMs()
    const slept = clock.sleep(24 * 3_600_000).then(() => clock.nowMs())
    clock.advance(3_600_000)
    clock.advance(23 * 3_600_000 + 1)
    expect(await slept).toBeGreaterThanOrEqual(beforeMs + 24 * 3_600_000)
  })

  it('lets nobody wake early, neither for a jump that is too short nor for a sleep longer than a timer', async () => {
    const clock = createClock()
    const abort = new AbortController()
    let isAwake = false
    const slept = clock.sleep(40 * 24 * 3_600_000, abort.signal).then(() => (isAwake = true))
    clock.advance(39 * 24 * 3_600_000)
    await new Promise((resolve) => setImmediate(resolve))
    expect(isAwake).toBe(false)
    const reason = new Error('enough')
    abort.abort(reason)
    await expect(slept).rejects.toBe(reason)
  })

  it('takes its factor into account', async () => {
    const clock = createClock(100_000)
    const beforeMs = clock.nowMs()
    await clock.sleep(60_000)
    expect(clock.nowMs() - beforeMs).toBeGreaterThanOrEqual(60_000)
  })
})
