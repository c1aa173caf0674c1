import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SandboxClock } from './clock.ts'
import { MailboxStore } from './mailbox/mailbox-store.ts'
import { provisionMailboxes } from './mailbox/provision-mailboxes.ts'
import type { SandboxOptions } from './sandbox-options.ts'
import { addAdministrator, seedUsers } from './seed/seed-tenant.ts'
import { addApplication } from './tenant/add-application.ts'
import { openTenant } from './tenant/create-tenant.ts'
import { directoryRoles } from './tenant/directory-roles.ts'
import { exchangePermissions, graphPermissions } from './tenant/graph-permissions.ts'
import { inTransaction, openDatabase } from './tenant/open-database.ts'
import type { Tenant } from './tenant/tenant.ts'
import { TenantError } from './tenant/tenant-error.ts'

/** A tenant with its mailboxes, and the app that may do everything in it. */
export interface OpenTenant {
  readonly tenant: Tenant
  readonly store: MailboxStore
  readonly app: AppAccess
}

/** What signs the seeded app in. */
export interface AppAccess {
  readonly clientId: string
  readonly clientSecret: string
  readonly servicePrincipalId: string
  readonly administrator: string
}

const appName = 'Mailvan rehearsal'
const privateMode = 0o600

/** Opens the tenants of a sandbox, and fills those that are new. Throws `TenantError` for kept ones that cannot be had. */
export async function openTenants(options: SandboxOptions, clock: SandboxClock): Promise<readonly OpenTenant[]> {
  if (options.folder !== undefined) await mkdir(options.folder, { recursive: true })
  const open: OpenTenant[] = []
  for (const name of options.tenants) open.push(await openOne(name, options, clock))
  return open
}

async function openOne(name: string, options: SandboxOptions, clock: SandboxClock): Promise<OpenTenant> {
  const { folder } = options
  if (folder === undefined) {
    const made = openParts(':memory:', name, options, clock)
    return { ...made, app: fill(made, options) }
  }
  const file = join(folder, `${name}.tenant.db`)
  // The directory keeps only the secret's digest, as Microsoft does; the person who runs a kept sandbox needs the secret again.
  const accessFile = join(folder, `${name}.access.json`)
  if (!existsSync(file)) await makeKept(file, accessFile, name, options, clock)
  // It holds the keys that sign tokens; SQLite gives its journal the same mode.
  await chmod(file, privateMode)
  const app = await readAccess(accessFile)
  const open = openParts(file, name, options, clock)
  // A tenant kept by a version that did not have Exchange's administration yet.
  if (open.tenant.directory.exchangePrincipals.count() === 0) registerInExchange(open.tenant, app)
  return { ...open, app }
}

/** Makes a tenant under another name, so that one that was cut short on the way is made anew and never taken for whole. */
async function makeKept(file: string, accessFile: string, name: string, options: SandboxOptions, clock: SandboxClock): Promise<void> {
  const making = `${file}.making`
  openDatabase(making).close()
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(making + suffix, { force: true })
  const made = openParts(making, name, options, clock)
  let app: AppAccess
  try {
    app = fill(made, options)
  } finally {
    made.tenant.database.close()
  }
  await writeFile(accessFile, JSON.stringify(app), { mode: privateMode })
  await rename(making, file)
}

function openParts(path: string, name: string, { tenantSettings }: SandboxOptions, clock: SandboxClock): Omit<OpenTenant, 'app'> {
  const database = openDatabase(path)
  const store = new MailboxStore(database, clock)
  const tenant = openTenant(database, clock, (directory) => provisionMailboxes(store, directory), {
    name,
    ...(tenantSettings !== undefined && { settings: tenantSettings }),
  })
  return { tenant, store }
}

function fill({ tenant, store }: Omit<OpenTenant, 'app'>, options: SandboxOptions): AppAccess {
  const app = inTransaction(tenant.database, () => makeApp(tenant))
  const servicePrincipal = tenant.directory.servicePrincipals.find(app.servicePrincipalId)
  seedUsers(tenant, store, {
    users: options.users,
    ...(options.messagesPerUser !== undefined && { messagesPerUser: options.messagesPerUser }),
    ...(servicePrincipal !== undefined && { application: servicePrincipal }),
    seed: seedOf(tenant.name),
  })
  return app
}

function makeApp(tenant: Tenant): AppAccess {
  const administrator = addAdministrator(tenant)
  const { application, servicePrincipal, secret } = addApplication(tenant, {
    displayName: appName,
    graphRoles: graphPermissions.filter(({ applicationId }) => applicationId !== undefined).map(({ value }) => value),
    exchangeRoles: exchangePermissions.filter(({ applicationId }) => applicationId !== undefined).map(({ value }) => value),
    withSecret: true,
    redirectUris: ['http://localhost'],
  })
  if (secret === undefined) throw new Error('the app was made without a secret')
  const app = {
    clientId: application.appId,
    clientSecret: secret,
    servicePrincipalId: servicePrincipal.id,
    administrator: administrator.userPrincipalName,
  }
  registerInExchange(tenant, app)
  return app
}

/** What an administrator does for an app that is to use IMAP and Exchange's administration (exchange.md 5.3, steps 5 and 6). */
function registerInExchange({ directory }: Tenant, { clientId, servicePrincipalId }: AppAccess): void {
  directory.exchangePrincipals.insert({ id: servicePrincipalId, appId: clientId, displayName: appName, deletedDateTime: null })
  directory.roleAssignments.insert({
    id: randomUUID(),
    principalId: servicePrincipalId,
    roleDefinitionId: directoryRoles.exchangeAdministrator.id,
    directoryScopeId: '/',
    deletedDateTime: null,
  })
}

async function readAccess(file: string): Promise<AppAccess> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as AppAccess
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new TenantError('no-access-file', file)
    throw error
  }
}

/** Tenants of other names hold other mail, and those of one name the same in every run. */
function seedOf(name: string): number {
  return [...name].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 100_000, 7)
}
