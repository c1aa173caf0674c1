import type { Environment } from './environment.ts'
import { styleFor } from './output/style.ts'
import { toTerminalText } from './output/terminal-text.ts'

/** Tells on standard error which rows of a list are about nothing, and why; with `isJson` also as JSON on standard output. */
export function tellFaultyRows(file: string, faulty: readonly { readonly line: number; readonly reason: string }[], isJson: boolean, environment: Environment): void {
  const style = styleFor(environment.errors, environment.env)
  for (const { line, reason } of faulty) {
    if (isJson) environment.output.write(`${JSON.stringify({ type: 'faultyRow', file, line, reason })}\n`)
    environment.errors.write(`${style.paint(['red', 'bold'], 'mailvan:')} ${toTerminalText(`${file}, line ${line}: ${reason}`)}\n`)
  }
}
