import assert from 'node:assert'

/**
 * A bounded queue between two tasks, cheap when neither has to wait: no promise is made for an item that is ready.
 * Any number of producers and consumers; `undefined` is no item.
 */
export class Channel<T extends object> implements AsyncIterable<T> {
  readonly #itemsMax: number
  #items: (T | undefined)[] = []
  #head = 0
  #state: 'open' | 'ended' | 'failed' | 'left' = 'open'
  #error: unknown
  #consumers: (() => void)[] = []
  #producers: (() => void)[] = []

  /** Holds `itemsMax` items before `push` asks its producer to wait; each further producer may add one. */
  constructor(itemsMax: number) {
    assert.ok(itemsMax >= 1, 'a channel holds at least one item')
    this.#itemsMax = itemsMax
  }

  /** Items that wait to be taken. */
  get length(): number {
    return this.#items.length - this.#head
  }

  /** True once nothing more can be pushed: ended, failed, or its consumer left. */
  get isClosed(): boolean {
    return this.#state !== 'open'
  }

  /**
   * Takes the item in at once. A promise means that the channel is full now: push the next one when it resolves, which
   * it also does when the channel closes. After the consumer left the item is dropped; after `fail` this throws its
   * error.
   */
  push(item: T): Promise<void> | undefined {
    if (this.#state === 'left') return undefined
    if (this.#state === 'failed') throw this.#error
    assert.ok(this.#state === 'open', 'an ended channel takes no item')
    this.#items.push(item)
    this.#consumers.shift()?.()
    if (this.length < this.#itemsMax) return undefined
    return new Promise((resolve) => this.#producers.push(resolve))
  }

  /** The next item if one is ready. */
  tryShift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head += 1
    if (this.#head === this.#items.length) {
      this.#items.length = 0
      this.#head = 0
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    // All of them: one that has nothing more to push would not pass the turn on.
    if (this.length < this.#itemsMax && this.#producers.length > 0) for (const wake of this.#producers.splice(0)) wake()
    return item
  }

  /**
   * True when `tryShift` has something, false when nothing will come any more; a promise when that is not known yet.
   * Throws (or rejects with) the error of `fail` once all that was pushed before it is taken. With several consumers
   * another one may have been quicker: `tryShift` decides.
   */
  more(): boolean | Promise<boolean> {
    if (this.length > 0) return true
    if (this.#state === 'failed') throw this.#error
    if (this.#state !== 'open') return false
    return this.#wait()
  }

  async #wait(): Promise<boolean> {
    await new Promise<void>((resolve) => this.#consumers.push(resolve))
    return this.more()
  }

  /** No more items; what was pushed is still given. Idempotent, and without effect on a closed channel. */
  end(): void {
    this.#close('ended')
  }

  /** As `end`, and then the consumer gets `error`. */
  fail(error: unknown): void {
    if (this.#state === 'open') this.#error = error
    this.#close('failed')
  }

  /** The consumer wants nothing more: what was pushed is dropped, producers are let go. Idempotent. */
  leave(): void {
    this.#close('left')
    this.#state = 'left'
    this.#items = []
    this.#head = 0
  }

  #close(state: 'ended' | 'failed' | 'left'): void {
    if (this.#state === 'open') this.#state = state
    for (const wake of this.#consumers.splice(0)) wake()
    for (const wake of this.#producers.splice(0)) wake()
  }

  /** Leaving a `for await` early is `leave`. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: async () => {
        for (;;) {
          const value = this.tryShift()
          if (value !== undefined) return { done: false, value }
          const more = this.more()
          if (!(typeof more === 'boolean' ? more : await more)) return { done: true, value: undefined }
        }
      },
      return: async () => {
        this.leave()
        return { done: true, value: undefined }
      },
    }
  }
}
