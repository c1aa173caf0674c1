/**
 * So many bytes may be held at a time by all connections together; who wants more waits for his turn. A share bigger than
 * all there is is given alone.
 */
export class ByteAllowance {
  readonly #sizeBytes: number
  #takenBytes = 0
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = []

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes
  }

  /** Undefined when the bytes are taken at once. Everything taken has to be given back. */
  take(bytes: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#takenBytes += bytes
      return undefined
    }
    return new Promise((go) => this.#waiting.push({ bytes, go }))
  }

  giveBack(bytes: number): void {
    this.#takenBytes -= bytes
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#takenBytes += next.bytes
      next.go()
    }
  }

  #fits(bytes: number): boolean {
    return this.#takenBytes === 0 || this.#takenBytes + bytes <= this.#sizeBytes
  }
}
