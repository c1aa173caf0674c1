import { MigrationError } from '../core/errors.ts'
import { UsageError } from '../control/usage-error.ts'
import type { Environment } from './environment.ts'
import { exitCodes } from './exit-codes.ts'
import { toErrorObject, toErrorText } from './output/error-text.ts'
import { styleFor } from './output/style.ts'
import { runProgram } from './program.ts'
import { tellInterrupted } from './tell-interrupted.ts'

/** How long what is under way may take to end after an interruption, unless a command asks for more; the ledger is durable without it. */
const endingMsMax = 1_500

/** The program: runs the command line `args` in this process and ends it with its exit code. Never throws. */
export async function main(args: readonly string[]): Promise<void> {
  const interruption = new AbortController()
  const ending = { delayMsMax: endingMsMax }
  const environment: Environment = {
    env: process.env,
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    signal: interruption.signal,
    allowEnding: (delayMsMax) => {
      ending.delayMsMax = delayMsMax
    },
    secrets: new Set(),
  }
  endQuietlyWithReader(process.stdout)
  endQuietlyWithReader(process.stderr)
  interruptOnSignals(interruption, ending, environment)
  process.on('uncaughtException', (error) => void endWithDefect(error, args, environment))
  const exitCode = await runCommandLine(args, environment)
  // A pipe takes 64 KB at once and the rest as its reader goes on; an exit would lose that.
  await Promise.all([written(process.stdout), written(process.stderr)])
  end(exitCode)
}

/** Resolves once everything is handed over, or nobody takes it any more. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write('', () => resolve()))
}

/** Runs the command line `args` and gives the exit code; errors are told on `environment.errors`. Never throws. */
export async function runCommandLine(args: readonly string[], environment: Environment): Promise<number> {
  try {
    return await runProgram(args, environment)
  } catch (error) {
    if (environment.signal.aborted) {
      tellInterrupted(environment)
      return exitCodes.needsPerson
    }
    if (error instanceof MigrationError) {
      if (args.includes('--json')) environment.output.write(`${JSON.stringify(toErrorObject(error))}\n`)
      environment.errors.write(toErrorText(error, styleFor(environment.errors, environment.env)))
      return error instanceof UsageError ? exitCodes.usage : exitCodes.needsPerson
    }
    const { reportDefect } = await import('./report-defect.ts')
    await reportDefect(error, args, environment)
    return exitCodes.defect
  }
}

/** For what is thrown outside of every call, by an event listener or a promise that nobody waits for. */
async function endWithDefect(error: unknown, args: readonly string[], environment: Environment): Promise<void> {
  const { reportDefect } = await import('./report-defect.ts')
  await reportDefect(error, args, environment)
  end(exitCodes.defect)
}

/** Whoever read our output has left (`mailvan ... | head`): nobody is there to be told. */
function endQuietlyWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    end(exitCodes.complete)
  })
}

/** The first signal asks everything to end; the second one, or a slow end, ends it. */
function interruptOnSignals(interruption: AbortController, ending: { readonly delayMsMax: number }, environment: Environment): void {
  const endNow = (): never => {
    tellInterrupted(environment)
    return end(exitCodes.needsPerson)
  }
  const interrupt = (): void => {
    if (interruption.signal.aborted) endNow()
    interruption.abort(new DOMException('interrupted', 'AbortError'))
    setTimeout(endNow, ending.delayMsMax).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
}

/** A hidden cursor outlives the process, so it is given back on every way out. */
function end(exitCode: number): never {
  if (process.stdout.isTTY) process.stdout.write('\x1b[?25h')
  process.exit(exitCode)
}
