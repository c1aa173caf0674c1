import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import type { SandboxAccess } from '../src/sandbox/sandbox-options.ts'
import { writeSampleMaildir } from '../src/sandbox/samples/write-sample-maildir.ts'
import { startDovecot } from '../test/servers/dovecot.ts'
import { findDovecot } from '../test/servers/dovecot-binary.ts'

/**
 * `npm run demo`: makes a sample mailbox, moves it into a Microsoft 365 tenant on this machine, and leaves a report and a
 * certificate to look at. Out of Dovecot where that is installed and may be started (as root), else out of an archive.
 */
const root = path.resolve(import.meta.dirname, '..')
const folder = path.join(root, 'demo-out')
const home = path.join(folder, 'home')
const program = path.join(root, 'bin', 'mailvan.js')

/** Where the sample mailbox is. */
interface Stage {
  readonly source: string
  stop(): Promise<void>
}

const endpoint = 'contoso'

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
const usesServers = process.getuid?.() === 0 && (await findDovecot()) !== undefined
const stage = usesServers ? await serverStage() : archiveStage()
const tenant = await startTenant()
try {
  const target = `m365://${endpoint}/${tenant.user}`
  console.log(`\nMoving it from ${stage.source} to ${target}\n`)
  await mailvan('migrate', stage.source, target)
  console.log('\nOnce more: a pass with nothing to do writes and opens nothing.\n')
  await mailvan('migrate', stage.source, target)
  const certificate = firstFile(path.join(home, 'certificates'), '.jsonl')
  console.log('\nWhat a third person does with the certificate, without Mailvan\'s ledger or any server:\n')
  await mailvan('certificate', 'verify', certificate)
  console.log(`\nLook at the report:      ${firstFile(path.join(home, 'reports'), '.html')}`)
  console.log(`and at the certificate:  ${certificate}`)
} finally {
  await Promise.all([stage.stop(), tenant.stop()])
}

async function serverStage(): Promise<Stage> {
  console.log('Starting a Dovecot on loopback and making a sample mailbox ...')
  const server = await startDovecot()
  tellTotals(writeSampleMaildir(server.userMaildir('ann'), { owner: server.owner }))
  return {
    source: `imap://ann@${server.host}:${server.port}?ca=${encodeURIComponent(server.caFile ?? '')}`,
    stop: () => server.stop(),
  }
}

function archiveStage(): Stage {
  console.log('Making a sample mailbox ...')
  tellTotals(writeSampleMaildir(path.join(folder, 'source')))
  return { source: 'maildir:demo-out/source', stop: async () => {} }
}

/** A Microsoft 365 tenant on this machine, with an empty mailbox, set up as an endpoint. */
async function startTenant(): Promise<{ readonly user: string; stop(): Promise<void> }> {
  console.log('Starting a Microsoft 365 tenant on this machine ...')
  const child = spawn(process.execPath, [program, 'sandbox', '--users', '1', '--messages', '0', '--port', '0', '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = (): Promise<void> => {
    child.kill('SIGTERM')
    return ended
  }
  try {
    const ready = (await Promise.race([firstLine(child.stdout), ended])) as SandboxAccess | undefined
    const [tenant] = ready?.tenants ?? []
    const [user] = tenant?.users ?? []
    if (ready === undefined || tenant === undefined || user === undefined) throw new Error('the sandbox did not start')
    const imap = `imaps://${ready.imap.host}:${ready.imap.port}`
    const hosts = ['--imap', imap, '--authority', ready.signIn, '--graph', ready.graph, '--outlook', ready.outlook, '--ca', ready.authorityFile ?? '']
    const app = ['--tenant', tenant.id, '--client-id', tenant.clientId]
    await run(['endpoint', 'add', endpoint, '--side', 'target', ...app, ...hosts], { MAILVAN_CLIENT_SECRET: tenant.clientSecret }, 'ignore')
    return { user, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<unknown> {
  let text = ''
  for await (const chunk of stream) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return JSON.parse(text.slice(0, text.indexOf('\n')))
}

function tellTotals({ folders, messages, wireBytes }: { folders: number; messages: number; wireBytes: number }): void {
  console.log(`${messages} messages in ${folders} folders, ${(wireBytes / 1e6).toFixed(1)} MB`)
}

/** Runs the program as a user would; the password is that of the throw-away server. */
function mailvan(...words: string[]): Promise<void> {
  return run(words, { MAILVAN_SOURCE_PASSWORD: 'pw' }, 'inherit')
}

async function run(words: readonly string[], secrets: Readonly<Record<string, string>>, output: 'inherit' | 'ignore'): Promise<void> {
  const env = { ...process.env, MAILVAN_HOME: home, ...secrets }
  const child = spawn(process.execPath, [program, ...words], { cwd: root, env, stdio: ['inherit', output, 'inherit'] })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`mailvan ${words[0]} ended with exit code ${String(code)}`)
}

function firstFile(where: string, ending: string): string {
  const name = readdirSync(where).find((one) => one.endsWith(ending))
  if (name === undefined) throw new Error(`there is no ${ending} file in ${where}`)
  return path.relative(root, path.join(where, name))
}
