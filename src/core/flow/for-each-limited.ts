/**
 * Runs `work` on every item, at most `concurrencyMax` at once, taking the next item only when there is room for it. The
 * first failure (of `work`, of `items`, or an abort) starts nothing more, waits for what is running, and is thrown;
 * later failures of the same run are dropped, since they mostly follow from the first. An async source is closed when
 * it is left early.
 */
export async function forEachLimited<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limits: { readonly concurrencyMax: number; readonly signal: AbortSignal },
  work: (item: T, index: number) => Promise<void> | void,
): Promise<void> {
  const { concurrencyMax, signal } = limits
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  let index = 0
  const start = (item: T): void => {
    const run = runOne(work, item, index++).then(
      () => void running.delete(run),
      (error: unknown) => {
        failures.push(error)
        running.delete(run)
      },
    )
    running.add(run)
  }
  try {
    signal.throwIfAborted()
    for await (const item of items) {
      signal.throwIfAborted()
      if (failures.length > 0) break
      start(item)
      while (running.size >= concurrencyMax && failures.length === 0) await Promise.race(running)
      if (failures.length > 0) break
    }
  } catch (error) {
    failures.push(error)
  }
  await Promise.all(running)
  if (failures.length > 0) throw failures[0]
}

/** A `work` that throws before its first await fails like any other. */
async function runOne<T>(
  work: (item: T, index: number) => Promise<void> | void,
  item: T,
  index: number,
): Promise<void> {
  await work(item, index)
}
