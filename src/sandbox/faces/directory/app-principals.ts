import { badRequest, GraphError, resourceNotFound } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import { flag, listOf, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { addServicePrincipal } from '../../tenant/grant-consent.ts'
import { toSeconds } from '../../tenant/create-tenant.ts'
import type { ServicePrincipalRecord } from '../../tenant/directory-records.ts'
import { resourcePermissions } from '../../tenant/directory-store.ts'
import type { Tenant, Tenants } from '../../tenant/tenant.ts'
import { commandLineToolsAppId, exchangePowerShellAppId } from '../../tenant/well-known-apps.ts'
import { type Listing, listObjects, showObject, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'

const area = 'directory' as const

/** Graph's `servicePrincipal`, what a request may give. */
export const servicePrincipalType = {
  name: 'microsoft.graph.servicePrincipal',
  properties: {
    accountEnabled: flag,
    appId: text,
    appRoleAssignmentRequired: flag,
    displayName: text,
    notes: text,
    tags: listOf(text),
  },
} as const

/** How service principals are listed. */
const principalListing: Listing = {
  type: 'microsoft.graph.servicePrincipal',
  context: 'servicePrincipals',
  properties: new Set([
    'id',
    'accountEnabled',
    'alternativeNames',
    'appDisplayName',
    'appId',
    'appOwnerOrganizationId',
    'appRoleAssignmentRequired',
    'appRoles',
    'deletedDateTime',
    'displayName',
    'keyCredentials',
    'notes',
    'oauth2PermissionScopes',
    'passwordCredentials',
    'servicePrincipalNames',
    'servicePrincipalType',
    'signInAudience',
    'tags',
  ]),
  pageItems: 100,
  pageItemsMax: 999,
  hasAdvancedQueries: true,
}

const { readApps, writePrincipals } = permissions

/** Service principals: exchange.md 5.3 steps 1, 3 and 8. */
export function servicePrincipalRoutes(tenants: Tenants): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/servicePrincipals',
      area,
      permissions: readApps,
      handle: (request) =>
        listObjects(request, [...request.tenant.directory.servicePrincipals.all()].map(showPrincipal), principalListing),
    },
    {
      method: 'POST',
      path: '/servicePrincipals',
      area,
      permissions: writePrincipals,
      handle: (request) => createPrincipal(request, tenants),
    },
    ...['/servicePrincipals/{id}', '/servicePrincipals(appId={appId})'].flatMap((path): readonly Route[] => [
      {
        method: 'GET',
        path,
        area,
        permissions: readApps,
        handle: (request) => showObject(request, showPrincipal(getPrincipal(request)), principalListing),
      },
      { method: 'PATCH', path, area, permissions: writePrincipals, handle: updatePrincipal },
      { method: 'DELETE', path, area, permissions: writePrincipals, handle: deletePrincipal },
    ]),
  ]
}

/** The service principal that a path names, by object id or by app id. Throws 404 `Request_ResourceNotFound`. */
export function getPrincipal({ tenant, params }: GraphRequest): ServicePrincipalRecord {
  const { servicePrincipals } = tenant.directory
  const id = params['id'] ?? params['appId'] ?? ''
  const principal = params['id'] === undefined ? servicePrincipals.findBy('appId', id) : servicePrincipals.find(id)
  if (principal === undefined) throw resourceNotFound(id)
  return principal
}

/** Whether so much time has passed since an object was made that every part of the directory knows it. */
export function isReplicated(tenant: Tenant, createdDateTime: string): boolean {
  return Date.parse(createdDateTime) + tenant.settings.replicationDelayMs <= tenant.clock.nowMs()
}

function showPrincipal(principal: ServicePrincipalRecord): Shown {
  const known = resourcePermissions(principal.appId)
  return {
    id: principal.id,
    accountEnabled: principal.accountEnabled,
    alternativeNames: [],
    appDisplayName: principal.displayName,
    appId: principal.appId,
    appOwnerOrganizationId: principal.appOwnerOrganizationId,
    appRoleAssignmentRequired: principal.appRoleAssignmentRequired,
    appRoles: known.flatMap(({ applicationId, value }) =>
      applicationId === undefined
        ? []
        : [
            {
              allowedMemberTypes: ['Application'],
              description: value,
              displayName: value,
              id: applicationId,
              isEnabled: true,
              origin: 'Application',
              value,
            },
          ],
    ),
    deletedDateTime: principal.deletedDateTime,
    displayName: principal.displayName,
    keyCredentials: [],
    notes: principal.notes,
    oauth2PermissionScopes: known.flatMap(({ delegatedId, delegatedNeedsAdmin, value }) =>
      delegatedId === undefined
        ? []
        : [
            {
              adminConsentDescription: value,
              adminConsentDisplayName: value,
              id: delegatedId,
              isEnabled: true,
              type: delegatedNeedsAdmin ? 'Admin' : 'User',
              userConsentDescription: value,
              userConsentDisplayName: value,
              value,
            },
          ],
    ),
    passwordCredentials: [],
    servicePrincipalNames: principal.servicePrincipalNames,
    servicePrincipalType: 'Application',
    signInAudience: known.length > 0 ? 'AzureADMultipleOrgs' : null,
    tags: principal.tags,
  }
}

async function createPrincipal(request: GraphRequest, tenants: Tenants): Promise<Response> {
  const { tenant } = request
  const body = await readJsonBody(request, servicePrincipalType, { required: ['appId'], readOnly: ['displayName'] })
  const appId = String(body.appId).toLowerCase()
  if (tenant.directory.servicePrincipals.findBy('appId', appId) !== undefined) {
    throw new GraphError(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    )
  }
  const found = findApplication(tenant, tenants, appId)
  if (found === undefined) {
    throw new GraphError(
      400,
      'Request_BadRequest',
      `The appId '${appId}' of the service principal does not reference a valid application object.`,
    )
  }
  const created = addServicePrincipal(tenant, found.application, found.owner.id)
  const principal = tenant.directory.servicePrincipals.update({ ...created, ...principalChanges(body) })
  return showObject(request, showPrincipal(principal), principalListing, 201)
}

/** An application of this tenant that the directory has told on, or one of another tenant that is open to others. */
function findApplication(tenant: Tenant, tenants: Tenants, appId: string) {
  for (const owner of tenants.all) {
    const application = owner.directory.applications.findBy('appId', appId)
    if (application === undefined || !isReplicated(owner, application.createdDateTime)) continue
    if (owner === tenant || application.signInAudience !== 'AzureADMyOrg') return { owner, application }
  }
  return undefined
}

async function updatePrincipal(request: GraphRequest): Promise<Response> {
  const principal = getPrincipal(request)
  const body = await readJsonBody(request, servicePrincipalType, { readOnly: ['appId', 'displayName'] })
  request.tenant.directory.servicePrincipals.update({ ...principal, ...principalChanges(body) })
  return emptyAnswer()
}

function principalChanges(body: Readonly<Record<string, unknown>>): Partial<ServicePrincipalRecord> {
  if (body['accountEnabled'] === null)
    throw badRequest("Invalid value specified for property 'accountEnabled' of resource 'ServicePrincipal'.")
  const names = ['accountEnabled', 'appRoleAssignmentRequired', 'notes', 'tags']
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name))) as Partial<ServicePrincipalRecord>
}

function deletePrincipal(request: GraphRequest): Response {
  const principal = getPrincipal(request)
  const isMicrosofts = principal.appId === commandLineToolsAppId || principal.appId === exchangePowerShellAppId
  if (isMicrosofts || resourcePermissions(principal.appId).length > 0) {
    throw badRequest('Specified App Principal ID is reserved by Microsoft and cannot be removed.')
  }
  request.tenant.directory.servicePrincipals.update({
    ...principal,
    deletedDateTime: toSeconds(request.tenant.clock.nowMs()),
  })
  return emptyAnswer()
}
