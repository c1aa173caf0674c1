import type { Entry } from '../model/entry.ts'
import type { Folder } from '../model/folder.ts'
import type { ItemId } from '../model/ids.ts'
import type { Engine } from '../pass/engine.ts'
import { withRetry } from '../pass/with-retry.ts'

/**
 * Whether items are at the source as they were when they were copied: by what changed there since the folder's cursor, which
 * stays where it is. Each folder is asked once, and opens no body.
 */
export class SourceVersions {
  readonly #engine: Engine
  #folders: Promise<ReadonlyMap<number, Folder>> | undefined
  readonly #changed = new Map<number, Promise<ReadonlyMap<ItemId, string>>>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** True when the source has it in another version than the one that was copied. */
  async isChanged({ folder, ref }: Entry): Promise<boolean> {
    let changed = this.#changed.get(folder)
    if (changed === undefined) this.#changed.set(folder, (changed = this.#changedIn(folder)))
    const version = (await changed).get(ref.id)
    return version !== undefined && version !== ref.version
  }

  async #changedIn(key: number): Promise<ReadonlyMap<ItemId, string>> {
    const { ledger, source } = this.#engine
    const folder = (await (this.#folders ??= this.#discover())).get(key)
    if (folder === undefined) return new Map()
    const cursor = (await ledger.folders()).find((record) => record.key === key)?.cursor
    return withRetry(this.#engine, 'source', async () => {
      const versions = new Map<ItemId, string>()
      for await (const { refs } of source.enumerate(folder, cursor)) for (const { id, version } of refs) versions.set(id, version)
      return versions
    })
  }

  async #discover(): Promise<ReadonlyMap<number, Folder>> {
    const [records, folders] = [await this.#engine.ledger.folders(), await withRetry(this.#engine, 'source', () => this.#engine.source.discover())]
    const byId = new Map(folders.map((folder) => [folder.id, folder]))
    return new Map(records.flatMap(({ key, sourceId }) => {
      const folder = byId.get(sourceId)
      return folder === undefined ? [] : [[key, folder] as const]
    }))
  }
}
