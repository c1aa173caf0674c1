import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchangeCommands } from '../../../src/connectors/kit/microsoft/exchange-commands.ts'
import { graphPath } from '../../../src/connectors/kit/microsoft/graph-path.ts'
import { EndpointStore } from '../../../src/control/endpoints/endpoint-store.ts'
import { findHome } from '../../../src/control/home.ts'
import { checkTenant } from '../../../src/control/microsoft-365/check/check-tenant.ts'
import type { Finding } from '../../../src/control/microsoft-365/check/finding.ts'
import { type MicrosoftEndpoint, putMicrosoftEndpoint } from '../../../src/control/microsoft-365/microsoft-endpoint.ts'
import { scopedPermissionsOf } from '../../../src/control/microsoft-365/scope/mailbox-scope.ts'
import { startSandbox } from '../../../src/sandbox/start-sandbox.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import { directoryRoles } from '../../../src/sandbox/tenant/directory-roles.ts'
import { appRolesOf } from '../../../src/sandbox/tenant/directory-store.ts'
import { graphAppId } from '../../../src/sandbox/tenant/well-known-apps.ts'
import { runInProcess } from '../../unit/cli/run-in-process.ts'
import { BootstrapRig } from './bootstrap-rig.ts'

let rig: BootstrapRig

beforeAll(async () => {
  rig = await BootstrapRig.start(3)
})

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

const work = ['items', 'mail', 'settings', 'exchange'] as const

/** An endpoint whose app was granted only what is about the directory, and may run Exchange's own commands. */
function limited(change: Partial<MicrosoftEndpoint> = {}, graphRoles: readonly string[] = []): MicrosoftEndpoint {
  const { tenant } = rig.tenant
  const { application, servicePrincipal, secret } = addApplication(tenant, {
    displayName: 'Limited',
    graphRoles: ['User.Read.All', 'Organization.Read.All', ...graphRoles],
    exchangeRoles: ['Exchange.ManageAsApp'],
    withSecret: true,
  })
  tenant.directory.roleAssignments.insert({ id: servicePrincipal.id, principalId: servicePrincipal.id, roleDefinitionId: directoryRoles.exchangeAdministrator.id, directoryScopeId: '/', deletedDateTime: null })
  return rig.endpoint({
    app: { clientId: application.appId, principalId: servicePrincipal.id, isOurs: false },
    credential: { type: 'secret', secret: secret ?? '' },
    work,
    ...change,
  })
}

/** What the script does, by the same commands. */
async function giveRoles(endpoint: MicrosoftEndpoint, filter: string): Promise<void> {
  const admin = exchangeCommands(rig.connect(limited()), rig.tenant.id, rig.context, randomBytes)
  const { clientId, principalId } = endpoint.app!
  await admin.run({ name: 'New-ServicePrincipal', parameters: { AppId: clientId, ObjectId: principalId, DisplayName: clientId } })
  await admin.run({ name: 'New-ManagementScope', parameters: { Name: `Scope of ${clientId}`, RecipientRestrictionFilter: filter } })
  for (const { role } of scopedPermissionsOf(endpoint)) {
    await admin.run({ name: 'New-ManagementRoleAssignment', parameters: { App: principalId, Role: role, CustomResourceScope: `Scope of ${clientId}` } })
  }
}

async function check(endpoint: MicrosoftEndpoint, mailbox?: string): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const options = { mayWrite: false, authorityFile: join(rig.home.endpointsFolder, 'authority.pem'), mailbox }
  for await (const finding of checkTenant(endpoint, options, rig.context, randomBytes)) findings.push(finding)
  for (const { state, fix, name } of findings) if (state === 'bad') expect(fix, name).not.toBe('')
  return findings
}

const of = (findings: readonly Finding[], name: string) => findings.find((one) => one.name === name)
const badOf = (findings: readonly Finding[]) => findings.filter(({ state }) => state === 'bad').map(({ name }) => name)
const scope = { type: 'group', group: 'migration@contoso.com' } as const

describe('an app that is limited to some mailboxes', () => {
  it('is in order where Exchange gives it what its token lacks, and reaches no other mailbox', async () => {
    const [, anna, bert] = [rig.standing.user(0), rig.standing.user(1), rig.standing.user(2)]
    const endpoint = limited({ scope })
    expect(of(await check(endpoint), 'scope')).toMatchObject({ state: 'bad', says: expect.stringContaining('Exchange has no role for the app') as string })
    await giveRoles(endpoint, `PrimarySmtpAddress -eq '${anna}'`)
    // The one mailbox that is in the scope is found by itself.
    const findings = await check(endpoint)
    expect(badOf(findings)).toEqual([])
    const name = `Scope of ${endpoint.app!.clientId}`
    expect(of(findings, 'Mail.ReadWrite')?.says).toContain(`given by Exchange in the scope "${name}", which has the mailbox ${anna}; needed to `)
    expect(of(findings, 'scope')).toMatchObject({ state: 'good', says: `meant to be the direct members of the group migration@contoso.com; Exchange limits the app to "${name}"` })
    expect(of(findings, 'import/export')?.state).toBe('good')
    const elsewhere = await check(endpoint, bert)
    expect(of(elsewhere, 'Mail.ReadWrite')).toMatchObject({ state: 'bad', says: `given by Exchange in the scope "${name}", which does not have the mailbox ${bert}` })
    const { graph } = rig.connect(endpoint)
    const inboxOf = (user: string) => graph.call({ method: 'GET', path: graphPath`/users/${user}/mailFolders/inbox` })
    expect((await inboxOf(anna)).status).toBe(200)
    await expect(inboxOf(bert)).rejects.toMatchObject({ kind: 'auth' })
  })

  it('is in order also where nobody had said so', async () => {
    const endpoint = limited()
    await giveRoles(endpoint, `DisplayName -like '*' -and Alias -ne 'nobody'`)
    expect(badOf(await check(endpoint))).toEqual([])
  })

  it('is not red where only Exchange could tell, and it may not be asked', async () => {
    const endpoint = limited({ scope, work: ['items', 'mail'] })
    const findings = await check(endpoint)
    expect(of(findings, 'Mail.ReadWrite')).toMatchObject({ state: 'unknown', says: expect.stringContaining("only Exchange's own commands tell it (work exchange)") as string })
    expect(of(findings, 'scope')).toMatchObject({ state: 'unknown' })
    expect(findings.filter(({ about, state }) => about === 'permission' && state === 'bad')).toEqual([])
    const { scope: _, ...unlimited } = endpoint
    expect(of(await check(unlimited), 'Mail.ReadWrite')).toMatchObject({ state: 'bad', says: expect.stringMatching(/^not granted/) as string })
  })

  it('is red where it was granted the whole tenant besides', async () => {
    const endpoint = limited({ scope, work: ['mail', 'exchange'] }, ['Mail.ReadWrite'])
    await giveRoles(endpoint, "Alias -eq 'nobody'")
    expect(of(await check(endpoint), 'Mail.ReadWrite')).toMatchObject({ state: 'bad', says: 'granted for the whole tenant, so that the scope limits nothing' })
  })

  it('is told apart from one that reaches everybody', async () => {
    const endpoint = limited({ work: ['mail'] }, ['Mail.ReadWrite'])
    expect(of(await check(endpoint), 'scope')).toMatchObject({ state: 'absent', says: 'none: what is granted reaches every mailbox of the tenant' })
  })
})

it('a migration goes on in mailboxes of the scope, and stops at the first step in others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mailvan-scope-'))
  const defects: unknown[] = []
  const sandbox = await startSandbox({
    tenants: ['contoso', 'fabrikam'],
    port: 0,
    users: 2,
    messagesPerUser: 4,
    profile: 'none',
    timeFactor: 1,
    isSecure: false,
    onDefect: (error) => defects.push(error),
  })
  try {
    const store = new EndpointStore(findHome(folder, {}, () => false), {}, randomBytes)
    const { signIn: authority, graph, outlook, imap, tenants } = sandbox.access
    for (const { tenant } of sandbox.tenants) {
      const { application, servicePrincipal, secret } = addApplication(tenant, { displayName: 'Limited', graphRoles: ['User.Read.All', 'Organization.Read.All'], withSecret: true })
      const endpoint = rig.endpoint({ name: tenant.name, tenantId: tenant.id, hosts: { authority, graph, outlook, imap }, side: 'both', work: ['items', 'settings'] })
      const { managementScopes, applicationRoles } = tenant.directory
      const { id: scopeId } = managementScopes.insert({ id: randomUUID(), name: 'Movers', filter: "UserPrincipalName -like 'anna*'", deletedDateTime: null })
      for (const { role } of scopedPermissionsOf(endpoint)) applicationRoles.insert({ id: randomUUID(), principalId: servicePrincipal.id, role, scopeId, deletedDateTime: null })
      await putMicrosoftEndpoint(store, { ...endpoint, app: { clientId: application.appId, isOurs: false }, credential: { type: 'secret', secret: secret ?? '' } })
    }
    const migrate = (index: number) => runInProcess(['migrate', `m365://contoso/${tenants[0]!.users[index]}`, `m365://fabrikam/${tenants[1]!.users[index]}`, '--home', folder])
    expect(await migrate(0)).toMatchObject({ exitCode: 0, output: expect.stringContaining('every item has its place at the target') as string })
    expect(await migrate(1)).toMatchObject({ exitCode: 2, errors: expect.stringContaining('widen the scope') as string })
    expect(defects).toEqual([])
  } finally {
    await sandbox.close()
    await rm(folder, { recursive: true, force: true })
  }
})

describe('a bootstrap of an endpoint with a scope', () => {
  const valuesOf = (endpoint: MicrosoftEndpoint): readonly string[] => {
    const { appRoleAssignments } = rig.tenant.tenant.directory
    const roles = new Map(appRolesOf(graphAppId).map(({ id, value }) => [id, value]))
    return [...appRoleAssignments.listBy('principalId', endpoint.app!.principalId!)].flatMap(({ appRoleId }) => roles.get(appRoleId) ?? []).sort()
  }
  const warnings = () => rig.told.flatMap((told) => (told.type === 'warning' ? [`${told.what}. ${told.hint}`] : []))
  const itemsWide = ['MailboxFolder.ReadWrite.All', 'MailboxItem.ImportExport.All', 'MailboxItem.Read.All', 'MailboxItem.ReadWrite.All', 'User.Read.All']

  it('takes nothing away before Exchange gives it in the scope, and says what to do', async () => {
    const made = await rig.bootstrap(rig.endpoint({ name: 'scoped', work: ['items', 'exchange'] }))
    rig.told.length = 0
    const again = await rig.bootstrap({ ...made, scope })
    expect(valuesOf(again)).toEqual(itemsWide)
    expect(warnings()).toEqual([expect.stringMatching(/the scope does not hold yet: MailboxFolder.ReadWrite.All, .* reach every mailbox .*Run the script that "mailvan endpoint scope scoped" prints/) as string])
    expect(of(await check(again), 'scope')).toMatchObject({ state: 'bad', says: expect.stringContaining('it does not hold yet, as 4 of 4 permissions are granted for the whole tenant; Exchange has no role for the app') as string })
    // A new work is not granted wider than it is meant to be; the rest stays.
    const more = await rig.bootstrap({ ...again, work: ['items', 'calendars', 'exchange'] })
    expect(valuesOf(more)).toEqual(itemsWide)
    rig.told.length = 0
    await giveRoles(again, "DisplayName -like 'A*'")
    const half = await rig.bootstrap(more)
    expect(valuesOf(half)).toEqual(['User.Read.All'])
    expect(rig.saidOf('done')).toContain('MailboxItem.ImportExport.All was taken away again, as Exchange gives it in the scope')
    expect(warnings()).toEqual([expect.stringContaining('the app has no way to Calendars.ReadWrite yet') as string])
    rig.told.length = 0
    await rig.bootstrap({ ...half, work: ['items', 'exchange'] })
    expect(warnings()).toEqual([])
    expect(rig.saidOf('kept')).toContain('Exchange gives the app what it needs of mailboxes, in the scope')
  })

  it('takes nothing away where the app may not ask Exchange', async () => {
    const made = await rig.bootstrap(rig.endpoint({ name: 'silent', work: ['items'] }))
    rig.told.length = 0
    const again = await rig.bootstrap({ ...made, scope })
    expect(valuesOf(again)).toEqual(itemsWide)
    expect(warnings()).toEqual([expect.stringContaining('the scope does not hold yet') as string])
    expect(of(await check(again), 'scope')).toMatchObject({ state: 'bad', says: expect.stringMatching(/it does not hold yet, as 4 of 4 permissions are granted for the whole tenant$/) as string })
    // What the script does at its end.
    const { appRoleAssignments } = rig.tenant.tenant.directory
    for (const grant of appRoleAssignments.listBy('principalId', again.app!.principalId!)) {
      if (appRolesOf(graphAppId).some(({ id, value }) => id === grant.appRoleId && value.startsWith('Mailbox'))) appRoleAssignments.erase(grant.id)
    }
    rig.told.length = 0
    await rig.bootstrap(again)
    expect(valuesOf(again)).toEqual(['User.Read.All'])
    expect(warnings()).toEqual([expect.stringContaining('whether Exchange gives MailboxFolder.ReadWrite.All') as string])
  })
})
