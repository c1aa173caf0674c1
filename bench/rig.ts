import { execFile } from 'node:child_process'
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { startDelayProxy } from '../test/servers/delay-proxy.ts'
import type { DelayProxy } from '../test/servers/delay-proxy.ts'
import { startDovecot } from '../test/servers/dovecot.ts'
import type { DovecotServer } from '../test/servers/dovecot.ts'
import { withProbe } from '../test/servers/imap-probe.ts'
import { addToProfile, writeProfile } from './profiles.ts'
import type { ProfileName } from './profiles.ts'
import type { Setting } from './scenarios.ts'
import type { Job, Leg } from './tools/tool.ts'

/** The servers of a bench and the mail on them. */
export interface Rig {
  /** Writes a profile to the source unless it is there, and lets the server index it. */
  ensureProfile(name: ProfileName): Promise<void>
  /** Adds 1 % to a profile at the source. */
  addToProfile(name: ProfileName): Promise<void>
  /** A fresh target user and state folder for one tool in one run, in this setting. Free it with `dropJob`. */
  makeJob(setting: Setting): Promise<Job>
  /** Deletes the target's mail and the tool's state. */
  dropJob(job: Job): Promise<void>
  /** Switches the delay of all legs of this setting on or off. */
  setDelayed(setting: Setting, isDelayed: boolean): Promise<void>
  /** How the check reads the mail, around all proxies. */
  directPorts(job: Job): { readonly source: number; readonly target: number }
  /** Writes what is in memory to disk, so that one tool does not pay for another one's copy. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** Starts two Dovecots, and a third without MULTIAPPEND. Stop it after use. */
export async function startRig(): Promise<Rig> {
  // As Dovecot comes: compression is off unless somebody turns it on, and mbsync would use it at ten times the CPU.
  const options = { createSpecialUse: false, compress: false }
  const source = await startDovecot(options)
  const target = await startDovecot(options)
  const capability = await capabilityWithout(target, 'MULTIAPPEND')
  const singleTarget = await startDovecot({ ...options, capability })
  const stateRoot = await mkdtemp(join(tmpdir(), 'mailvan-bench-'))
  const proxies = new Map<DovecotServer, DelayProxy>()
  const profiles = new Set<ProfileName>()
  let jobs = 0

  const targetOf = (setting: { readonly multiAppend: boolean }) => (setting.multiAppend ? target : singleTarget)
  const serversOf = (setting: Setting) => [source, targetOf(setting)]
  const leg = (server: DovecotServer, user: string): Leg => ({
    user,
    port: server.port,
    tlsPort: server.tlsPort,
    password: server.password,
    caFile: server.caFile ?? '',
  })
  const place = (name: ProfileName) => ({ maildir: source.userMaildir(name), owner: source.owner })

  return {
    async ensureProfile(name) {
      if (profiles.has(name)) return
      const home = dirname(source.userMaildir(name))
      await mkdir(home)
      if (process.getuid?.() === 0) await chown(home, source.owner.uid, source.owner.gid)
      writeProfile(name, place(name))
      profiles.add(name)
    },
    async addToProfile(name) {
      addToProfile(name, place(name))
    },
    async makeJob(setting) {
      const stateFolder = join(stateRoot, `job-${++jobs}`)
      await mkdir(stateFolder)
      const sides = { source: leg(source, setting.profile), target: leg(targetOf(setting), `copy${jobs}`) }
      if (setting.delayMs > 0) {
        const [sourceProxy, targetProxy] = await ensureProxies(proxies, serversOf(setting))
        sides.source = { ...sides.source, port: sourceProxy?.port ?? 0 }
        sides.target = { ...sides.target, port: targetProxy?.port ?? 0 }
      }
      const { tls, multiAppend } = setting
      return { ...sides, tls, multiAppend, targetConfigFile: targetOf(setting).configFile, stateFolder }
    },
    async dropJob(job) {
      const server = targetOf(job)
      await rm(dirname(server.userMaildir(job.target.user)), { recursive: true, force: true })
      await rm(job.stateFolder, { recursive: true, force: true })
    },
    async setDelayed(setting, isDelayed) {
      if (setting.delayMs === 0) return
      for (const proxy of await ensureProxies(proxies, serversOf(setting))) {
        await proxy.setDelay(isDelayed ? setting.delayMs : 0)
      }
    },
    directPorts: (job) => ({ source: source.port, target: targetOf(job).port }),
    async settle() {
      await promisify(execFile)('sync')
    },
    async stop() {
      for (const proxy of proxies.values()) await proxy.stop()
      for (const server of [source, target, singleTarget]) await server.stop()
      await rm(stateRoot, { recursive: true, force: true })
    },
  }
}

async function ensureProxies(
  proxies: Map<DovecotServer, DelayProxy>,
  servers: readonly DovecotServer[],
): Promise<readonly DelayProxy[]> {
  const ensured: DelayProxy[] = []
  for (const server of servers) {
    const proxy = proxies.get(server) ?? (await startDelayProxy({ targetPort: server.port, delayMs: 0 }))
    proxies.set(server, proxy)
    ensured.push(proxy)
  }
  return ensured
}

async function capabilityWithout(server: DovecotServer, hidden: string): Promise<string> {
  const responses = await withProbe({ port: server.port, user: 'capability' }, (probe) =>
    probe.connection.command('CAPABILITY'),
  )
  const announced = (responses[0]?.text ?? '').replace(/^\* CAPABILITY /, '').split(' ')
  return announced.filter((name) => name !== hidden).join(' ')
}
