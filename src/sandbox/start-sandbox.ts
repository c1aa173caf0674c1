import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { calendarConversion } from '../formats/calendar/calendar-conversion.ts'
import { createClock } from './clock.ts'
import { openTenants, type OpenTenant } from './open-tenants.ts'
import { assembleFaces } from './assemble-faces.ts'
import { startImapServer } from './faces/imap/start-imap-server.ts'
import { keepKeys } from './kept-keys.ts'
import { keepTime } from './kept-time.ts'
import { type CertificateAuthority, createCertificateAuthority } from './http/certificate-authority.ts'
import { createBudgets } from './pace/budgets.ts'
import { withMailboxPercent } from './pace/budget-limits.ts'
import { type FaultProfiles, createFaultProfiles } from './pace/fault-profiles.ts'
import { createImapBudgets } from './pace/imap-budgets.ts'
import type { SandboxAccess, SandboxOptions } from './sandbox-options.ts'
import { SeededRandom } from './samples/seeded-random.ts'
import { findUserByAddress } from './tenant/directory-store.ts'
import { SigningKeys } from './tokens/signing-keys.ts'

export { isProfileName, profileNames } from './pace/fault-profiles.ts'
export type { SandboxAccess } from './sandbox-options.ts'
export { TenantError } from './tenant/tenant-error.ts'

/** A sandbox that answers. */
export interface Sandbox {
  readonly access: SandboxAccess
  readonly tenants: readonly OpenTenant[]
  readonly profiles: FaultProfiles
  readonly keys: SigningKeys
  /** Ends all connections, closes the tenants and leaves nothing behind but a kept folder. May be called twice. */
  close(): Promise<void>
}

const hostDefault = '127.0.0.1'

/**
 * Starts tenants of Microsoft 365 on this machine: sign-in, Graph, import URLs and the page on one port, IMAP on the
 * next. Resolves once all of them answer. Rejects when a port is taken or a folder cannot be used; with a `TenantError`
 * when a kept tenant is in use elsewhere or lacks its access file.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = options.host ?? hostDefault
  const clock = options.clock ?? createClock(options.timeFactor)
  const closers: (() => Promise<void> | void)[] = []
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).toReversed()) await end()
  }
  try {
    const tenants = await openTenants(options, clock)
    closers.push(() => tenants.forEach(({ tenant }) => tenant.database.close()))
    const databases = tenants.map(({ tenant }) => tenant.database)
    const time = keepTime(databases, clock)
    time.restore()
    closers.push(() => time.save())
    const keys = new SigningKeys(clock, { store: keepKeys(databases) })
    const random = new SeededRandom(1)
    const profiles = createFaultProfiles({ clock, random })
    profiles.use(options.profile)
    const { limitPercent = 100 } = options
    const budgets = createBudgets({ clock, random, limits: () => withMailboxPercent(profiles.limits(), limitPercent) })
    const authority = options.isSecure ? createCertificateAuthority(Date.now()) : undefined
    const certificate = authority?.issue(['localhost', '127.0.0.1', '::1'])
    const door = assembleFaces({ tenants, keys, clock, budgets, profiles, options, time, baseUrl: () => baseUrl, outlookUrl: () => outlookUrl })
    const listener = getRequestListener(door.fetch, { overrideGlobalObjects: options.ownsProcess === true })
    const server =
      certificate === undefined
        ? createHttpServer(listener)
        : createHttpsServer({ key: certificate.privateKeyPem, cert: certificate.certificatePem }, listener)
    const port = await listen(server, options.port, host)
    closers.push(() => closeServer(server))
    const baseUrl = `${options.isSecure ? 'https' : 'http'}://localhost:${port}`
    const outlookUrl = `${options.isSecure ? 'https' : 'http'}://127.0.0.1:${port}`
    const imap = await startImapServer({
      host,
      port: options.port === 0 ? 0 : port + 1,
      security: options.isSecure ? 'tls' : 'plain',
      ...(certificate !== undefined && { certificate: { key: certificate.privateKeyPem, certificate: certificate.certificatePem } }),
      clock,
      keys,
      findAccount: accountFinder(tenants, profiles, createImapBudgets({ clock, limits: profiles.limits })),
      calendar: calendarConversion,
      onDefect: options.onDefect,
    })
    closers.push(() => imap.close())
    const authorityFile = await writeAuthority(authority, options.folder, closers)
    const security = options.isSecure ? 'tls' : 'plain'
    const access: SandboxAccess = {
      page: `${baseUrl}/`,
      signIn: baseUrl,
      graph: baseUrl,
      outlook: outlookUrl,
      imap: { host: 'localhost', port: imap.port, security },
      timeFactor: options.timeFactor,
      limitPercent,
      authorityFile,
      tenants: tenants.map(({ tenant, app }) => ({
        name: tenant.name,
        id: tenant.id,
        domain: tenant.initialDomain,
        cloud: tenant.cloud,
        authority: `${baseUrl}/${tenant.id}`,
        ...app,
        users: [...tenant.directory.users.all()].map(({ userPrincipalName }) => userPrincipalName).filter((name) => name !== app.administrator),
      })),
    }
    return { access, tenants, profiles, keys, close }
  } catch (error) {
    await close()
    throw error
  }
}

function accountFinder(tenants: readonly OpenTenant[], profiles: FaultProfiles, budgets: ReturnType<typeof createImapBudgets>) {
  return (address: string) => {
    for (const { tenant, store } of tenants) {
      const user = findUserByAddress(tenant.directory, address)
      if (user === undefined) continue
      const mailbox = store.ofUser(user.id)
      const isThere = mailbox !== undefined && store.isReady(mailbox)
      const { exchangePrincipals } = tenant.directory
      const knowsApp = (appId: string, objectId: string) => exchangePrincipals.find(objectId)?.appId.toLowerCase() === appId.toLowerCase()
      return { tenantId: tenant.id, mailbox: isThere ? mailbox : undefined, database: tenant.database, budgets, faults: profiles.imap, knowsApp }
    }
    return undefined
  }
}

type AnyServer = ReturnType<typeof createHttpServer> | ReturnType<typeof createHttpsServer>

async function listen(server: AnyServer, port: number, host: string): Promise<number> {
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen(port, host, () => listening.resolve())
  await listening.promise
  return (server.address() as AddressInfo).port
}

async function closeServer(server: AnyServer): Promise<void> {
  const closed = Promise.withResolvers<void>()
  server.close(() => closed.resolve())
  server.closeAllConnections()
  await closed.promise
}

/** Where clients find the authority: beside a kept sandbox, otherwise in a temporary folder that goes with it. */
async function writeAuthority(
  authority: CertificateAuthority | undefined,
  folder: string | undefined,
  closers: (() => Promise<void> | void)[],
): Promise<string | undefined> {
  if (authority === undefined) return undefined
  const place = folder ?? (await mkdtemp(join(tmpdir(), 'mailvan-sandbox-')))
  if (folder === undefined) closers.push(() => rm(place, { recursive: true, force: true }))
  const file = join(place, 'authority.pem')
  await writeFile(file, authority.certificatePem)
  return file
}
