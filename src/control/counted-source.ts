import type { Folder } from '../core/model/folder.ts'
import type { Cursor, FolderId } from '../core/model/ids.ts'
import type { ItemRef, ReadResult } from '../core/model/item.ts'
import type { Described, ListedExtra, Page, Source } from '../core/ports/connector.ts'

/** A source that remembers how many items it said each folder holds, for the certificate. */
export class CountedSource implements Source {
  readonly #source: Source
  /** As of the last `discover`. */
  readonly announced = new Map<FolderId, number>()
  readonly listExtras?: () => Promise<readonly ListedExtra[]>

  constructor(source: Source) {
    this.#source = source
    if (source.listExtras !== undefined) this.listExtras = () => source.listExtras!()
  }

  get capabilities(): Source['capabilities'] {
    return this.#source.capabilities
  }

  async discover(): Promise<readonly Folder[]> {
    const folders = await this.#source.discover()
    this.announced.clear()
    for (const { id, status } of folders) if (status !== undefined) this.announced.set(id, status.items)
    return folders
  }

  enumerate(folder: Folder, after?: Cursor): AsyncIterable<Page> {
    return this.#source.enumerate(folder, after)
  }

  describe(refs: readonly ItemRef[]): AsyncIterable<Described> {
    return this.#source.describe(refs)
  }

  read(requests: AsyncIterable<readonly ItemRef[]>): AsyncIterable<ReadResult> {
    return this.#source.read(requests)
  }

  close(): Promise<void> {
    return this.#source.close()
  }
}
