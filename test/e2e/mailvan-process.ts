import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = join(dirname(fileURLToPath(import.meta.url)), '../../bin/mailvan.js')

/** One line of `--json` output. */
export type JsonLine = Readonly<Record<string, unknown>> & { readonly type: string }

/** How a run of the program ended. */
export interface EndedRun {
  /** `null` when it was killed. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** Standard output, line by line; a line cut short by a kill is left out. */
  readonly lines: readonly JsonLine[]
  readonly errors: string
}

/** The real program in a process of its own, with the password of the test servers for both sides. */
export class MailvanProcess {
  readonly #child: ChildProcess
  readonly #lines: JsonLine[] = []
  #waiting: (() => void)[] = []
  #rest = ''
  #errors = ''
  /** Resolves when it has ended, in whatever way, and everything it said was read. */
  readonly ended: Promise<EndedRun>

  /** Starts `mailvan` with these arguments; `--json` is to be among them. */
  constructor(args: readonly string[], password: string) {
    const env = { ...process.env, MAILVAN_SOURCE_PASSWORD: password, MAILVAN_TARGET_PASSWORD: password }
    this.#child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#errors += text))
    const { promise, resolve, reject } = Promise.withResolvers<EndedRun>()
    this.ended = promise
    this.#child.once('error', reject)
    this.#child.once('close', (exitCode, signal) => {
      resolve({ exitCode, signal, lines: this.#lines, errors: this.#errors })
      this.#tell()
    })
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves once a line fulfils `isWanted`, or the program has ended. */
  async said(isWanted: (line: JsonLine) => boolean): Promise<void> {
    for (let read = 0; ; ) {
      for (; read < this.#lines.length; read++) if (isWanted(this.#lines[read] as JsonLine)) return
      if (!this.isRunning) return
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  /** `kill -9`: no handler of the program runs. Tells whether it was still running. */
  kill(): boolean {
    return this.#child.kill('SIGKILL')
  }

  #read(text: string): void {
    const parts = (this.#rest + text).split('\n')
    this.#rest = parts.pop() ?? ''
    for (const part of parts) this.#lines.push(JSON.parse(part) as JsonLine)
    this.#tell()
  }

  #tell(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
