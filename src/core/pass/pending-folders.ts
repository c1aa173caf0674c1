import type { Task } from '../model/entry.ts'
import type { Engine } from './engine.ts'

/** Keys of the folders that have entries with this task. */
export async function foldersWith(engine: Engine, task: Task): Promise<readonly number[]> {
  const counts = await engine.ledger.pendingCounts()
  return counts.filter((count) => count.task === task && count.items > 0).map((count) => count.folder)
}
