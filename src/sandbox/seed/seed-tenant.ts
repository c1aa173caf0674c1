import { randomUUID } from 'node:crypto'
import type { MailboxStore } from '../mailbox/mailbox-store.ts'
import { addUser } from '../tenant/create-tenant.ts'
import type { ServicePrincipalRecord, UserRecord } from '../tenant/directory-records.ts'
import { directoryRoles } from '../tenant/directory-roles.ts'
import { inTransaction } from '../tenant/open-database.ts'
import { mailboxPlanIds, skuCatalogue } from '../tenant/sku-catalogue.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { peopleOf } from './people.ts'
import { seedCalendar } from './seed-calendar.ts'
import { seedMail } from './seed-mail.ts'
import { seedPeople } from './seed-people.ts'

/** How much a new tenant starts with. */
export interface SeedOptions {
  /** Users with a licence and a filled mailbox, beside the administrator, who has none. */
  readonly users: number
  /** Messages in each mailbox; 200 by default. */
  readonly messagesPerUser?: number
  /** Who may sign in to all these mailboxes by IMAP (exchange.md 5.4). */
  readonly application?: ServicePrincipalRecord
  /** The same seed gives the same items. */
  readonly seed?: number
}

const messagesDefault = 200

/** Adds a Global Administrator. */
export function addAdministrator(tenant: Tenant): UserRecord {
  const administrator = addUser(tenant, {
    userPrincipalName: `admin@${tenant.initialDomain}`,
    displayName: 'Administrator',
  })
  tenant.directory.roleAssignments.insert({
    id: randomUUID(),
    principalId: administrator.id,
    roleDefinitionId: directoryRoles.globalAdministrator.id,
    directoryScopeId: '/',
    deletedDateTime: null,
  })
  return administrator
}

/** Adds the seeded users with mailboxes that are ready and full. */
export function seedUsers(tenant: Tenant, store: MailboxStore, options: SeedOptions): readonly UserRecord[] {
  return peopleOf(options.users).map((person, index) => {
    const address = `${person.alias}@${tenant.initialDomain}`
    const user = addUser(tenant, {
      userPrincipalName: address,
      displayName: `${person.givenName} ${person.surname}`,
      givenName: person.givenName,
      surname: person.surname,
      jobTitle: person.jobTitle,
      preferredLanguage: person.language,
      usageLocation: tenant.countryLetterCode,
      mail: address,
      proxyAddresses: [`SMTP:${address}`],
      assignedLicenses: [{ skuId: skuCatalogue.SPE_E3.skuId, disabledPlans: [] }],
      assignedPlans: exchangePlans(tenant),
    })
    fill(tenant, store, user, (options.seed ?? 1) * 1_000 + index, options)
    return user
  })
}

function fill(tenant: Tenant, store: MailboxStore, user: UserRecord, seed: number, options: SeedOptions): void {
  const nowMs = tenant.clock.nowMs()
  inTransaction(tenant.database, () => {
    const { application } = options
    const mailbox = store.create({
      userId: user.id,
      address: user.userPrincipalName,
      language: user.preferredLanguage ?? 'en-US',
      settings: { fullAccess: application === undefined ? [] : [application.id] },
    })
    seedMail(mailbox, { messages: options.messagesPerUser ?? messagesDefault, seed, until: new Date(nowMs) })
    seedCalendar(mailbox, user, nowMs)
    seedPeople(mailbox, tenant.initialDomain, nowMs)
  })
}

function exchangePlans({ clock }: Tenant): UserRecord['assignedPlans'] {
  const assignedDateTime = new Date(clock.nowMs()).toISOString()
  return skuCatalogue.SPE_E3.servicePlans
    .filter(({ servicePlanId }) => mailboxPlanIds.has(servicePlanId))
    .map(({ servicePlanId }) => ({ assignedDateTime, capabilityStatus: 'Enabled', service: 'exchange', servicePlanId }))
}
