/** Folders in use; those used longest ago are told to forget what they know of their messages. */
export class FolderCache<F extends { readonly itemsKnown: number; forget(): void }> {
  readonly #make: (id: string) => F
  readonly #folders = new Map<string, F>()

  constructor(make: (id: string) => F) {
    this.#make = make
  }

  get(id: string): F {
    const folder = this.#folders.get(id) ?? this.#make(id)
    // Last in the order of a map is the one used last.
    this.#folders.delete(id)
    this.#folders.set(id, folder)
    this.#bound(folder)
    return folder
  }

  #bound(current: F): void {
    let items = 0
    for (const folder of [...this.#folders.values()].toReversed()) {
      items += folder.itemsKnown
      if (items > itemsKnownMax && folder !== current) folder.forget()
    }
  }
}

/** About 20 MB of names. */
const itemsKnownMax = 100_000
