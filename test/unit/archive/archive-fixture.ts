import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { archiveConnector } from '../../../src/connectors/archive/index.ts'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import type { FolderId, ItemId } from '../../../src/core/model/ids.ts'
import type { Content, Delivery, ItemRef, ReadResult, WriteResult } from '../../../src/core/model/item.ts'
import type { Reader, Target } from '../../../src/core/ports/connector.ts'

export type Scheme = 'maildir' | 'mbox' | 'eml'
export const schemes: readonly Scheme[] = ['maildir', 'mbox', 'eml']

/** A directory that goes when the tests of the file are over. */
export function temporaryPlace(): (name: string) => string {
  const place = mkdtempSync(join(tmpdir(), 'mailvan-archive-'))
  afterAll(() => rmSync(place, { recursive: true }))
  return (name) => join(place, name)
}

const context = () => realContext(new AbortController().signal)

export const openSource = (url: string): Promise<Reader> =>
  archiveConnector.openSource(archiveConnector.parseUrl(url, {}), context())

export const openTarget = (url: string): Promise<Target> =>
  archiveConnector.openTarget(archiveConnector.parseUrl(url, {}), context())

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

let delivered = 0

export function delivery(
  into: FolderId,
  content: Content,
  more: Partial<Delivery> & { sizeBytes?: number } = {},
): Delivery {
  const sizeBytes = more.sizeBytes ?? (content as Uint8Array).byteLength
  const receivedAt = more.receivedAt ?? { epochMs: Date.UTC(2024, 1, 3, 4, 5, 6, 789), offsetMinutes: 60 }
  const keywords = more.keywords ?? []
  const ref = {
    id: `delivery-${++delivered}` as ItemId,
    folderId: 'other side' as FolderId,
    version: '',
    sizeBytes,
    receivedAt,
    keywords,
  }
  const description = { identity: '', messageId: '', from: '', subject: '' }
  return { item: { ref, sizeBytes, description, content }, into, receivedAt, keywords, group: 0 }
}

export async function write(target: Target, deliveries: readonly Delivery[]): Promise<readonly WriteResult[]> {
  async function* each() {
    yield* deliveries
  }
  return await collect(target.write(each()))
}

/** Everything in one folder. */
export async function refsIn(reader: Reader, path: readonly string[]): Promise<ItemRef[]> {
  const folder = (await reader.discover()).find((one) => JSON.stringify(one.path) === JSON.stringify(path))
  if (!folder) throw new Error(`no folder ${JSON.stringify(path)}`)
  const refs: ItemRef[] = []
  for await (const page of reader.enumerate(folder)) refs.push(...page.refs)
  return refs
}

/** The results with contents read to their end, as text of one character a byte. */
export async function readAll(reader: Reader, refs: readonly ItemRef[]) {
  async function* once() {
    yield refs
  }
  const texts: { ref: ItemRef; text: string; type: ReadResult['type']; code?: string; sizeBytes: number }[] = []
  for await (const result of reader.read(once())) {
    if (result.type !== 'item') {
      const code = result.type === 'failed' ? { code: result.error.code } : {}
      texts.push({ ref: result.ref, text: '', type: result.type, sizeBytes: 0, ...code })
      continue
    }
    const { ref, content, sizeBytes } = result.item
    const chunks = content instanceof Uint8Array ? [content] : await collect(content)
    const text = Buffer.concat(chunks).toString('latin1')
    texts.push({ ref, text, type: 'item', sizeBytes })
  }
  return texts
}

export async function textsIn(reader: Reader, path: readonly string[]): Promise<string[]> {
  return (await readAll(reader, await refsIn(reader, path))).map((one) => one.text)
}
