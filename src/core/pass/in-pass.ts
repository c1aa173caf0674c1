import type { Tally } from '../ports/ledger.ts'
import { CopyKeywords } from './copy-keywords.ts'
import type { Engine, PassOptions } from './engine.ts'
import { ItemPlaces } from './item-places.ts'
import { SessionGate } from './session-gate.ts'

/** How a pass ended, as the ledger keeps it. */
export type PassResult = 'done' | 'interrupted' | 'stopped'

/**
 * Does `work` as a pass of its own in the ledger, with `settings` as its record: begun before, ended after it with its sums,
 * however it ends. Throws what `work` throws.
 */
export async function inPass(options: PassOptions, settings: string, work: (engine: Engine) => Promise<void>): Promise<Tally> {
  const { ledger, context, observe, source, target } = options
  const startedAtMs = context.clock.now()
  const pass = await ledger.startPass(startedAtMs, settings)
  observe({ type: 'passStarted', pass, atMs: startedAtMs })
  let result: PassResult = 'stopped'
  let tally: Tally
  try {
    const sessions = new SessionGate(Math.min(source.capabilities.sessionsMax, target.capabilities.sessionsMax))
    const copyKeywords = new CopyKeywords(options)
    const places = new ItemPlaces(ledger)
    await work({ ...options, pass, sessions, copyKeywords, places, takenOrphans: new Set(), writtenUnnamed: new Set() })
    result = 'done'
  } catch (error) {
    if (context.signal.aborted) result = 'interrupted'
    throw error
  } finally {
    tally = await ledger.tally(pass)
    const endedAtMs = context.clock.now()
    await ledger.endPass(pass, endedAtMs, result, JSON.stringify(tally))
    observe({ type: 'passEnded', pass, atMs: endedAtMs, result, tally })
  }
  return tally
}
