import { isSessionsLimited } from '../errors.ts'
import type { Description, ItemRef } from '../model/item.ts'
import type { Reader } from '../ports/connector.ts'
import type { Side } from '../ports/governor.ts'
import { fingerprint, type Fingerprint } from '../verify/fingerprint.ts'
import type { Engine } from './engine.ts'
import { withRetry } from './with-retry.ts'

const requestItemsMax = 50

/** An item as it was read for comparing. */
export interface Original {
  readonly print: Fingerprint
  readonly description: Description
}

/** Reads items of one side and fingerprints them; those that are gone or cannot be read are left out. */
export async function readPrints(
  engine: Engine,
  side: Side,
  refs: readonly ItemRef[],
  decodes: boolean,
): Promise<Map<ItemRef, Original>> {
  const reader: Reader = engine[side]
  if (refs.length === 0) return new Map()
  const options = { decodes, essences: engine.target.essences }
  return withRetry(engine, side, async () => {
    const prints = new Map<ItemRef, Original>()
    const session = await engine.sessions.enter(engine.context.signal)
    try {
      for await (const result of reader.read(requestsOf(refs))) {
        if (result.type !== 'item') continue
        const { item } = result
        prints.set(item.ref, { print: await fingerprint(item, options), description: item.description })
      }
    } catch (error) {
      if (isSessionsLimited(error)) engine.governor.sessionsLimited(side, session.refused())
      throw error
    } finally {
      session.leave()
    }
    return prints
  })
}

async function* requestsOf(refs: readonly ItemRef[]): AsyncGenerator<readonly ItemRef[]> {
  for (let from = 0; from < refs.length; from += requestItemsMax) yield refs.slice(from, from + requestItemsMax)
}
