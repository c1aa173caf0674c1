import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A program to run. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** What one run of a program took. */
export interface Measurement {
  /** From its start to its end, process start included. */
  readonly wallS: number
  /** User and system time of the process and its ended children; 0 when nothing tells. */
  readonly cpuS: number
  /** Largest resident set, of the largest process when there are several. */
  readonly rssMB: number
  readonly exitCode: number
  /** The end of what it wrote. */
  readonly output: string
}

const timeProgram = '/usr/bin/time'
const outputBytesMax = 16_384

/**
 * Runs a program to its end, or kills it after `timeoutS` and reports exit code 124. Its output goes through a file in
 * `folder`, so that reading it costs nothing meanwhile. Memory and CPU come from GNU time, else from /proc while it
 * runs. When `signal` is aborted the program is killed and the signal's reason is thrown.
 */
export async function measure(
  command: Command,
  folder: string,
  timeoutS: number,
  signal: AbortSignal,
): Promise<Measurement> {
  signal.throwIfAborted()
  const outputFile = join(folder, 'output')
  const timesFile = join(folder, 'times')
  const output = await open(outputFile, 'w')
  const hasTime = existsSync(timeProgram)
  const prefix = hasTime ? [timeProgram, '-f', '%U %S %M', '-o', timesFile] : []
  const [file, ...args] = [...prefix, command.file, ...command.args] as [string, ...string[]]
  const startedMs = performance.now()
  const child = spawn(file, args, {
    env: { ...process.env, ...command.env },
    stdio: ['ignore', output.fd, output.fd],
    // A group of its own: killing GNU time alone would leave the program behind.
    detached: true,
  })
  const kill = () => killGroup(child.pid)
  signal.addEventListener('abort', kill)
  let seen = { cpuS: 0, rssMB: 0 }
  const look = hasTime ? undefined : setInterval(() => (seen = readUsage(child.pid, seen)), 20)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    killGroup(child.pid)
  }, timeoutS * 1_000)
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
  const wallS = (performance.now() - startedMs) / 1_000
  clearTimeout(timer)
  clearInterval(look)
  signal.removeEventListener('abort', kill)
  await output.close()
  signal.throwIfAborted()
  const usage = hasTime && !isLate ? await readTimes(timesFile) : seen
  return { wallS, ...usage, exitCode: isLate ? 124 : exitCode, output: await tail(outputFile) }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function readTimes(file: string): Promise<{ cpuS: number; rssMB: number }> {
  // A first line "Command exited with non-zero status" may stand above the figures.
  const figures = (await readFile(file, 'utf8')).trim().split('\n').at(-1)?.split(' ') ?? []
  const [user = 0, system = 0, kilobytes = 0] = figures
  return { cpuS: Number(user) + Number(system), rssMB: Number(kilobytes) / 1_024 }
}

function readUsage(pid: number | undefined, before: { cpuS: number; rssMB: number }): { cpuS: number; rssMB: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0)
    // Fields 14 to 17 of proc(5), in ticks of 10 ms: own and ended children's user and system time.
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(stat[field] ?? 0), 0)
    return { cpuS: ticks / 100, rssMB: Math.max(before.rssMB, kilobytes / 1_024) }
  } catch {
    return before
  }
}

async function tail(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - outputBytesMax)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(outputBytesMax), 0, outputBytesMax, start)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
