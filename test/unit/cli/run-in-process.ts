import { PassThrough, Readable } from 'node:stream'
import type { Environment } from '../../../src/cli/environment.ts'
import { runCommandLine } from '../../../src/cli/main.ts'

/** How a command line came out. */
export interface CommandResult {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/** Runs the real command line within this process, with streams of its own. */
export async function runInProcess(
  args: readonly string[],
  options: { readonly env?: Environment['env']; readonly signal?: AbortSignal; readonly columns?: number } = {},
): Promise<CommandResult> {
  const output = collect(options.columns)
  const errors = collect(options.columns)
  const exitCode = await runCommandLine(args, {
    env: options.env ?? {},
    input: Readable.from([]) as NodeJS.ReadableStream,
    output: output.stream,
    errors: errors.stream,
    signal: options.signal ?? new AbortController().signal,
    secrets: new Set(),
  })
  return { exitCode, output: output.text(), errors: errors.text() }
}

/** A stream that keeps what is written; a terminal when it has `columns`. */
export function collect(columns?: number): { stream: Environment['output']; text: () => string } {
  const stream: Environment['output'] & PassThrough = new PassThrough()
  if (columns !== undefined) Object.assign(stream, { isTTY: true, columns, rows: 24 })
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { stream, text: () => Buffer.concat(chunks).toString() }
}
