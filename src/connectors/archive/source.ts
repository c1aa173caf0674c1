import { MigrationError } from '../../core/errors.ts'
import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Folder } from '../../core/model/folder.ts'
import type { Cursor } from '../../core/model/ids.ts'
import type { ItemRef, ReadResult } from '../../core/model/item.ts'
import type { Described, Page, Reader } from '../../core/ports/connector.ts'
import type { Context } from '../../core/ports/context.ts'
import { describeStored, openContent, wholeBytesMax, type OpenedContent } from './content.ts'
import type { Storage, StoredMessage } from './storage.ts'

/** Messages read at the same time by one stream; short ones only, so that at most 4 MiB wait for their turn. */
const readAheadItemsMax = 16

/**
 * The reading half of an opened archive, over any format. Files are opened for reading only, and nothing is renamed.
 */
export class ArchiveReader<S extends Storage = Storage> implements Reader {
  readonly capabilities: Capabilities
  protected readonly storage: S
  protected readonly context: Context

  constructor(storage: S, context: Context) {
    this.storage = storage
    this.context = context
    this.capabilities = storage.capabilities
  }

  async discover(): Promise<readonly Folder[]> {
    this.context.signal.throwIfAborted()
    return await this.storage.discover()
  }

  /** Lists everything, whatever the cursor: files keep no history. */
  async *enumerate(folder: Folder, _after?: Cursor): AsyncGenerator<Page> {
    this.context.signal.throwIfAborted()
    const { cursor, pages } = await this.storage.list(folder.id)
    let refs: readonly ItemRef[] = []
    let isFirst = true
    for await (const page of pages) {
      this.context.signal.throwIfAborted()
      // Only the last page carries the cursor that stands for the whole folder.
      if (!isFirst) yield { scope: 'all', refs, gone: [], next: unfinished }
      refs = page
      isFirst = false
    }
    yield { scope: 'all', refs, gone: [], next: cursor }
  }

  async *describe(refs: readonly ItemRef[]): AsyncGenerator<Described> {
    for (const ref of refs) {
      this.context.signal.throwIfAborted()
      const message = await this.#openForDescription(ref)
      if (message === undefined) continue
      try {
        yield { ref, description: await describeStored(message) }
      } finally {
        await message.close()
      }
    }
  }

  /** An item that cannot be opened cannot be recognised either; `read` says why it fails. */
  async #openForDescription(ref: ItemRef): Promise<StoredMessage | undefined> {
    try {
      return await this.storage.open(ref)
    } catch (error) {
      if (error instanceof MigrationError && error.kind === 'item') return undefined
      throw error
    }
  }

  async *read(requests: AsyncIterable<readonly ItemRef[]>): AsyncGenerator<ReadResult> {
    for await (const refs of requests) {
      for (let start = 0; start < refs.length; start += readAheadItemsMax) {
        this.context.signal.throwIfAborted()
        yield* this.#readTogether(refs.slice(start, start + readAheadItemsMax))
      }
    }
  }

  async *#readTogether(refs: readonly ItemRef[]): AsyncGenerator<ReadResult> {
    const answers = await Promise.all(refs.map((ref) => this.#readShort(ref)))
    for (const ref of refs) {
      this.context.signal.throwIfAborted()
      const answer = answers.shift()
      if (answer !== undefined && answer !== 'long') yield answer
      else yield* this.#readLong(ref)
    }
  }

  /** `long`: to be read when its turn comes. */
  async #readShort(ref: ItemRef): Promise<ReadResult | 'long'> {
    try {
      const message = await this.storage.open(ref)
      if (message === undefined) return { type: 'gone', ref }
      try {
        return message.sizeBytes > wholeBytesMax ? 'long' : toResult(ref, await openContent(message))
      } finally {
        await message.close()
      }
    } catch (error) {
      return toFailure(ref, error)
    }
  }

  async *#readLong(ref: ItemRef): AsyncGenerator<ReadResult> {
    let message: StoredMessage | undefined
    try {
      let result: ReadResult
      try {
        message = await this.storage.open(ref)
        result = message === undefined ? { type: 'gone', ref } : toResult(ref, await openContent(message))
      } catch (error) {
        result = toFailure(ref, error)
      }
      yield result
    } finally {
      await message?.close()
    }
  }

  async close(): Promise<void> {
    // No storage keeps a file open.
  }
}

/** Never equal to the cursor of a whole listing. */
const unfinished = 'unfinished' as Cursor

function toResult(ref: ItemRef, opened: OpenedContent): ReadResult {
  return { type: 'item', item: { ref, ...opened } }
}

function toFailure(ref: ItemRef, error: unknown): ReadResult {
  if (error instanceof MigrationError && error.kind === 'item') return { type: 'failed', ref, error }
  throw error
}
