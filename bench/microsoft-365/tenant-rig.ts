import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type SandboxProcess, startSandboxProcess } from '../../test/e2e/sandbox-process.ts'
import { sendHttps } from '../../test/servers/sandbox/trusting-network.ts'
import { type Measurement, measure } from '../measure.ts'
import type { SandboxPace } from './scenarios.ts'

const program = fileURLToPath(new URL('../../bin/mailvan.js', import.meta.url))
const filler = fileURLToPath(new URL('../sandbox/fill-big-tenant.ts', import.meta.url))

/** What the sandbox says of itself: `GET /sandbox`. */
export interface SandboxState {
  readonly mailboxes: readonly MailboxTraffic[]
}

/** What was asked of a mailbox. */
export interface MailboxTraffic {
  readonly address?: string
  readonly requests: number
  readonly refused: number
  readonly uploadBytes: number
}

/** Tenants on this machine and a home that knows them as endpoints of their names. */
export interface TenantRig {
  /** For whatever a scenario keeps. */
  readonly folder: string
  /** The user principal names of a tenant. */
  users(tenant: string): readonly string[]
  /** Runs `mailvan migrate` with these arguments, as a user does. */
  migrate(args: readonly string[]): Promise<Measurement>
  state(): Promise<SandboxState>
  /** How many items a mailbox shows, by Graph. Counts against its budget. */
  countItems(tenant: string, user: string): Promise<number>
  stop(): Promise<void>
}

/** How a rig is started. */
export interface TenantRigOptions {
  /** Those with items are made before the sandbox starts, in a folder; the others have as many users, and no items. */
  readonly tenants: readonly { readonly name: string; readonly itemsPerMailbox?: number }[]
  readonly users: number
  readonly pace: SandboxPace
  readonly timeoutS: number
  readonly signal: AbortSignal
}

/** Starts a sandbox over TLS, fills it and makes its tenants known. Stop it after use. */
export async function startTenantRig({ tenants, users, pace, timeoutS, signal }: TenantRigOptions): Promise<TenantRig> {
  const folder = await mkdtemp(join(tmpdir(), 'mailvan-bench-'))
  const store = join(folder, 'tenants')
  const filled = tenants.filter(({ itemsPerMailbox }) => itemsPerMailbox !== undefined)
  for (const { name, itemsPerMailbox = 0 } of filled) {
    await promisify(execFile)(process.execPath, [filler, store, name, String(users), String(users * itemsPerMailbox)], { signal })
  }
  const scale = ['--time-factor', String(pace.timeFactor), '--limit-percent', String(pace.limitPercent)]
  const names = tenants.flatMap(({ name }) => ['--tenant', name])
  const kept = filled.length === 0 ? [] : ['--folder', store]
  const sandbox = await startSandboxProcess([...names, '--users', String(users), '--messages', '0', ...scale, ...kept])
  const { ready } = sandbox
  const home = join(folder, 'home')
  for (const { name, id, clientId, clientSecret } of ready.tenants) {
    const hosts = ['--authority', ready.signIn, '--graph', ready.graph, '--outlook', ready.outlook, '--imap', `imaps://${ready.imap.host}:${ready.imap.port}`]
    const app = ['--tenant', id, '--client-id', clientId, '--side', 'both', '--ca', ready.authorityFile ?? '']
    await promisify(execFile)(process.execPath, [program, 'endpoint', 'add', name, ...app, ...hosts, ...scale, '--home', home], {
      env: { ...process.env, MAILVAN_CLIENT_SECRET: clientSecret },
      signal,
    })
  }
  const agent = new Agent({ keepAlive: true, ca: await readFile(ready.authorityFile ?? '') })
  const tenantOf = (name: string) => {
    const tenant = ready.tenants.find((one) => one.name === name)
    if (tenant === undefined) throw new Error(`the sandbox has no tenant ${name}`)
    return tenant
  }
  return {
    folder,
    users: (tenant) => tenantOf(tenant).users,
    migrate: (args) => measure({ file: process.execPath, args: [program, 'migrate', ...args, '--home', home, '--json'] }, folder, timeoutS, signal),
    state: async () => JSON.parse((await sendHttps(agent, 'GET', new URL('/sandbox', ready.page).href)).text) as SandboxState,
    countItems: (tenant, user) => countItems(agent, ready.graph, tenantOf(tenant), user),
    async stop() {
      agent.destroy()
      await sandbox.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function countItems(agent: Agent, graph: string, tenant: SandboxProcess['ready']['tenants'][number], user: string): Promise<number> {
  const { authority, clientId: client_id, clientSecret: client_secret } = tenant
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, scope: 'https://graph.microsoft.com/.default' })
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const { access_token } = JSON.parse((await sendHttps(agent, 'POST', `${authority}/oauth2/v2.0/token`, { headers: type, body: form.toString() })).text) as { readonly access_token: string }
  const get = async (path: string) => JSON.parse((await sendHttps(agent, 'GET', `${graph}/v1.0${path}`, { headers: { Authorization: `Bearer ${access_token}` } })).text) as Listed
  const { primaryMailboxId } = await get(`/users/${user}/settings/exchange`)
  const base = `/admin/exchange/mailboxes/${primaryMailboxId}/folders`
  let total = 0
  for (const open = ['MsgFolderRoot']; open.length > 0; ) {
    const { value = [] } = await get(`${base}/${open.pop()}/childFolders?$top=999`)
    for (const { id, totalItemCount, childFolderCount } of value) {
      total += totalItemCount
      if (childFolderCount > 0) open.push(encodeURIComponent(id))
    }
  }
  return total
}

interface Listed {
  readonly primaryMailboxId?: string
  readonly value?: readonly { readonly id: string; readonly totalItemCount: number; readonly childFolderCount: number }[]
}
