import type { ItemId } from '../model/ids.ts'
import type { ItemRef } from '../model/item.ts'
import type { Fingerprint } from '../verify/fingerprint.ts'
import type { Original } from './read-prints.ts'

/** Fingerprints of items of one folder, of which only so many are kept. */
export class KeptPrints {
  readonly #prints = new Map<ItemId, Fingerprint>()
  readonly #printsMax: number

  constructor(printsMax: number) {
    this.#printsMax = printsMax
  }

  get(id: ItemId): Fingerprint | undefined {
    return this.#prints.get(id)
  }

  /**
   * From then on, until the next call, all of `refs` have theirs that `read` can give: an item whose print was dropped to make
   * room would be taken for no copy of anything, and be written again.
   */
  async ensure(refs: readonly ItemRef[], isEnough: (print: Fingerprint | undefined) => boolean, read: (refs: readonly ItemRef[]) => Promise<ReadonlyMap<ItemRef, Original>>): Promise<void> {
    const lacking = (): readonly ItemRef[] => refs.filter(({ id }) => !isEnough(this.#prints.get(id)))
    let wanted = lacking()
    if (this.#prints.size + wanted.length > this.#printsMax) {
      this.#prints.clear()
      wanted = lacking()
    }
    for (const [ref, { print }] of await read(wanted)) this.#prints.set(ref.id, print)
  }
}
