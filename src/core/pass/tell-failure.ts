import type { Entry } from '../model/entry.ts'
import type { PassEvent } from '../ports/observer.ts'
import type { Engine } from './engine.ts'

type Failure = Pick<Extract<PassEvent, { readonly type: 'itemFailed' }>, 'code' | 'message' | 'hint'>

/** Tells whoever watches that an item is failed; what the ledger keeps of it is settled elsewhere. */
export async function tellFailure({ observe, places }: Pick<Engine, 'observe' | 'places'>, entry: Entry, { code, message, hint }: Failure): Promise<void> {
  observe({ type: 'itemFailed', ...(await places.of(entry)), sourceId: entry.ref.id, code, message, hint })
}
