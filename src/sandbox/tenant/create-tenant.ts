import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { SandboxClock } from '../clock.ts'
import { type Cloud, cloudFacts } from './cloud.ts'
import type { ServicePrincipalRecord, UserRecord } from './directory-records.ts'
import { type DirectoryStore, openDirectoryStore } from './directory-store.ts'
import { skuCatalogue } from './sku-catalogue.ts'
import { defaultTenantSettings, type MailboxProvisioning, type Tenant, type TenantSettings } from './tenant.ts'
import { commandLineToolsAppId, exchangeAppId, exchangePowerShellAppId, graphAppId } from './well-known-apps.ts'

/** What a tenant is made of; what is absent is drawn or taken from `defaultTenantSettings`. */
export interface TenantOptions {
  /** Letters, digits and dashes: the label of the initial domain. */
  readonly name: string
  readonly displayName?: string
  readonly id?: string
  readonly cloud?: Cloud
  readonly countryLetterCode?: string
  readonly settings?: Partial<TenantSettings>
  /** Seats of SPE_E3. */
  readonly seats?: number
}

/** The tenant of Microsoft's own apps: the owner of the resources' service principals. */
const microsoftTenantId = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

/**
 * Opens the tenant that `database` holds, or makes one: its initial domain, its subscriptions, the service principals of
 * Microsoft's resources and of the command line tools. Users come from `addUser` or from the directory face. Throws when
 * the database holds a tenant of another name.
 */
export function openTenant(
  database: DatabaseSync,
  clock: SandboxClock,
  mailboxes: (directory: DirectoryStore) => MailboxProvisioning,
  options: TenantOptions,
): Tenant {
  const directory = openDirectoryStore(database)
  const facts = readFacts(database) ?? createFacts(database, directory, clock, options)
  if (facts.name !== options.name) throw new Error(`the database holds the tenant ${facts.name}, not ${options.name}`)
  return {
    ...facts,
    database,
    clock,
    directory,
    settings: { ...defaultTenantSettings(), ...options.settings },
    mailboxes: mailboxes(directory),
  }
}

type TenantFacts = Pick<
  Tenant,
  'id' | 'name' | 'displayName' | 'initialDomain' | 'cloud' | 'countryLetterCode' | 'createdDateTime'
>

function readFacts(database: DatabaseSync): TenantFacts | undefined {
  database.exec('create table if not exists tenant (facts text not null)')
  const row = database.prepare('select facts from tenant').get()
  return row === undefined ? undefined : (JSON.parse(String(row['facts'])) as TenantFacts)
}

function createFacts(
  database: DatabaseSync,
  directory: DirectoryStore,
  clock: SandboxClock,
  options: TenantOptions,
): TenantFacts {
  const cloud = options.cloud ?? 'worldwide'
  const createdDateTime = toSeconds(clock.nowMs())
  const facts: TenantFacts = {
    id: options.id ?? randomUUID(),
    name: options.name,
    displayName: options.displayName ?? options.name,
    initialDomain: `${options.name}.${cloudFacts[cloud].initialDomainSuffix}`.toLowerCase(),
    cloud,
    countryLetterCode: options.countryLetterCode ?? 'DE',
    createdDateTime,
  }
  database.prepare('insert into tenant (facts) values (?)').run(JSON.stringify(facts))
  directory.domains.insert({
    id: facts.initialDomain,
    isInitial: true,
    isDefault: true,
    isVerified: true,
    isRoot: true,
    supportedServices: ['Email', 'OfficeCommunicationsOnline'],
    verificationText: '',
    deletedDateTime: null,
  })
  for (const [appId, displayName, host] of [
    [graphAppId, 'Microsoft Graph', cloudFacts[cloud].graphHost],
    [exchangeAppId, 'Office 365 Exchange Online', cloudFacts[cloud].outlookHost],
    [commandLineToolsAppId, 'Microsoft Graph Command Line Tools', undefined],
    [exchangePowerShellAppId, 'Microsoft Exchange REST API Based Powershell', undefined],
  ] as const) {
    directory.servicePrincipals.insert(microsoftPrincipal(appId, displayName, host, createdDateTime))
  }
  preauthorize(directory, exchangePowerShellAppId, exchangeAppId, 'Exchange.Manage')
  for (const sku of [
    skuCatalogue.SPE_E3,
    skuCatalogue.EXCHANGESTANDARD,
    skuCatalogue.DESKLESSPACK,
    skuCatalogue.POWER_BI_STANDARD,
  ]) {
    const seats = sku === skuCatalogue.SPE_E3 ? (options.seats ?? 250) : 10
    directory.subscribedSkus.insert({ ...sku, id: `${facts.id}_${sku.skuId}`, seats, deletedDateTime: null })
  }
  return facts
}

/** Microsoft's own apps need nobody's consent for what Microsoft has agreed on with itself. */
function preauthorize(directory: DirectoryStore, clientAppId: string, resourceAppId: string, scope: string): void {
  const [client, resource] = [clientAppId, resourceAppId].map((appId) => directory.servicePrincipals.findBy('appId', appId))
  if (client === undefined || resource === undefined) throw new Error(`there is no principal of ${clientAppId}`)
  const grant = { clientId: client.id, resourceId: resource.id, consentType: 'AllPrincipals', principalId: null, scope } as const
  directory.permissionGrants.insert({ id: randomUUID(), ...grant, deletedDateTime: null })
}

function microsoftPrincipal(
  appId: string,
  displayName: string,
  host: string | undefined,
  createdDateTime: string,
): ServicePrincipalRecord {
  return {
    id: randomUUID(),
    appId,
    displayName,
    appOwnerOrganizationId: microsoftTenantId,
    accountEnabled: true,
    tags: [],
    notes: null,
    servicePrincipalNames: host === undefined ? [appId] : [`https://${host}`, appId],
    appRoleAssignmentRequired: false,
    createdDateTime,
    deletedDateTime: null,
  }
}

/** Adds a user as `POST /users` leaves one, without a licence; what is absent is empty. */
export function addUser(
  tenant: Pick<Tenant, 'directory' | 'clock'>,
  fields: Partial<UserRecord> & Pick<UserRecord, 'userPrincipalName' | 'displayName'>,
): UserRecord {
  return tenant.directory.users.insert({
    id: randomUUID(),
    mailNickname: fields.userPrincipalName.split('@')[0] as string,
    mail: null,
    givenName: null,
    surname: null,
    jobTitle: null,
    department: null,
    companyName: null,
    officeLocation: null,
    mobilePhone: null,
    businessPhones: [],
    preferredLanguage: null,
    city: null,
    country: null,
    proxyAddresses: [],
    otherMails: [],
    userType: 'Member',
    accountEnabled: true,
    usageLocation: null,
    onPremisesSyncEnabled: null,
    onPremisesImmutableId: null,
    showInAddressList: null,
    createdDateTime: toSeconds(tenant.clock.nowMs()),
    deletedDateTime: null,
    passwordPolicies: null,
    assignedLicenses: [],
    assignedPlans: [],
    password: null,
    further: {},
    ...fields,
  })
}

/** ISO 8601 to the second, as the directory writes its times. */
export function toSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}
