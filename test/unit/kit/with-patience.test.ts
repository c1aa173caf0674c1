import { describe, expect, it } from 'vitest'
import { withPatience } from '../../../src/connectors/kit/microsoft/with-patience.ts'
import { type FailureKind, MigrationError } from '../../../src/core/errors.ts'

const failing = (kind: FailureKind, retryAfterMs?: number) =>
  new MigrationError(kind, 'graph.test', { message: 'No.', hint: 'Wait.', retryAfterMs })

/** Runs a call that fails as told before it works; the answer is how long was slept each time. */
async function run(errors: readonly Error[], signal = new AbortController().signal) {
  const slept: number[] = []
  const clock = { now: () => 0, sleep: async (delayMs: number) => void slept.push(delayMs) }
  const left = [...errors]
  const call = async () => {
    const error = left.shift()
    if (error !== undefined) throw error
    return 'done'
  }
  const result = await withPatience(call, { clock, signal, random: () => 0.5, log: () => undefined }).catch((error: unknown) => error)
  return { result, slept }
}

describe('patience', () => {
  it('waits as long as is asked and goes on', async () => {
    expect(await run([failing('throttled', 2128), failing('transient', 700)])).toEqual({ result: 'done', slept: [2128, 700] })
  })

  it('grows between attempts and ends', async () => {
    const { result, slept } = await run(Array.from({ length: 20 }, () => failing('transient')))
    expect(result).toBeInstanceOf(MigrationError)
    expect(slept).toHaveLength(9)
    expect(slept).toEqual([...slept].sort((a, b) => a - b))
  })

  it('does not go on for ever where it is asked to wait', async () => {
    const { slept } = await run(Array.from({ length: 100 }, () => failing('throttled', 1)))
    expect(slept).toHaveLength(50)
  })

  it.each(['auth', 'config', 'item'] as const)('has none with %s, nor with a defect', async (kind) => {
    expect((await run([failing(kind)])).slept).toEqual([])
    expect((await run([new TypeError('defect')])).result).toBeInstanceOf(TypeError)
  })

  it('ends when it is aborted', async () => {
    const reason = new Error('stopped')
    expect((await run([], AbortSignal.abort(reason))).result).toBe(reason)
  })
})
