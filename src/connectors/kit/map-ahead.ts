/**
 * What `work` makes of each item, in the order of the items, with up to `atOnce` under way. Items are pulled ahead of the
 * results. The first failure is thrown once the results before it are taken; then, and when it is left early, no more work is begun.
 */
export async function* mapAhead<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const underWay: Promise<Pulled<R>>[] = []
  let pulling = Promise.resolve<unknown>(undefined)
  let isLeft = false
  const pull = (): void => {
    const next = pulling.then(() => (isLeft ? ({ done: true, value: undefined } as const) : iterator.next()))
    pulling = next
    const pulled = next.then(async (one): Promise<Pulled<R>> => (one.done === true || isLeft ? { isEnd: true } : { isEnd: false, result: await work(one.value) }))
    // Whoever leaves early hears of no failure; one that is awaited below is thrown there.
    pulled.catch(() => undefined)
    underWay.push(pulled)
  }
  try {
    for (let count = 0; count < atOnce; count++) pull()
    for (;;) {
      const one = await (underWay.shift() as Promise<Pulled<R>>)
      if (one.isEnd) return
      pull()
      yield one.result
    }
  } finally {
    isLeft = true
    // Not waited for: what is pulled may itself wait for results that will never be taken.
    void Promise.resolve(iterator.return?.(undefined)).catch(() => undefined)
  }
}

type Pulled<R> = { readonly isEnd: true } | { readonly isEnd: false; readonly result: R }
