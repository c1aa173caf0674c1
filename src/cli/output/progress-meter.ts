import type { Progress } from '../../core/ports/observer.ts'

/** How fast a pass is, and when it will be through. */
export interface Pace {
  readonly itemsPerSecond: number
  readonly bytesPerSecond: number
  /** Absent while too little was seen to tell. */
  readonly leftMs?: number
}

const windowMs = 8_000
const seenMsMin = 500

/** Derives the pace from the last seconds of progress, so that it follows what the servers do now. */
export class ProgressMeter {
  readonly #samples: { atMs: number; items: number; bytes: number }[] = []

  /** Takes what was reported at `atMs` and gives the pace as of then. */
  add(progress: Progress, atMs: number): Pace {
    this.#samples.push({ atMs, items: progress.itemsDone, bytes: progress.bytesDone })
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? atMs) < atMs - windowMs) this.#samples.shift()
    const first = this.#samples[0]
    const elapsedMs = first === undefined ? 0 : atMs - first.atMs
    if (first === undefined || elapsedMs < seenMsMin) return { itemsPerSecond: 0, bytesPerSecond: 0 }
    const itemsPerSecond = Math.max(0, ((progress.itemsDone - first.items) * 1000) / elapsedMs)
    const bytesPerSecond = Math.max(0, ((progress.bytesDone - first.bytes) * 1000) / elapsedMs)
    // Small items are bound by their number and large ones by their size: the slower of the two tells the truth.
    const leftSeconds = Math.max(
      timeFor(progress.itemsTotal - progress.itemsDone, itemsPerSecond),
      timeFor(progress.bytesTotal - progress.bytesDone, bytesPerSecond),
    )
    return { itemsPerSecond, bytesPerSecond, ...(Number.isFinite(leftSeconds) ? { leftMs: leftSeconds * 1000 } : {}) }
  }
}

function timeFor(remaining: number, perSecond: number): number {
  return remaining <= 0 ? 0 : remaining / perSecond
}
