import { badRequest, resourceNotFound } from '../../http/graph-error.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { toSeconds } from '../../tenant/create-tenant.ts'
import type { AssignedLicense, AssignedPlan, SubscribedSkuRecord, UserRecord } from '../../tenant/directory-records.ts'
import { mailboxPlanIds } from '../../tenant/sku-catalogue.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { type Listing, listObjects, showObject, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'
import { showUser, userListing } from './show-user.ts'
import { assignLicenseType } from './user-type.ts'
import { getUser } from './users.ts'

const area = 'directory' as const

const skuListing: Listing = {
  type: 'microsoft.graph.subscribedSku',
  context: 'subscribedSkus',
  properties: new Set([
    'accountId',
    'accountName',
    'appliesTo',
    'capabilityStatus',
    'consumedUnits',
    'id',
    'prepaidUnits',
    'servicePlans',
    'skuId',
    'skuPartNumber',
    'subscriptionIds',
  ]),
  pageItems: 1000,
  pageItemsMax: 1000,
  without: ['$filter', '$top', '$orderby', '$search', '$count'],
}

const detailsListing: Listing = {
  type: 'microsoft.graph.licenseDetails',
  context: 'users/licenseDetails',
  properties: new Set(['id', 'servicePlans', 'skuId', 'skuPartNumber']),
  pageItems: 1000,
  pageItemsMax: 1000,
}

/** Licences: exchange.md 6.2. */
export const licenceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/subscribedSkus',
    area,
    permissions: permissions.readSkus,
    handle: (request) => listObjects(request, shownSkus(request.tenant), skuListing),
  },
  { method: 'GET', path: '/subscribedSkus/{id}', area, permissions: permissions.readSku, handle: getSku },
  { method: 'GET', path: '/users/{id}/licenseDetails', area, permissions: permissions.readLicences, handle: listDetails },
  { method: 'POST', path: '/users/{id}/assignLicense', area, permissions: permissions.assignLicence, handle: assignLicense },
]

/**
 * Gives and takes licences as `assignLicense` does. A plan with a mailbox has one provisioned once the tenant's mailbox
 * delay has passed; the last one gone takes it away. Throws 400 `Request_BadRequest`; then nothing has changed.
 */
export function changeLicences(
  tenant: Tenant,
  user: UserRecord,
  added: readonly AssignedLicense[],
  removed: readonly string[],
): UserRecord {
  const { directory, clock, settings, mailboxes } = tenant
  const lacking = removed.find((skuId) => !user.assignedLicenses.some((licence) => isSame(licence.skuId, skuId)))
  if (lacking !== undefined) throw badRequest('User does not have a corresponding license.')
  if (added.length > 0 && user.usageLocation === null) {
    throw badRequest('License assignment cannot be done for user with invalid usage location.')
  }
  for (const licence of added) checkLicence(tenant, user, licence)
  const replaced = [...removed, ...added.map(({ skuId }) => skuId)]
  const kept = user.assignedLicenses.filter((licence) => !replaced.some((skuId) => isSame(skuId, licence.skuId)))
  const licences = [...kept, ...added]
  const plans = enabledPlans(tenant, licences)
  const mailboxPlans = plans.filter(({ servicePlanId }) => mailboxPlanIds.has(servicePlanId))
  if (new Set(mailboxPlans.map(({ servicePlanId }) => servicePlanId)).size > 1) {
    const names = mailboxPlans.map(({ servicePlanName }) => servicePlanName).join(', ')
    throw badRequest(`License assignment failed because service plans ${names} are mutually exclusive.`)
  }
  const hadMailbox = user.assignedPlans.some(
    (plan) => plan.capabilityStatus === 'Enabled' && mailboxPlanIds.has(plan.servicePlanId),
  )
  const hasMailbox = mailboxPlans.length > 0
  const changed = directory.users.update({
    ...user,
    assignedLicenses: licences,
    assignedPlans: assignedPlans(user, plans, toSeconds(clock.nowMs())),
    ...(hasMailbox ? addressesOf(tenant, user) : {}),
  })
  if (hasMailbox && !hadMailbox) mailboxes.provision(user.id, clock.nowMs() + settings.mailboxDelayMs)
  if (!hasMailbox && hadMailbox) mailboxes.deprovision(user.id)
  return changed
}

async function assignLicense(request: GraphRequest): Promise<Response> {
  const user = getUser(request)
  const body = await readJsonBody(request, assignLicenseType, { required: ['addLicenses', 'removeLicenses'] })
  const added = (body.addLicenses ?? []).map(({ skuId, disabledPlans }) => {
    if (skuId === undefined || skuId === null)
      throw badRequest("A value is required for property 'skuId' of resource 'AssignedLicense'.")
    return { skuId: skuId.toLowerCase(), disabledPlans: (disabledPlans ?? []).map((id) => id.toLowerCase()) }
  })
  const changed = changeLicences(request.tenant, user, added, body.removeLicenses ?? [])
  return showObject(request, showUser(changed, request), userListing)
}

function checkLicence(tenant: Tenant, user: UserRecord, { skuId, disabledPlans }: AssignedLicense): void {
  const sku = tenant.directory.subscribedSkus.findBy('skuId', skuId)
  if (sku === undefined) throw badRequest(`Subscription with SkuId '${skuId}' does not exist.`)
  const foreign = disabledPlans.find((id) => !sku.servicePlans.some(({ servicePlanId }) => servicePlanId === id))
  if (foreign !== undefined)
    throw badRequest(`Service plan '${foreign}' is not part of the subscription with SkuId '${skuId}'.`)
  const isNew = !user.assignedLicenses.some((licence) => isSame(licence.skuId, skuId))
  if (isNew && consumedUnits(tenant).get(skuId) === sku.seats) {
    throw badRequest(`Subscription with SkuId ${skuId} does not have any available licenses.`)
  }
}

function enabledPlans(tenant: Tenant, licences: readonly AssignedLicense[]) {
  return licences.flatMap(({ skuId, disabledPlans }) => {
    const sku = tenant.directory.subscribedSkus.findBy('skuId', skuId)
    return (sku?.servicePlans ?? []).filter(({ servicePlanId }) => !disabledPlans.includes(servicePlanId))
  })
}

function assignedPlans(
  user: UserRecord,
  plans: readonly { readonly servicePlanId: string; readonly servicePlanName: string }[],
  now: string,
): readonly AssignedPlan[] {
  const enabled = plans.map(({ servicePlanId, servicePlanName }) => {
    const before = user.assignedPlans.find(
      (one) => one.servicePlanId === servicePlanId && one.capabilityStatus === 'Enabled',
    )
    const service = servicePlanName.startsWith('EXCHANGE') ? 'exchange' : 'TeamspaceAPI'
    return {
      assignedDateTime: before?.assignedDateTime ?? now,
      capabilityStatus: 'Enabled' as const,
      service,
      servicePlanId,
    }
  })
  const gone = user.assignedPlans.filter(({ servicePlanId }) => !plans.some((plan) => plan.servicePlanId === servicePlanId))
  return [...enabled, ...gone.map((plan) => ({ ...plan, capabilityStatus: 'Deleted' as const }))]
}

/** Exchange gives a new mailbox the user's name as its address, and one in the initial domain. */
function addressesOf(tenant: Tenant, user: UserRecord): Pick<UserRecord, 'mail' | 'proxyAddresses'> {
  if (user.proxyAddresses.some((address) => address.startsWith('SMTP:')))
    return { mail: user.mail, proxyAddresses: user.proxyAddresses }
  const primary = user.mail ?? user.userPrincipalName
  const initial = `${user.mailNickname}@${tenant.initialDomain}`
  const alias = initial.toLowerCase() === primary.toLowerCase() ? [] : [`smtp:${initial}`]
  return { mail: primary, proxyAddresses: [`SMTP:${primary}`, ...user.proxyAddresses, ...alias] }
}

function listDetails(request: GraphRequest): Response {
  const user = getUser(request)
  const details = user.assignedLicenses.flatMap(({ skuId, disabledPlans }): Shown[] => {
    const sku = request.tenant.directory.subscribedSkus.findBy('skuId', skuId)
    if (sku === undefined) return []
    const servicePlans = sku.servicePlans.map((plan) =>
      disabledPlans.includes(plan.servicePlanId) ? { ...plan, provisioningStatus: 'Disabled' } : plan,
    )
    return [{ id: `${user.id}_${skuId}`, skuId: sku.skuId, skuPartNumber: sku.skuPartNumber, servicePlans }]
  })
  return listObjects(request, details, {
    ...detailsListing,
    context: `users('${encodeURIComponent(user.id)}')/licenseDetails`,
  })
}

function getSku(request: GraphRequest): Response {
  const id = request.params['id'] ?? ''
  const sku = [...shownSkus(request.tenant)].find((one) => one.id === id.toLowerCase())
  if (sku === undefined) throw resourceNotFound(id)
  return showObject(request, sku, skuListing)
}

function* shownSkus(tenant: Tenant): IterableIterator<Shown> {
  const consumed = consumedUnits(tenant)
  for (const sku of tenant.directory.subscribedSkus.all()) yield showSku(tenant, sku, consumed.get(sku.skuId) ?? 0)
}

function showSku(tenant: Tenant, sku: SubscribedSkuRecord, used: number): Shown {
  return {
    id: sku.id,
    accountId: tenant.id,
    accountName: tenant.name,
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: used,
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    subscriptionIds: [sku.id],
    prepaidUnits: { enabled: sku.seats, lockedOut: 0, suspended: 0, warning: 0 },
    servicePlans: sku.servicePlans,
  }
}

function consumedUnits(tenant: Tenant): ReadonlyMap<string, number> {
  const used = new Map<string, number>()
  for (const user of tenant.directory.users.all()) {
    for (const { skuId } of user.assignedLicenses) used.set(skuId, (used.get(skuId) ?? 0) + 1)
  }
  return used
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
