import { Buffer } from 'node:buffer'
import { createHash, hash } from 'node:crypto'
import { realContext } from '../../src/connectors/kit/real-context.ts'
import { CanonicalForm } from '../../src/core/verify/canonical-form.ts'
import type { Folder } from '../../src/core/model/folder.ts'
import type { Cursor, FolderId, ItemId } from '../../src/core/model/ids.ts'
import type {
  Content,
  Delivery,
  Description,
  Item,
  ItemRef,
  WriteResult,
  ZonedTime,
} from '../../src/core/model/item.ts'
import type { Page, Reader, Target } from '../../src/core/ports/connector.ts'
import type { Context } from '../../src/core/ports/context.ts'
import type { SeedMessage } from './harness.ts'

/** A context on the machine's clock. */
export function testContext(signal: AbortSignal = new AbortController().signal): Context {
  return realContext(signal)
}

/** A content read to its end. */
export interface ReadContent {
  readonly ref: ItemRef
  readonly digest: string
  readonly contentBytes: number
  readonly sizeBytes: number
  readonly description: Description
}

export async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** Throws when there is none: a test needs it. */
export async function folderAt(reader: Reader, path: readonly string[]): Promise<Folder> {
  const folders = await reader.discover()
  const folder = folders.find((one) => JSON.stringify(one.path) === JSON.stringify(path))
  if (!folder)
    throw new Error(`no folder ${JSON.stringify(path)} among ${JSON.stringify(folders.map((one) => one.path))}`)
  return folder
}

export async function refsOf(reader: Reader, folder: Folder, after?: Cursor): Promise<ItemRef[]> {
  const pages = await collect(reader.enumerate(folder, after))
  return pages.flatMap((page) => page.refs)
}

/** Everything in the mailbox, folder by folder. */
export async function allRefs(reader: Reader): Promise<{ folder: Folder; refs: ItemRef[] }[]> {
  const lists = []
  for (const folder of await reader.discover()) {
    if (folder.holdsItems) lists.push({ folder, refs: await refsOf(reader, folder) })
  }
  return lists
}

/** Reads the items to their ends. Throws when one is missing. */
export async function readAll(reader: Reader, refs: readonly ItemRef[], requestItems = 7): Promise<ReadContent[]> {
  const read: ReadContent[] = []
  for await (const result of reader.read(each(chunked(refs, requestItems)))) {
    if (result.type !== 'item') throw new Error(`an item was ${result.type}: ${JSON.stringify(result)}`)
    const { item } = result
    read.push({
      ref: item.ref,
      sizeBytes: item.sizeBytes,
      description: item.description,
      ...(await digestOf(item.content)),
    })
  }
  return read
}

export function chunked<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}

async function digestOf(content: Content): Promise<{ digest: string; contentBytes: number }> {
  if (content instanceof Uint8Array) return { digest: hash('sha256', content, 'hex'), contentBytes: content.byteLength }
  const running = createHash('sha256')
  let contentBytes = 0
  for await (const chunk of content) {
    running.update(chunk)
    contentBytes += chunk.byteLength
  }
  return { digest: running.digest('hex'), contentBytes }
}

/** The digest that stored bytes have: as sent, or in the canonical form. */
export function storedDigest(bytes: Uint8Array, preservesBytes: boolean): string {
  if (preservesBytes) return hash('sha256', bytes, 'hex')
  const running = createHash('sha256')
  const form = new CanonicalForm((chunk) => void running.update(chunk))
  form.push(bytes)
  form.end()
  return running.digest('hex')
}

/** What a side knows of a folder after following pages, as the engine does. */
export class Follower {
  readonly known = new Map<ItemId, ItemRef>()
  cursor: Cursor | undefined
  scopes: Page['scope'][] = []

  async follow(reader: Reader, folder: Folder, onPage?: () => Promise<void>): Promise<void> {
    const listed = new Set<ItemId>()
    let scope: Page['scope'] | undefined
    for await (const page of reader.enumerate(folder, this.cursor)) {
      scope = page.scope
      for (const id of page.gone) this.known.delete(id)
      for (const id of page.unchanged ?? []) {
        if (scope !== 'all' || !this.known.has(id)) throw new Error(`${id} cannot be unchanged: it was not listed before`)
        listed.add(id)
      }
      for (const ref of page.refs) {
        this.known.set(ref.id, ref)
        listed.add(ref.id)
      }
      this.cursor = page.next
      await onPage?.()
    }
    if (scope === undefined) throw new Error('an enumeration gives at least one page')
    this.scopes.push(scope)
    if (scope === 'all') for (const id of this.known.keys()) if (!listed.has(id)) this.known.delete(id)
  }
}

/** A delivery of bytes that no source gave. */
export function toDelivery(message: Omit<SeedMessage, 'path'>, into: FolderId, number: number, group = 0): Delivery {
  return delivery(message.bytes, message.bytes.byteLength, message, into, number, group)
}

/** A delivery whose content need not be as long as it says. */
export function delivery(
  content: Content,
  sizeBytes: number,
  message: { readonly keywords?: readonly string[]; readonly receivedAt?: ZonedTime },
  into: FolderId,
  number: number,
  group = 0,
): Delivery {
  const receivedAt = message.receivedAt ?? { epochMs: Date.UTC(2021, 2, 4, 5, 6, 7), offsetMinutes: 60 }
  const keywords = (message.keywords ?? []).toSorted()
  const ref: ItemRef = {
    id: `test-${number}` as ItemId,
    folderId: 'test' as FolderId,
    version: keywords.join(' '),
    sizeBytes,
    receivedAt,
    keywords,
  }
  const description = { identity: `identity-${number}`, messageId: '', from: '', subject: '' }
  const item: Item = { ref, sizeBytes, description, content }
  return { item, into, receivedAt, keywords, group }
}

/** The results, and the error that ended them early. */
export async function writeAll(
  target: Target,
  deliveries: readonly Delivery[],
): Promise<{ readonly results: readonly WriteResult[]; readonly error: unknown }> {
  const results: WriteResult[] = []
  try {
    for await (const result of target.write(each(deliveries))) results.push(result)
  } catch (error) {
    return { results, error }
  }
  return { results, error: undefined }
}

/** A small ordinary message; its number makes it unlike others. */
export function message(number: number, more: Partial<SeedMessage> = {}): SeedMessage {
  const text = `From: a@example.org\r\nSubject: message ${number}\r\nMessage-ID: <${number}@example.org>\r\n\r\nbody ${number}\r\n`
  return {
    path: ['INBOX'],
    bytes: Buffer.from(text, 'latin1'),
    receivedAt: { epochMs: Date.UTC(2019, 0, 1) + number * 86_400_000, offsetMinutes: 0 },
    ...more,
  }
}
