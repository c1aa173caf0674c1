import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { forEachLimited } from '../../../core/flow/for-each-limited.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'

const delayMsFirst = 15_000
const delayMsMax = 120_000
const waitMsMax = 60 * 60_000
const questionsAtOnceMax = 8

/** Somebody whose mailbox is waited for. */
export interface Awaited {
  readonly userId: string
  /** Hears once that the mailbox answers. */
  readonly ready: () => void
  /** Hears once that it cannot be told whether it does. */
  readonly failed: (error: MigrationError) => void
}

/**
 * Waits until mailboxes answer, asking at once and then every quarter of a minute to two minutes, for an hour at most
 * (exchange.md 6.2). Gives those that do not answer until then. `waiting` hears of each pause.
 */
export async function awaitMailboxes<T extends Awaited>(
  awaited: readonly T[],
  graph: GraphCaller,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  waiting: (mailboxes: number, delayMs: number) => void,
): Promise<readonly T[]> {
  const untilMs = clock.now() + waitMsMax
  let missing = awaited
  for (let delayMs = delayMsFirst; ; delayMs = Math.min(delayMs * 2, delayMsMax)) {
    const settled = new Set<T>()
    await forEachLimited(missing, { concurrencyMax: questionsAtOnceMax, signal }, async (one) => {
      try {
        if (!(await answers(graph, one.userId))) return
        one.ready()
      } catch (error) {
        if (!(error instanceof MigrationError)) throw error
        one.failed(error)
      }
      settled.add(one)
    })
    missing = missing.filter((one) => !settled.has(one))
    const leftMs = untilMs - clock.now()
    if (missing.length === 0 || leftMs <= 0) return missing
    const pauseMs = Math.min(delayMs, leftMs)
    waiting(missing.length, pauseMs)
    await clock.sleep(pauseMs, signal)
  }
}

/** Whether a user's mailbox is there: by its id, or by its inbox in a cloud where ids are not given (exchange.md 2.1). */
async function answers(graph: GraphCaller, userId: string): Promise<boolean> {
  try {
    const path = graphPath`/users/${userId}/settings/exchange`
    const { status } = await graph.call({ method: 'GET', path, expects: [404], permission: 'User.Read.All' })
    return status !== 404
  } catch (error) {
    if (!(error instanceof MigrationError) || error.code !== 'graph.not-offered') throw error
    const path = graphPath`/users/${userId}/mailFolders/inbox`
    const { status } = await graph.call({ method: 'GET', path, query: { $select: 'id' }, expects: [404], permission: 'Mail.Read' })
    return status !== 404
  }
}
