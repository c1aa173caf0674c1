import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { writeSampleMaildir } from '../src/sandbox/samples/write-sample-maildir.ts'
import { startDovecot } from '../test/servers/dovecot.ts'
import { findDovecot } from '../test/servers/dovecot-binary.ts'

/**
 * `npm run demo`: makes a sample mailbox, moves it, and leaves a report and a certificate to look at. From one Dovecot to
 * another where Dovecot is installed and may be started (as root), else from archive to archive, which needs no server.
 */
const root = path.resolve(import.meta.dirname, '..')
const folder = path.join(root, 'demo-out')
const home = path.join(folder, 'home')
const program = path.join(root, 'bin', 'mailvan.js')

/** Two endpoints with the sample mailbox in the first. */
interface Stage {
  readonly source: string
  readonly target: string
  stop(): Promise<void>
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
const usesServers = process.getuid?.() === 0 && (await findDovecot()) !== undefined
const stage = usesServers ? await serverStage() : archiveStage()
try {
  console.log(`\nMoving it from ${stage.source} to ${stage.target}\n`)
  await mailvan('migrate', stage.source, stage.target)
  console.log('\nOnce more: a pass with nothing to do writes and opens nothing.\n')
  await mailvan('migrate', stage.source, stage.target)
  const certificate = firstFile(path.join(home, 'certificates'), '.jsonl')
  console.log('\nWhat a third person does with the certificate, without Mailvan\'s ledger or any server:\n')
  await mailvan('certificate', 'verify', certificate)
  console.log(`\nLook at the report:      ${firstFile(path.join(home, 'reports'), '.html')}`)
  console.log(`and at the certificate:  ${certificate}`)
} finally {
  await stage.stop()
}

async function serverStage(): Promise<Stage> {
  console.log('Starting two Dovecots on loopback and making a sample mailbox ...')
  const [from, to] = await Promise.all([startDovecot(), startDovecot()])
  tellTotals(writeSampleMaildir(from.userMaildir('ann'), { owner: from.owner }))
  return {
    source: `imap://ann@${from.host}:${from.port}?ca=${encodeURIComponent(from.caFile ?? '')}`,
    target: `imap://ann@${to.host}:${to.port}?ca=${encodeURIComponent(to.caFile ?? '')}`,
    stop: async () => void (await Promise.all([from.stop(), to.stop()])),
  }
}

function archiveStage(): Stage {
  console.log('Making a sample mailbox ...')
  tellTotals(writeSampleMaildir(path.join(folder, 'source')))
  return { source: 'maildir:demo-out/source', target: 'maildir:demo-out/target', stop: async () => {} }
}

function tellTotals({ folders, messages, wireBytes }: { folders: number; messages: number; wireBytes: number }): void {
  console.log(`${messages} messages in ${folders} folders, ${(wireBytes / 1e6).toFixed(1)} MB`)
}

/** Runs the program as a user would; both passwords are those of the throw-away servers. */
async function mailvan(...words: string[]): Promise<void> {
  const env = { ...process.env, MAILVAN_HOME: home, MAILVAN_SOURCE_PASSWORD: 'pw', MAILVAN_TARGET_PASSWORD: 'pw' }
  const child = spawn(process.execPath, [program, ...words], { cwd: root, env, stdio: 'inherit' })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`mailvan ${words[0]} ended with exit code ${String(code)}`)
}

function firstFile(where: string, ending: string): string {
  const name = readdirSync(where).find((one) => one.endsWith(ending))
  if (name === undefined) throw new Error(`there is no ${ending} file in ${where}`)
  return path.relative(root, path.join(where, name))
}
