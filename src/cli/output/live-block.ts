import type { OutputStream } from '../environment.ts'

const hideCursor = '\x1b[?25l'
const showCursor = '\x1b[?25h'
const eraseToLineEnd = '\x1b[K'
const eraseBelow = '\x1b[J'

/**
 * A few lines at the foot of a terminal that are redrawn in place, each time in one write and without blanking first, so
 * that nothing flickers. The lines given must fit the terminal's width. `end` gives the cursor back and may be called
 * twice; call it whatever happens.
 */
export class LiveBlock {
  readonly #stream: OutputStream
  #lines: readonly string[] = []
  #isDrawn = false

  constructor(stream: OutputStream) {
    this.#stream = stream
  }

  draw(lines: readonly string[]): void {
    this.#write('', lines)
  }

  /** Puts a line above the block, where it stays. */
  print(line: string): void {
    this.#write(`${line}${eraseToLineEnd}\n`, this.#lines)
  }

  /** Takes the block away. */
  end(): void {
    if (!this.#isDrawn) return
    this.#stream.write(`${this.#toTop()}${eraseBelow}${showCursor}`)
    this.#lines = []
    this.#isDrawn = false
  }

  #write(above: string, lines: readonly string[]): void {
    const start = this.#isDrawn ? this.#toTop() : hideCursor
    const body = lines.map((line) => line + eraseToLineEnd).join('\n')
    this.#stream.write(`${start}${above}${body}${eraseBelow}`)
    this.#lines = lines
    this.#isDrawn = true
  }

  #toTop(): string {
    return this.#lines.length > 1 ? `\r\x1b[${this.#lines.length - 1}A` : '\r'
  }
}
