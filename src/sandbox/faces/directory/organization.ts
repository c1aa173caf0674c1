import { resourceNotFound } from '../../http/graph-error.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { type Listing, listObjects, showObject, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'

const area = 'directory' as const

const organizationListing: Listing = {
  type: 'microsoft.graph.organization',
  context: 'organization',
  properties: new Set([
    'id',
    'assignedPlans',
    'businessPhones',
    'city',
    'country',
    'countryLetterCode',
    'createdDateTime',
    'defaultUsageLocation',
    'deletedDateTime',
    'displayName',
    'onPremisesLastSyncDateTime',
    'onPremisesSyncEnabled',
    'preferredLanguage',
    'provisionedPlans',
    'technicalNotificationMails',
    'tenantType',
    'verifiedDomains',
  ]),
  pageItems: 100,
  pageItemsMax: 999,
}

/** The tenant itself, as `organization`. */
export const organizationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/organization',
    area,
    permissions: permissions.readOrganization,
    handle: (request) => listObjects(request, [showOrganization(request.tenant)], organizationListing),
  },
  {
    method: 'GET',
    path: '/organization/{id}',
    area,
    permissions: { application: ['User.Read.All'], delegated: ['User.Read.All'] },
    handle: getOrganization,
  },
]

function getOrganization(request: GraphRequest): Response {
  const id = request.params['id'] ?? ''
  if (id.toLowerCase() !== request.tenant.id) throw resourceNotFound(id)
  return showObject(request, showOrganization(request.tenant), organizationListing)
}

function showOrganization(tenant: Tenant): Shown {
  const domains = [...tenant.directory.domains.all()].filter(({ isVerified }) => isVerified)
  return {
    id: tenant.id,
    assignedPlans: [],
    businessPhones: [],
    city: null,
    country: null,
    countryLetterCode: tenant.countryLetterCode,
    createdDateTime: tenant.createdDateTime,
    defaultUsageLocation: null,
    deletedDateTime: null,
    displayName: tenant.displayName,
    onPremisesLastSyncDateTime: null,
    onPremisesSyncEnabled: null,
    preferredLanguage: 'en',
    provisionedPlans: [],
    technicalNotificationMails: [],
    tenantType: 'AAD',
    verifiedDomains: domains.map(({ id, isDefault, isInitial, supportedServices }) => ({
      capabilities: supportedServices.join(', '),
      isDefault,
      isInitial,
      name: id,
      type: 'Managed',
    })),
  }
}
