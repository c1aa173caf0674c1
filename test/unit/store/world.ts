import { createHash } from 'node:crypto'
import type { Cursor, FolderId, ItemId } from '../../../src/core/model/ids.ts'
import type { Settlement } from '../../../src/core/model/entry.ts'
import type { Description, ItemRef } from '../../../src/core/model/item.ts'
import type { FolderRecord } from '../../../src/core/model/records.ts'

export const name = { sourceUrl: 'imaps://anna@old.example', targetUrl: 'imaps://anna@new.example' }

export const folderId = (id: string) => id as FolderId
export const itemId = (id: string) => id as ItemId
export const cursor = (value: string) => value as Cursor

export function folder(path: string): Omit<FolderRecord, 'key'> {
  return { sourceId: folderId(`s:${path}`), sourcePath: path.split('/'), targetPath: ['New', path], isPresent: true }
}

export function ref(id: string, fields: Partial<ItemRef> = {}): ItemRef {
  const keywords = fields.keywords ?? ['$seen']
  return {
    id: itemId(id),
    folderId: folderId('s:INBOX'),
    version: keywords.join(' '),
    sizeBytes: 1_000,
    receivedAt: { epochMs: 1_700_000_000_000, offsetMinutes: 120 },
    keywords,
    ...fields,
  }
}

export function description(identity: string): Description {
  return {
    identity,
    messageId: `<${identity}@example.org>`,
    from: 'Anna <anna@old.example>',
    subject: `About ${identity}`,
  }
}

export const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

export function copied(
  key: number,
  targetId: string,
  fields: Partial<Extract<Settlement, { type: 'copied' }>> = {},
): Extract<Settlement, { type: 'copied' }> {
  return {
    type: 'copied',
    key,
    fate: 'migrated',
    targetFolderId: folderId('t:INBOX'),
    targetId: itemId(targetId),
    targetVersion: '$seen',
    digest: digestOf(targetId),
    contentBytes: 1_001,
    proof: 'answered',
    description: description(`identity-${targetId}`),
    ...fields,
  }
}
