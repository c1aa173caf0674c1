import { MigrationError } from '../errors.ts'
import type { FolderRecord } from '../model/records.ts'
import type { Folder } from '../model/folder.ts'
import type { ChartedFolder } from './chart-folders.ts'
import { planItems } from '../plan/plan-items.ts'
import type { Engine } from './engine.ts'
import { withRetry } from './with-retry.ts'

/** What a scan found. */
export interface Scan {
  readonly items: number
  readonly created: number
  readonly createdBytes: number
  readonly changed: number
  readonly gone: number
}

/** True when the folder's status says that nothing happened since its last scan. */
export function isUnchanged(folder: Folder, record: FolderRecord): boolean {
  const cursor = folder.status?.cursor
  return cursor !== undefined && cursor === record.cursor
}

const nothing: Scan = { items: 0, created: 0, createdBytes: 0, changed: 0, gone: 0 }

/**
 * Enumerates one source folder since its cursor and makes every decision durable, page by page; opens no body. The cursor
 * advances once everything before it is recorded, so that a scan cut short is simply done again. A folder that has
 * vanished since it was discovered has nothing; the next pass ends its items.
 */
export async function scanFolder(engine: Engine, one: ChartedFolder): Promise<Scan> {
  try {
    return await withRetry(engine, 'source', () => scanOnce(engine, one))
  } catch (error) {
    if (!(error instanceof MigrationError) || error.kind !== 'item' || (await isStillThere(engine, one.folder))) throw error
    const message = `The folder ${one.folder.path.join('/')} vanished at the source while it was about to be read.`
    engine.observe({ type: 'notice', code: 'folder.vanished', message })
    return nothing
  }
}

async function isStillThere(engine: Engine, folder: Folder): Promise<boolean> {
  const folders = await withRetry(engine, 'source', () => engine.source.discover())
  return folders.some(({ id }) => id === folder.id)
}

async function scanOnce(engine: Engine, one: ChartedFolder): Promise<Scan> {
  const { ledger, pass, rules } = engine
  const { folder, record, isNew } = one
  const { itemSizeBytesMax } = engine.target.capabilities
  const sum = { items: 0, created: 0, createdBytes: 0, changed: 0, gone: 0 }
  let cursor = record.cursor
  let isWhole = false
  for await (const page of engine.source.enumerate(folder, record.cursor)) {
    engine.context.signal.throwIfAborted()
    const ids = page.refs.map((ref) => ref.id)
    const entries = isNew || ids.length === 0 ? new Map() : await ledger.entries(record.key, ids)
    const decisions = planItems(page.refs, entries, record, rules, itemSizeBytesMax === undefined ? {} : { itemSizeBytesMax })
    sum.items += page.refs.length
    for (const { ref, decision } of decisions) {
      if (decision.type === 'update') sum.changed++
      if (decision.type !== 'create') continue
      sum.created++
      sum.createdBytes += ref.sizeBytes
    }
    if (decisions.length > 0) await ledger.record(record.key, pass, decisions)
    if (page.unchanged !== undefined) await ledger.recordSeen(record.key, pass, page.unchanged)
    if (page.gone.length > 0) sum.gone += await ledger.recordGone(record.key, pass, page.gone)
    isWhole = page.scope === 'all'
    cursor = page.next
  }
  if (isWhole && !isNew) sum.gone += await ledger.recordUnseen(record.key, pass)
  await ledger.advance(record.key, cursor)
  one.record = { ...one.record, cursor }
  return sum
}
