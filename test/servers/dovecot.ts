#!/usr/bin/env node
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeAccessToken } from './access-token.ts'
import { findDovecot } from './dovecot-binary.ts'
import { dovecotFiles } from './dovecot-config.ts'
import type { DovecotOptions, DovecotPlace } from './dovecot-config.ts'
import { makeDovecotFolder } from './dovecot-folder.ts'
import { freePortPair } from './free-port.ts'

export type { DovecotOptions } from './dovecot-config.ts'

/** The password of every user of every test server. */
export const dovecotPassword = 'pw'

/** The raw pipelined mover and other measuring tools expect TLS here, relative to the plain port. */
const tlsPortDistance = 850

const startAttemptsMax = 5
const startWaitMsMax = 10_000
const stopWaitMsMax = 10_000

/** A running throw-away Dovecot. Any user name has a mailbox of its own, so that a fresh mailbox is a new user name. */
export interface DovecotServer {
  readonly host: '127.0.0.1'
  /** IMAP with STARTTLS, or plain when started with `tls: false`. */
  readonly port: number
  /** Implicit TLS; nothing listens there with `tls: false`. */
  readonly tlsPort: number
  /** The authority to trust (PEM); absent with `tls: false`. The certificate speaks for localhost and 127.0.0.1. */
  readonly caFile: string | undefined
  readonly password: string
  /** For `doveadm -c`. */
  readonly configFile: string
  readonly logFile: string
  readonly mailRoot: string
  /** Who owns mail files: what is written straight into a Maildir must belong to this user. */
  readonly owner: { readonly uid: number; readonly gid: number }
  /** The Maildir++ root of a user, which may not exist yet. Only with Maildir storage. */
  userMaildir(user: string): string
  /** A token that XOAUTH2 and OAUTHBEARER accept for `user`; a negative lifetime gives an expired one. */
  accessToken(user: string, lifetimeS?: number): string
  /** Ends the server and its sessions and deletes its folder, mail included. May be called twice. */
  stop(): Promise<void>
}

/**
 * Starts a Dovecot 2.3 with data of its own on free loopback ports and resolves once it answers. It ends with `stop`,
 * or by itself when this process ends in whatever way. Throws with Dovecot's own words when it does not come up.
 */
export async function startDovecot(options: DovecotOptions = {}): Promise<DovecotServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options)
    } catch (error) {
      const portWasTaken = error instanceof Error && error.message.includes('Address already in use')
      if (!portWasTaken || options.port !== undefined || attempt === startAttemptsMax) throw error
    }
  }
}

async function startOnce(options: DovecotOptions): Promise<DovecotServer> {
  const dovecot = await findDovecot()
  if (dovecot === undefined) throw new Error('dovecot is not installed: apt-get install dovecot-imapd')
  const { place, oauthKey } = await makeDovecotFolder(options, await choosePorts(options), dovecotPassword)
  const guard = spawnGuarded(dovecot, place.folder)
  try {
    await untilUp(place)
  } catch (error) {
    await endGuard(guard, place.folder)
    throw error
  }
  return {
    host: '127.0.0.1',
    port: place.port,
    tlsPort: place.tlsPort,
    caFile: place.certificate?.caFile,
    password: dovecotPassword,
    configFile: join(place.folder, dovecotFiles.config),
    logFile: join(place.folder, dovecotFiles.log),
    mailRoot: place.mailRoot,
    owner: place.owner,
    userMaildir(user) {
      if (options.storage === 'sdbox') throw new Error('an sdbox server has no Maildir')
      return join(place.mailRoot, user, 'Maildir')
    },
    accessToken: (user, lifetimeS) => makeAccessToken(user, oauthKey, lifetimeS),
    stop: () => endGuard(guard, place.folder),
  }
}

async function choosePorts(options: DovecotOptions): Promise<{ port: number; tlsPort: number }> {
  if (options.port !== undefined) {
    return { port: options.port, tlsPort: options.tlsPort ?? options.port + tlsPortDistance }
  }
  const pair = await freePortPair(tlsPortDistance)
  return { port: pair.first, tlsPort: options.tlsPort ?? pair.second }
}

/**
 * A shell stands between us and Dovecot: when our end of its input closes, because we ask or because we were killed, it
 * ends Dovecot and deletes the folder. Dovecot gets a process group of its own, and the whole group is killed: a mail
 * session outlives an orderly shutdown of its master by up to ten seconds (2.3.19).
 */
const guardScript = `
setsid "$1" -F -c "$2/${dovecotFiles.config}" </dev/null >"$2/start.log" 2>&1 &
read -r _
kill -s KILL -- "-$!" 2>/dev/null
wait
rm -rf "$2" || { sleep 1; rm -rf "$2"; }
`

function spawnGuarded(dovecot: string, folder: string): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', guardScript, 'dovecot-guard', dovecot, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A session of its own, so that Ctrl-C reaches the guard only through the end of its input.
    detached: true,
  })
  guard.unref()
  if (guard.stdin && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref()
  return guard
}

async function endGuard(guard: ChildProcess, folder: string): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return
  const exited = new Promise<void>((resolve) => guard.once('exit', () => resolve()))
  guard.ref()
  guard.stdin?.end()
  const giveUp = new AbortController()
  await Promise.race([exited, sleep(stopWaitMsMax, undefined, { signal: giveUp.signal }).catch(() => undefined)])
  giveUp.abort()
  if (guard.exitCode === null && guard.pid !== undefined) {
    process.kill(-guard.pid, 'SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
}

async function untilUp(place: DovecotPlace): Promise<void> {
  const deadline = Date.now() + startWaitMsMax
  let words = ''
  while (Date.now() < deadline && !words.includes('Fatal:')) {
    if (existsSync(join(place.folder, 'run/master.pid')) && (await greets(place.port))) return
    await sleep(20)
    words = await readFile(join(place.folder, 'start.log'), 'utf8').catch(() => '')
  }
  throw new Error(`Dovecot did not come up: ${words.trim() || 'it said nothing'}`)
}

async function greets(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(2_000, () => resolve(false))
  socket.once('error', () => resolve(false))
  socket.once('data', (data) => resolve(data.toString('latin1').startsWith('* OK')))
  const isUp = await promise
  socket.destroy()
  return isUp
}

if (import.meta.main) {
  // Not awaited: that module needs this one to be complete.
  void import('./people.ts').then(async ({ servePeople }) => {
    process.exitCode = await servePeople(process.argv[2], process.argv[1] ?? '')
  })
}
