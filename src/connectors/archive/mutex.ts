/** Runs one piece of work at a time, in the order asked. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  /** Resolves or rejects as `work` does; a failure does not stop those who wait. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work, work)
    this.#last = run.catch(() => undefined)
    return run
  }
}
