import type { Folder } from '../model/folder.ts'
import type { Engine } from './engine.ts'
import { withRetry } from './with-retry.ts'

/** A target that never comes to rest has users of its own. */
const looksMax = 10

/**
 * Resolves once the target has stayed the same for `quietMs`, with its folders. A server goes on with what it had received
 * when a connection is lost or a process is killed: a look before that would miss copies, which would then be written twice.
 */
export async function awaitCalm(engine: Engine, quietMs: number): Promise<readonly Folder[]> {
  const { clock, signal } = engine.context
  const look = () => withRetry(engine, 'target', () => engine.target.discover())
  let before = await look()
  for (let looks = 1; looks < looksMax; looks++) {
    await clock.sleep(quietMs, signal)
    const now = await look()
    if (stateOf(now) === stateOf(before)) return now
    before = now
  }
  return before
}

/** Whether an earlier pass ended in the middle of writing; what it had sent may still be arriving. */
export async function wasCutShort(engine: Engine): Promise<boolean> {
  const before = (await engine.ledger.passes()).filter((pass) => pass.number < engine.pass).at(-1)
  if (before === undefined || before.result === 'done') return false
  return (await engine.ledger.pendingCounts()).some(({ task, items }) => (task === 'create' || task === 'redate') && items > 0)
}

function stateOf(folders: readonly Folder[]): string {
  return folders.map(({ id, status }) => `${id}\0${status?.items ?? ''}\0${status?.cursor ?? ''}`).join('\n')
}
