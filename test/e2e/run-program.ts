import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = join(dirname(fileURLToPath(import.meta.url)), '../../bin/mailvan.js')

/** How a run of the real program ended. */
export interface ProgramResult {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null
  readonly output: string
  readonly errors: string
  /** Standard output as `--json` gives it. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  readonly durationMs: number
}

/** What a run gets besides its arguments. */
export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The user and group it runs as, when this process may choose. */
  readonly owner?: { readonly uid: number; readonly gid: number }
  /** Called with all of standard output so far; giving a signal sends it, once. */
  readonly interruptWhen?: (output: string) => NodeJS.Signals | undefined
}

/** Runs the real program in a process of its own, not on a terminal and without passwords but those in `env`. */
export async function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  const startedAtMs = performance.now()
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/nonexistent', ...options.env }
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], ...options.owner })
  let output = ''
  let errors = ''
  let wasInterrupted = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    const signal = wasInterrupted ? undefined : options.interruptWhen?.(output)
    if (signal === undefined) return
    wasInterrupted = true
    child.kill(signal)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return {
    exitCode,
    output,
    errors,
    get lines() {
      return output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Readonly<Record<string, unknown>>]))
    },
    durationMs: performance.now() - startedAtMs,
  }
}
