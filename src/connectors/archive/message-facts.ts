import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import type { ItemId } from '../../core/model/ids.ts'
import type { ZonedTime } from '../../core/model/item.ts'
import { replaceFile, writeFully } from './durable-file.ts'
import { errnoOf } from './errors.ts'
import { Mutex } from './mutex.ts'
import { parseJsonLines, readTextFile, toStrings } from './json-lines.ts'

/** What a message's own file cannot say. */
export interface MessageFacts {
  readonly receivedAt?: ZonedTime
  readonly keywords: readonly string[]
  /** The bytes are to be given as stored, bare LF and all. */
  readonly isExact: boolean
  /** Length of the message as it stands in an mbox of ours. */
  readonly storedBytes?: number
}

/** One line of the file, for one message. */
export interface FactsLine extends MessageFacts {
  readonly id: ItemId
}

/**
 * The facts of one folder's messages, in a file of JSON lines beside them: one line for each message and each change,
 * later lines go before earlier. Kept in memory, and read again when another program changed the file.
 */
export class MessageFactsFile {
  readonly #path: Buffer
  readonly #mutex = new Mutex()
  #facts = new Map<ItemId, MessageFacts>()
  #stamp: string | undefined
  #digest = createHash('sha256')
  #digestText: string | undefined
  #isTorn = false

  constructor(path: Buffer) {
    this.#path = path
  }

  get size(): number {
    return this.#facts.size
  }

  /** False when nobody ever wrote facts here. */
  get exists(): boolean {
    return this.#stamp !== undefined && this.#stamp !== ''
  }

  /** Makes the file, so that from now on a message without facts is one that was not finished. */
  begin(): Promise<void> {
    return this.#mutex.run(async () => {
      await this.#load()
      if (!this.exists) await replaceFile(this.#path, '{"format":"mailvan-1"}\n')
      await this.#load()
    })
  }

  get(id: ItemId): MessageFacts | undefined {
    return this.#facts.get(id)
  }

  entries(): Iterable<readonly [ItemId, MessageFacts]> {
    return this.#facts
  }

  /** Equal as long as no fact changes. */
  get digest(): string {
    this.#digestText ??= this.#digest.copy().digest('base64url')
    return this.#digestText
  }

  /** Reads the file where it is not known yet or has changed. */
  load(): Promise<void> {
    return this.#mutex.run(() => this.#load())
  }

  /** Adds lines; durable when this resolves. */
  append(lines: readonly FactsLine[]): Promise<void> {
    return this.#mutex.run(async () => {
      if (lines.length === 0) return
      await this.#load()
      // A run that was killed may have left half a line.
      const text = (this.#isTorn ? '\n' : '') + lines.map((line) => `${JSON.stringify(toRecord(line))}\n`).join('')
      this.#stamp = undefined
      const handle = await open(this.#path, 'a', 0o600)
      try {
        await writeFully(handle, Buffer.from(text, 'utf8'))
        await handle.sync()
      } finally {
        await handle.close()
      }
      this.#take(text)
      this.#stamp = await stampOf(this.#path)
    })
  }

  forget(): void {
    this.#facts = new Map()
    this.#stamp = undefined
  }

  async #load(): Promise<void> {
    const stamp = await stampOf(this.#path)
    if (stamp === this.#stamp) return
    this.#facts = new Map()
    this.#digest = createHash('sha256')
    this.#digestText = undefined
    this.#take(await readTextFile(this.#path))
    this.#stamp = stamp
  }

  #take(text: string): void {
    if (text === '') return
    this.#digest.update(text)
    this.#digestText = undefined
    this.#isTorn = !text.endsWith('\n')
    for (const record of parseJsonLines(text)) {
      const { id } = record
      if (typeof id === 'string') this.#facts.set(id as ItemId, toFacts(record))
    }
  }
}

function toRecord(line: FactsLine): object {
  const { id, receivedAt, keywords, isExact, storedBytes } = line
  const date = receivedAt && { receivedAt: new Date(receivedAt.epochMs), offsetMinutes: receivedAt.offsetMinutes }
  return { id, ...date, keywords, ...(isExact && { isExact }), storedBytes }
}

function toFacts(record: Readonly<Record<string, unknown>>): MessageFacts {
  const { receivedAt, offsetMinutes, isExact, storedBytes } = record
  const epochMs = typeof receivedAt === 'string' ? Date.parse(receivedAt) : Number.NaN
  return {
    ...(!Number.isNaN(epochMs) && {
      receivedAt: { epochMs, offsetMinutes: typeof offsetMinutes === 'number' ? offsetMinutes : 0 },
    }),
    keywords: (toStrings(record['keywords']) ?? []).toSorted(),
    isExact: isExact === true,
    ...(typeof storedBytes === 'number' && Number.isSafeInteger(storedBytes) && storedBytes >= 0 && { storedBytes }),
  }
}

/** Changes when the file does; empty when there is none. */
async function stampOf(path: Buffer): Promise<string> {
  try {
    const stats = await stat(path, { bigint: true })
    return `${stats.ino} ${stats.size} ${stats.mtimeNs}`
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''
    throw error
  }
}
