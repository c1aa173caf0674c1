import type { Environment } from '../environment.ts'
import { JsonView } from './json-view.ts'
import { PlainView } from './plain-view.ts'
import { styleFor } from './style.ts'
import { TerminalView } from './terminal-view.ts'
import type { View } from './view.ts'

/** The view that suits where the output goes. `isNamed`: several mailboxes run, and each line says which. */
export function openView(options: {
  readonly environment: Environment
  readonly isJson: boolean
  readonly isNamed: boolean
  readonly mailboxesTotal: number
}): View {
  const { output, env } = options.environment
  const { isNamed, mailboxesTotal } = options
  if (options.isJson) return new JsonView(output, isNamed)
  const style = styleFor(output, env)
  const now = (): number => performance.now()
  const isLive = output.isTTY === true && env['TERM'] !== 'dumb'
  return isLive ? new TerminalView({ output, style, isNamed, mailboxesTotal, now }) : new PlainView({ output, style, isNamed, now })
}
