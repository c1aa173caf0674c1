import type { Engine } from './engine.ts'

const intervalMs = 200

/** Counts what a pass has done and tells the observer now and then. */
export class ProgressMeter {
  readonly #engine: Pick<Engine, 'context' | 'governor' | 'observe'>
  #foldersDone = 0
  #foldersTotal = 0
  #itemsDone = 0
  #itemsTotal = 0
  #bytesDone = 0
  #bytesTotal = 0
  #itemsFailed = 0
  #toldAtMs = Number.NEGATIVE_INFINITY

  constructor(engine: Pick<Engine, 'context' | 'governor' | 'observe'>) {
    this.#engine = engine
  }

  expectFolders(folders: number): void {
    this.#foldersTotal += folders
    this.#tell(true)
  }

  folderDone(): void {
    this.#foldersDone++
    this.#tell(this.#foldersDone === this.#foldersTotal)
  }

  expect(items: number, bytes: number): void {
    this.#itemsTotal += items
    this.#bytesTotal += bytes
    this.#tell(false)
  }

  done(bytes: number, isFailed: boolean): void {
    this.#itemsDone++
    this.#bytesDone += bytes
    if (isFailed) this.#itemsFailed++
    this.#tell(this.#itemsDone === this.#itemsTotal)
  }

  #tell(isDue: boolean): void {
    const nowMs = this.#engine.context.clock.now()
    if (!isDue && nowMs - this.#toldAtMs < intervalMs) return
    this.#toldAtMs = nowMs
    this.#engine.observe({
      type: 'progress',
      progress: {
        foldersDone: this.#foldersDone,
        foldersTotal: this.#foldersTotal,
        itemsDone: this.#itemsDone,
        itemsTotal: Math.max(this.#itemsTotal, this.#itemsDone),
        bytesDone: this.#bytesDone,
        bytesTotal: Math.max(this.#bytesTotal, this.#bytesDone),
        itemsFailed: this.#itemsFailed,
        binding: this.#engine.governor.binding().limit,
      },
    })
  }
}
