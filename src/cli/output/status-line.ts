import type { Environment } from '../environment.ts'
import { LiveBlock } from './live-block.ts'
import { fitCells } from './terminal-text.ts'

const redrawMs = 100

/**
 * One line of progress on standard error, where that is a terminal: it leaves nothing behind, so that standard output stays
 * what was asked for. Texts are safe ones. `end` may be called twice; call it whatever happens.
 */
export class StatusLine {
  readonly #block: LiveBlock | undefined
  readonly #environment: Environment
  #drawnAtMs = Number.NEGATIVE_INFINITY

  constructor(environment: Environment, isWanted: boolean) {
    this.#environment = environment
    this.#block = isWanted && environment.errors.isTTY === true && environment.env['TERM'] !== 'dumb' ? new LiveBlock(environment.errors) : undefined
  }

  /** Shows a text; one that follows another at once may not be seen, unless it `mustShow`. */
  show(text: string, mustShow = false): void {
    const nowMs = performance.now()
    if (this.#block === undefined || (!mustShow && nowMs - this.#drawnAtMs < redrawMs)) return
    this.#drawnAtMs = nowMs
    this.#block.draw([fitCells(text, (this.#environment.errors.columns || 80) - 1)])
  }

  end(): void {
    this.#block?.end()
  }
}
