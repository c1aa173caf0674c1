import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { writeDefectReport } from '../control/defect-report.ts'
import { findHome } from '../control/home.ts'
import type { Home } from '../control/home.ts'
import type { MailboxOutcome } from '../control/mailbox-outcome.ts'
import type { Environment } from './environment.ts'
import { toTerminalText } from './output/terminal-text.ts'
import { version } from '../control/version.ts'

/** Tells of an error of this program in one line and writes the details into a file. Never throws. */
export async function reportDefect(defect: unknown, args: readonly string[], environment: Environment): Promise<void> {
  await tellDefect(defect, defectsFolder(args, environment), args.includes('--json'), environment)
}

/** `reportDefect` for each mailbox that such an error stopped. */
export async function reportDefects(outcomes: readonly MailboxOutcome[], home: Home, isJson: boolean, environment: Environment): Promise<void> {
  for (const { state, defect } of outcomes) {
    if (state === 'defect') await tellDefect(defect, home.defectsFolder, isJson, environment)
  }
}

async function tellDefect(defect: unknown, folder: string, isJson: boolean, environment: Environment): Promise<void> {
  const secrets = [...environment.secrets]
  const file = await writeDefectReport(defect, { folder, version: version(), atMs: Date.now(), secrets })
  const where = file === undefined ? 'the details could not be written' : `the details are in ${toTerminalText(file)}`
  environment.errors.write(`mailvan: an error of mailvan itself; nothing that was migrated is lost, and ${where}.\n`)
  if (!isJson) return
  const message = 'An error of mailvan itself.'
  environment.output.write(`${JSON.stringify({ type: 'error', kind: 'defect', code: 'defect', message, hint: where })}\n`)
}

/** The options may not have been understood yet, so the home is looked for by itself. */
function defectsFolder(args: readonly string[], environment: Environment): string {
  try {
    const at = args.lastIndexOf('--home')
    const named = at >= 0 ? args[at + 1] : args.findLast((arg) => arg.startsWith('--home='))?.slice('--home='.length)
    return findHome(named, environment.env, existsSync).defectsFolder
  } catch {
    return join(tmpdir(), 'mailvan-defects')
  }
}
