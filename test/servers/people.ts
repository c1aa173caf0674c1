import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeSampleMaildir } from '../../src/sandbox/samples/write-sample-maildir.ts'
import { startDovecot } from './dovecot.ts'
import type { DovecotServer } from './dovecot.ts'
import { ensureDovecot } from './ensure-dovecot.ts'

const stateFile = join(tmpdir(), `mailvan-servers-${process.getuid?.() ?? 0}.json`)
const startWaitMsMax = 20_000
const stopWaitMsMax = 15_000
const ports = { source: { port: 10_143, tlsPort: 10_993 }, target: { port: 20_143, tlsPort: 20_993 } }

const usage = `usage: dovecot.ts start | stop | status | reset

Two throw-away Dovecots for trying things by hand: source (user anna holds the sample mailbox) and target.
Any user name logs in with the password pw. reset stops them, forgets all mail and starts again.
`

interface State {
  readonly pid: number
  readonly text: string
}

/** What the executable does with one word of command line; the result is the exit code. */
export async function servePeople(command: string | undefined, script: string): Promise<number> {
  switch (command) {
    case 'start':
      return start(script)
    case 'stop':
      return stop()
    case 'reset':
      await stop()
      return start(script)
    case 'status': {
      const state = await running()
      process.stdout.write(state ? state.text : 'not running\n')
      return state ? 0 : 1
    }
    case 'hold':
      return hold()
    default:
      process.stderr.write(usage)
      return 3
  }
}

async function start(script: string): Promise<number> {
  await ensureDovecot()
  if (!(await running())) {
    await rm(stateFile, { force: true })
    spawn(process.execPath, [script, 'hold'], { detached: true, stdio: ['ignore', 'ignore', 'inherit'] }).unref()
  }
  for (let waitedMs = 0; waitedMs < startWaitMsMax; waitedMs += 50) {
    const state = await running()
    if (state) {
      process.stdout.write(state.text)
      return 0
    }
    await sleep(50)
  }
  process.stderr.write('the servers did not start\n')
  return 1
}

async function stop(): Promise<number> {
  const state = await running()
  if (!state) return 0
  process.kill(state.pid, 'SIGTERM')
  for (let waitedMs = 0; waitedMs < stopWaitMsMax && (await running()); waitedMs += 50) await sleep(50)
  return (await running()) ? 1 : 0
}

async function running(): Promise<State | undefined> {
  const text = await readFile(stateFile, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const state = JSON.parse(text) as State
  return isOurs(state.pid) ? state : undefined
}

/** The number of an ended process may by now belong to another one, which must not be stopped. */
function isOurs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('\0hold')
  } catch {
    return false
  }
}

/** The process in the background that the servers live and die with. */
async function hold(): Promise<number> {
  const asked = Promise.withResolvers<void>()
  process.once('SIGTERM', () => asked.resolve())
  const keepAlive = setInterval(() => undefined, 60_000)
  const source = await startDovecot(ports.source)
  const target = await startDovecot(ports.target)
  const maildir = source.userMaildir('anna')
  await mkdir(dirname(maildir))
  if (process.getuid?.() === 0) await chown(dirname(maildir), source.owner.uid, source.owner.gid)
  writeSampleMaildir(maildir, { owner: source.owner })
  const text = `${describe('source', source)}${describe('target', target)}`
  await writeFile(stateFile, JSON.stringify({ pid: process.pid, text } satisfies State), { mode: 0o600 })
  await asked.promise
  await Promise.all([source.stop(), target.stop()])
  await rm(stateFile, { force: true })
  clearInterval(keepAlive)
  return 0
}

function describe(name: string, server: DovecotServer): string {
  const { host, port, tlsPort, caFile } = server
  return `${name}  imap ${host}:${port}  imaps ${host}:${tlsPort}  authority ${caFile}\n`
}
