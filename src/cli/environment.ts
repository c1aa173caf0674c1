import type { ReadStream, WriteStream } from 'node:tty'

/** A stream that text is written to; a terminal has `isTTY` and its size. */
export type OutputStream = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>

/** What the command line takes from the process around it, so that tests can run it in theirs. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly input: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>
  readonly output: OutputStream
  readonly errors: OutputStream
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
  /** Gives the command so long to end after an interruption, in place of a moment: it has something to remove. */
  readonly allowEnding?: (delayMsMax: number) => void
  /** Every password that was read, to be kept out of whatever is written. */
  readonly secrets: Set<string>
}
