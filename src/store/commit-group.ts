interface Waiting {
  readonly work: () => unknown
  readonly resolve: (result: never) => void
  readonly reject: (reason: unknown) => void
}

/** So many share a transaction at most: what they are about is in memory until then. */
const worksMax = 16

/**
 * Lets calls that come one after the other share a transaction: making it durable is what costs, and it costs once. Each
 * call remains whole and is durable when its promise resolves; one that throws takes nothing of the others with
 * it. Calls take effect in the order they came.
 */
export class CommitGroup {
  readonly #transact: <T>(work: () => T) => T
  readonly #defer: (commit: () => void) => void
  #waiting: Waiting[] = []

  /**
   * `transact` runs work as one durable transaction of which nothing remains when it throws; `defer` calls back once those
   * who may share it had their turn.
   */
  constructor(transact: <T>(work: () => T) => T, defer: (commit: () => void) => void) {
    this.#transact = transact
    this.#defer = defer
  }

  /** `work` is synchronous, and runs again if a transaction it shared had to be undone. */
  add<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#defer(() => this.commit())
      this.#waiting.push({ work, resolve, reject })
      if (this.#waiting.length === worksMax) this.commit()
    })
  }

  /** Makes everything that waits durable now; never throws. */
  commit(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    let begun = 0
    let ended = 0
    try {
      const results = this.#transact(() =>
        waiting.map(({ work }) => {
          begun++
          const result = work()
          ended++
          return result
        }),
      )
      waiting.forEach(({ resolve }, index) => resolve(results[index] as never))
    } catch (error) {
      const isOneToBlame = begun > ended && waiting.length > 1
      if (isOneToBlame) for (const one of waiting) this.#commitAlone(one)
      else for (const { reject } of waiting) reject(error)
    }
  }

  #commitAlone({ work, resolve, reject }: Waiting): void {
    try {
      resolve(this.#transact(work) as never)
    } catch (error) {
      reject(error)
    }
  }
}
