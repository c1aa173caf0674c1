import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const fillStore = new URL('fill-store.ts', import.meta.url).pathname

/** What `fill-store.ts` said until it ended, or until `enough` said so and it was killed as if by power loss. */
export async function runFillStore(
  args: readonly string[],
  options: { readonly enough?: (line: string, lines: number) => boolean; readonly fileBlocksMax?: number } = {},
): Promise<readonly string[]> {
  const program = [process.execPath, fillStore, ...args]
  const { fileBlocksMax } = options
  const limited =
    fileBlocksMax === undefined ? program : ['sh', '-c', `ulimit -f ${fileBlocksMax}; exec "$@"`, 'sh', ...program]
  const child = spawn(limited[0] ?? '', limited.slice(1), { stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (options.enough?.(line, lines.length)) child.kill('SIGKILL')
  }
  return lines
}

/** The number at the end of the last line that begins with `word`. */
export function lastNumber(lines: readonly string[], word: string): number {
  return Number(lines.findLast((line) => line.startsWith(`${word} `))?.split(' ')[1] ?? 0)
}
