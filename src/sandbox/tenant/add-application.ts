import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { toSeconds } from './create-tenant.ts'
import type {
  ApplicationRecord,
  KeyCredential,
  PasswordCredential,
  RequiredResourceAccess,
  ServicePrincipalRecord,
} from './directory-records.ts'
import { resourcePermissions } from './directory-store.ts'
import { addServicePrincipal, grantRequiredAccess } from './grant-consent.ts'
import type { Tenant } from './tenant.ts'
import { exchangeAppId, graphAppId } from './well-known-apps.ts'

/** An app as an administrator would have set it up long ago. */
export interface SeededApplication {
  readonly displayName: string
  readonly appId?: string
  /** Application permissions by value, granted; of Graph and of Exchange Online. */
  readonly graphRoles?: readonly string[]
  readonly exchangeRoles?: readonly string[]
  /** Delegated permissions of Graph by value, granted for everybody. */
  readonly graphScopes?: readonly string[]
  /** Whether it gets a client secret. */
  readonly withSecret?: boolean
  readonly certificates?: readonly KeyCredential[]
  readonly isPublicClient?: boolean
  readonly redirectUris?: readonly string[]
  readonly isMultiTenant?: boolean
}

const dayMs = 24 * 60 * 60 * 1000

/**
 * Registers an app with its service principal and grants what it asks for, old enough to work at once. Answers the
 * secret, which is told only here. Throws for a permission that the resource does not have.
 */
export function addApplication(
  tenant: Tenant,
  seeded: SeededApplication,
): {
  readonly application: ApplicationRecord
  readonly servicePrincipal: ServicePrincipalRecord
  readonly secret: string | undefined
} {
  const nowMs = tenant.clock.nowMs()
  const createdDateTime = toSeconds(nowMs - dayMs)
  const made = seeded.withSecret === true ? createSecret(null, nowMs - dayMs, nowMs + 365 * dayMs) : undefined
  const redirectUris = seeded.redirectUris ?? []
  const application = tenant.directory.applications.insert({
    ...emptyApplication(seeded.displayName, createdDateTime),
    ...(seeded.appId === undefined ? {} : { appId: seeded.appId }),
    signInAudience: seeded.isMultiTenant === true ? 'AzureADMultipleOrgs' : 'AzureADMyOrg',
    isFallbackPublicClient: seeded.isPublicClient === true,
    publicClientRedirectUris: seeded.isPublicClient === true ? redirectUris : [],
    webRedirectUris: seeded.isPublicClient === true ? [] : redirectUris,
    requiredResourceAccess: requiredAccess(seeded),
    keyCredentials: seeded.certificates ?? [],
    passwordCredentials: made === undefined ? [] : [made.credential],
  })
  const servicePrincipal = addServicePrincipal(tenant, application, tenant.id, createdDateTime)
  grantRequiredAccess(tenant, servicePrincipal.id, application, undefined, createdDateTime)
  return { application, servicePrincipal, secret: made?.secret }
}

/** A registration with nothing but a name and fresh ids. */
export function emptyApplication(displayName: string, createdDateTime: string): ApplicationRecord {
  return {
    id: randomUUID(),
    appId: randomUUID(),
    displayName,
    description: null,
    notes: null,
    tags: [],
    signInAudience: 'AzureADMyOrg',
    isFallbackPublicClient: null,
    identifierUris: [],
    webRedirectUris: [],
    publicClientRedirectUris: [],
    requiredResourceAccess: [],
    keyCredentials: [],
    passwordCredentials: [],
    createdDateTime,
    deletedDateTime: null,
  }
}

/** A new client secret of 40 characters, and what is kept of it. */
export function createSecret(
  displayName: string | null,
  startMs: number,
  endMs: number,
): { readonly secret: string; readonly credential: PasswordCredential } {
  const random = randomBytes(30).toString('base64url')
  const secret = `${random.slice(0, 3)}8Q~${random.slice(3, 37)}`
  const credential = {
    keyId: randomUUID(),
    displayName,
    hint: secret.slice(0, 3),
    startDateTime: toSeconds(startMs),
    endDateTime: toSeconds(endMs),
    secretDigest: digestSecret(secret),
  }
  return { secret, credential }
}

/** What is kept of a client secret. */
export function digestSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function requiredAccess(seeded: SeededApplication): readonly RequiredResourceAccess[] {
  const access = (resourceAppId: string, type: 'Role' | 'Scope', values: readonly string[]) =>
    values.map((value) => {
      const permission = resourcePermissions(resourceAppId).find((one) => one.value === value)
      const id = type === 'Role' ? permission?.applicationId : permission?.delegatedId
      if (id === undefined) throw new Error(`${resourceAppId} has no ${type === 'Role' ? 'app role' : 'scope'} ${value}`)
      return { id, type }
    })
  return [
    {
      resourceAppId: graphAppId,
      resourceAccess: [
        ...access(graphAppId, 'Role', seeded.graphRoles ?? []),
        ...access(graphAppId, 'Scope', seeded.graphScopes ?? []),
      ],
    },
    { resourceAppId: exchangeAppId, resourceAccess: access(exchangeAppId, 'Role', seeded.exchangeRoles ?? []) },
  ].filter(({ resourceAccess }) => resourceAccess.length > 0)
}
