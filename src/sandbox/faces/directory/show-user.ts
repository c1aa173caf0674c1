import type { UserRecord } from '../../tenant/directory-records.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Listing, Shown } from './list-objects.ts'
import { userType } from './user-type.ts'

/** What Graph answers of a user when nothing is selected. */
const defaultProperties = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
]

/** All that `User.ReadBasic.All` lets be seen. */
const basicProperties: ReadonlySet<string> = new Set([
  'displayName',
  'givenName',
  'id',
  'mail',
  'surname',
  'userPrincipalName',
])

/** How users are listed: 100 to a page, 999 at most. */
export const userListing: Listing = {
  type: 'microsoft.graph.user',
  context: 'users',
  properties: new Set(Object.keys(userType.properties)),
  defaultProperties,
  pageItems: 100,
  pageItemsMax: 999,
  hasAdvancedQueries: true,
}

/** Properties of Graph's user that a user of the sandbox has only when they were given. */
const empty: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(userType.properties).map(([name, kind]) => [name, kind.edm.startsWith('Collection') ? [] : null]),
)

/** A user with all its properties; what the caller may not see is null. */
export function showUser(user: UserRecord, request: GraphRequest): Shown {
  const { password: _password, further, ...own } = user
  const shown = {
    ...empty,
    ...own,
    ...further,
    passwordProfile: null,
    licenseAssignmentStates: user.assignedLicenses.map(({ skuId, disabledPlans }) => ({
      skuId,
      disabledPlans,
      assignedByGroup: null,
      state: 'Active',
      error: 'None',
      lastUpdatedDateTime: user.createdDateTime,
    })),
  }
  if (!seesOnlyBasics(request)) return shown
  return Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [name, basicProperties.has(name) ? value : null]),
  ) as Shown
}

function seesOnlyBasics({ caller }: GraphRequest): boolean {
  const held = caller.kind === 'application' ? caller.roles : caller.scopes
  const isUserPermission = (value: string) => /^(?:User\.|Directory\.)/.test(value)
  return held.filter(isUserPermission).every((value) => value === 'User.ReadBasic.All')
}
