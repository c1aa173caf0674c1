import type { MigrationError } from '../../core/errors.ts'
import type { Style } from './style.ts'
import { toTerminalText } from './terminal-text.ts'

/** An operating error as `--json` gives it. */
export function toErrorObject(error: MigrationError): object {
  return { type: 'error', kind: error.kind, code: error.code, message: error.message, hint: error.hint }
}

/** An operating error for a person: what happened, and on a second line what to do. */
export function toErrorText(error: MigrationError, style: Style, about?: string): string {
  const where = about === undefined ? '' : `${toTerminalText(about)}: `
  const what = `${style.paint(['red', 'bold'], 'mailvan:')} ${where}${toTerminalText(error.message)}`
  return error.hint === '' ? `${what}\n` : `${what}\n  ${toTerminalText(error.hint)}\n`
}
