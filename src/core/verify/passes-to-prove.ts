import type { Entry } from '../model/entry.ts'
import type { Engine } from '../pass/engine.ts'

/** What copies a pass that verifies has to look at: its own, and those of passes that were cut short before they did. */
export interface ToProve {
  /** Whether there is an earlier pass among them. */
  readonly hasEarlier: boolean
  /** Settled or written anew by one of these passes. */
  includes(entry: Entry): boolean
}

/** Its own, and those since the last pass that came to its end. */
export async function passesToProve({ ledger, pass }: Pick<Engine, 'ledger' | 'pass'>): Promise<ToProve> {
  const before = (await ledger.passes()).filter(({ number }) => number < pass).toReversed()
  const ended = before.findIndex(({ result }) => result === 'done')
  const cutShort = (ended < 0 ? before : before.slice(0, ended)).map(({ number }) => number)
  const passes = new Set([pass, ...cutShort])
  const has = (number: number | undefined): boolean => number !== undefined && passes.has(number)
  return {
    hasEarlier: cutShort.length > 0,
    // A copy whose keywords alone were changed was proven when it was written.
    includes: ({ fatePass, updatePass, proof }) => proof !== 're-read' && (has(fatePass) || has(updatePass)),
  }
}
