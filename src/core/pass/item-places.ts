import type { Entry } from '../model/entry.ts'
import type { FolderRecord } from '../model/records.ts'
import { type ItemPlace, placeIn } from '../plan/item-place.ts'
import type { Ledger } from '../ports/ledger.ts'

/** Names the folders of items, by what the ledger knows of them. */
export class ItemPlaces {
  readonly #ledger: Pick<Ledger, 'folders'>
  #folders: Promise<readonly FolderRecord[]> | undefined

  constructor(ledger: Pick<Ledger, 'folders'>) {
    this.#ledger = ledger
  }

  async of({ folder, targetFolderId }: Pick<Entry, 'folder' | 'targetFolderId'>): Promise<ItemPlace> {
    this.#folders ??= this.#ledger.folders()
    return placeIn(await this.#folders, folder, targetFolderId)
  }

  /** To be called when the ledger learns more of a folder. */
  forget(): void {
    this.#folders = undefined
  }
}
