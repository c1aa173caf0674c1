import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { patientGraph } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'

/** Something that can be made in a mailbox for a moment. */
export interface ScratchPlace {
  /** For who has to remove it by hand: `the hidden folder "..."`. */
  readonly what: string
  /** Ids of everything of its name, an earlier run's too. */
  find(graph: GraphCaller): Promise<readonly string[]>
  /** Makes it and gives its id. */
  make(graph: GraphCaller): Promise<string>
  /** Removes it with all that is in it; one that is gone is no error. Throws when it is still there afterwards. */
  remove(graph: GraphCaller, id: string): Promise<void>
}

/** Something that was made and could not be removed. */
export interface Leftover {
  readonly what: string
  /** A sentence without its full stop. */
  readonly why: string
}

/** After an interruption everything that was made has so long to be removed. */
export const removalMsMax = 45_000

/** A request that makes something is not cut off when the rest is interrupted: so its answer tells what to remove. */
const makingTimeoutMs = 30_000

/**
 * Makes things in a mailbox for a moment and removes them whatever happens: also when the work fails, when it is
 * interrupted, and when the answer to the request that made them was lost. What could not be removed is told.
 */
export class Scratch {
  readonly #making: GraphCaller
  readonly #removing: GraphCaller
  readonly #tellLeft: (leftover: Leftover) => void

  /** `graph` is one without patience: how long to wait differs between making and removing. */
  constructor(graph: GraphCaller, context: Context, tellLeft: (leftover: Leftover) => void) {
    const uncut = new AbortController().signal
    const removal = removalSignal(context.signal)
    this.#making = patientGraph({ call: (call) => graph.call({ timeoutMs: makingTimeoutMs, ...call, signal: uncut }) }, context)
    this.#removing = patientGraph({ call: (call) => graph.call({ ...call, signal: removal }) }, { ...context, signal: removal })
    this.#tellLeft = tellLeft
  }

  /** Does the work in a new place of its own. Throws what making it and the work throw. */
  async within<T>(place: ScratchPlace, work: (id: string) => Promise<T>): Promise<T> {
    for (const id of await place.find(this.#making)) await place.remove(this.#making, id)
    let made: string | undefined
    try {
      made = await this.#make(place)
      return await work(made)
    } finally {
      await this.#remove(place, made)
    }
  }

  /** A request whose answer was lost and that was made again finds what the first one made. */
  async #make(place: ScratchPlace): Promise<string> {
    try {
      return await place.make(this.#making)
    } catch (error) {
      if (!(error instanceof MigrationError && error.code === 'graph.exists')) throw error
      const [found] = await place.find(this.#making)
      if (found === undefined) throw error
      return found
    }
  }

  async #remove(place: ScratchPlace, made: string | undefined): Promise<void> {
    try {
      if (made !== undefined) await place.remove(this.#removing, made)
      for (const id of await place.find(this.#removing)) await place.remove(this.#removing, id)
    } catch (error) {
      this.#tellLeft({ what: place.what, why: reasonOf(error) })
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof MigrationError) return error.message.replace(/\.$/, '')
  if (error instanceof DOMException) return 'there was no time left for it'
  throw error
}

/** Aborted some time after `signal` is. */
function removalSignal(signal: AbortSignal): AbortSignal {
  const removal = new AbortController()
  const begin = (): void => {
    setTimeout(() => removal.abort(new DOMException('removing took too long', 'AbortError')), removalMsMax).unref()
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  return removal.signal
}
