/**
 * The items of `source`, the first of which is asked for at once and not only when somebody wants it. To be iterated once.
 * Leaving it, even before anything was taken, leaves `source`; that waits for an item that is on its way. An error that
 * nobody has come to hear of is dropped.
 */
export function begun<T>(source: AsyncIterable<T>): AsyncIterableIterator<T, undefined> {
  const iterator = source[Symbol.asyncIterator]()
  let first: Promise<IteratorResult<T>> | undefined = iterator.next()
  first.catch(() => undefined)
  const iterating: AsyncIterableIterator<T, undefined> = {
    [Symbol.asyncIterator]: () => iterating,
    next() {
      const next = first ?? iterator.next()
      first = undefined
      return next
    },
    async return() {
      await iterator.return?.()
      return { done: true, value: undefined }
    },
  }
  return iterating
}
