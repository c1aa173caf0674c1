import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SandboxAccess } from '../../src/sandbox/start-sandbox.ts'

const program = join(dirname(fileURLToPath(import.meta.url)), '../../bin/mailvan.js')

/** The real program as a sandbox, in a process of its own. */
export interface SandboxProcess {
  /** What its first line of `--json` says. */
  readonly ready: SandboxAccess & { readonly type: string }
  readonly pid: number
  /** Interrupts it as Ctrl-C does and gives its exit code. */
  stop(): Promise<number | null>
}

/** Starts `mailvan sandbox --json` on free ports. Rejects with what it wrote to standard error when it does not come up. */
export async function startSandboxProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [program, 'sandbox', '--json', '--port', '0', ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const lines = createInterface({ input: child.stdout })
  const first = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    ended.then(() => Promise.reject(new Error(`the sandbox did not start: ${errors}`))),
  ])
  return {
    ready: JSON.parse(first) as SandboxProcess['ready'],
    pid: child.pid!,
    stop() {
      child.kill('SIGINT')
      return ended
    },
  }
}

/** Runs the real program and kills it as soon as `isTime`; gives the signal that ended it, null when it ended by itself. */
export async function runProgramUntil(args: readonly string[], isTime: () => boolean): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' }, stdio: 'ignore' })
  const watch = setInterval(() => {
    if (isTime()) child.kill('SIGKILL')
  }, 1)
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_code, ended) => resolve(ended)))
  clearInterval(watch)
  return signal
}
