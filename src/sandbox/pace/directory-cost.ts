/** What a directory request uses up. */
export interface DirectoryCost {
  readonly resourceUnits: number
  readonly writes: number
}

/** A directory request as its cost depends on it. */
export interface DirectoryRequest {
  readonly method: string
  /** Below the version, without a leading slash or query: `users/1f…/licenseDetails`. */
  readonly path: string
  readonly hasSelect?: boolean
  readonly hasExpand?: boolean
  readonly top?: number
}

/** Base costs that are not 1 (Microsoft Graph service-specific throttling limits, identity and access). */
const baseCosts: readonly (readonly [method: string, path: RegExp, resourceUnits: number])[] = [
  ['GET', /^applications$/, 2],
  ['GET', /^applications\/[^/]+\/extensionProperties$/, 2],
  ['GET', /^contracts$/, 3],
  ['POST', /^directoryObjects\/getByIds$/, 3],
  ['GET', /^domains\/[^/]+\/domainNameReferences$/, 4],
  ['GET', /^groups\/[^/]+\/members$/, 3],
  ['GET', /^groups\/[^/]+\/transitiveMembers$/, 5],
  ['POST', /^(me|users\/[^/]+)\/checkMember(Groups|Objects)$/, 4],
  ['POST', /^(me|users\/[^/]+)\/getMember(Groups|Objects)$/, 2],
  ['GET', /^(me|users\/[^/]+)\/(licenseDetails|memberOf|ownedObjects|transitiveMemberOf)$/, 2],
  ['GET', /^oauth2PermissionGrants(\/[^/]+)?$/, 2],
  ['GET', /^servicePrincipals\/[^/]+\/appRoleAssignments$/, 2],
  ['GET', /^subscribedSkus$/, 3],
  ['GET', /^users$/, 2],
]

/**
 * The cost of a directory request (Microsoft Graph service-specific throttling limits, identity and access): its base
 * cost, one less with `$select`, one more with `$expand`, one less with a `$top` below 20, never below 1. The POSTs
 * with a base cost only look something up and are no writes.
 */
export function directoryCostOf({ method, path, hasSelect, hasExpand, top }: DirectoryRequest): DirectoryCost {
  const listed = baseCosts.find(([listedMethod, pattern]) => listedMethod === method && pattern.test(path))
  const extra = (hasExpand ? 1 : 0) - (hasSelect ? 1 : 0) - (top !== undefined && top < 20 ? 1 : 0)
  return {
    resourceUnits: Math.max(1, (listed?.[2] ?? 1) + extra),
    writes: listed === undefined && method !== 'GET' ? 1 : 0,
  }
}
