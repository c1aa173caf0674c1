import { GraphError, resourceNotFound } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { contextUrl } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import type { ApplicationRecord, ServicePrincipalRecord, UserRecord } from '../../tenant/directory-records.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { showApplication } from './applications.ts'
import { changeLicences } from './licences.ts'
import { type Listing, listObjects, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'
import { showUser, userListing } from './show-user.ts'

const area = 'directory' as const
const base = '/directory/deletedItems'
const objectListing: Listing = {
  ...userListing,
  properties: new Set(['id', 'deletedDateTime', 'displayName', 'appId', 'userPrincipalName', 'mail']),
}

/** What was deleted and can be restored for thirty days: exchange.md 5.3 step 8. */
export const deletedItemRoutes: readonly Route[] = [
  ...(['user', 'application', 'servicePrincipal'] as const).map((type): Route => ({
    method: 'GET',
    path: `${base}/microsoft.graph.${type}`,
    area,
    permissions: permissions.readDeleted,
    handle: (request) => listDeleted(request, type),
  })),
  { method: 'GET', path: `${base}/{id}`, area, permissions: permissions.readDeleted, handle: getDeleted },
  { method: 'DELETE', path: `${base}/{id}`, area, permissions: permissions.erase, handle: erase },
  { method: 'POST', path: `${base}/{id}/restore`, area, permissions: permissions.restore, handle: restore },
]

type Deleted =
  | { readonly type: 'user'; readonly record: UserRecord }
  | { readonly type: 'application'; readonly record: ApplicationRecord }
  | { readonly type: 'servicePrincipal'; readonly record: ServicePrincipalRecord }

function listDeleted(request: GraphRequest, type: Deleted['type']): Response {
  const { users, applications, servicePrincipals } = request.tenant.directory
  const tables = { user: users, application: applications, servicePrincipal: servicePrincipals }
  const context = `directoryObjects/microsoft.graph.${type}`
  const shown = tables[type].deleted().map((record) => show(request, { type, record } as Deleted))
  return listObjects(request, shown, type === 'user' ? { ...userListing, context } : { ...objectListing, context })
}

function getDeleted(request: GraphRequest): Response {
  return answer(request, find(request))
}

function erase(request: GraphRequest): Response {
  const deleted = find(request)
  const { users, applications, servicePrincipals } = request.tenant.directory
  const tables = { user: users, application: applications, servicePrincipal: servicePrincipals }
  tables[deleted.type].erase(deleted.record.id)
  return emptyAnswer()
}

/** Brings an object back; an app brings its service principal, a user the licences that there are seats for. */
function restore(request: GraphRequest): Response {
  const deleted = find(request)
  const { tenant } = request
  const { directory } = tenant
  switch (deleted.type) {
    case 'user':
      return answer(request, { type: 'user', record: restoreUser(tenant, deleted.record) })
    case 'application': {
      const principal = directory.servicePrincipals.deleted().find(({ appId }) => appId === deleted.record.appId)
      if (principal !== undefined) directory.servicePrincipals.update({ ...principal, deletedDateTime: null })
      const record = directory.applications.update({ ...deleted.record, deletedDateTime: null })
      return answer(request, { type: 'application', record })
    }
    case 'servicePrincipal': {
      const record = directory.servicePrincipals.update({ ...deleted.record, deletedDateTime: null })
      return answer(request, { type: 'servicePrincipal', record })
    }
  }
}

function restoreUser(tenant: Tenant, user: UserRecord): UserRecord {
  const { users } = tenant.directory
  if (users.findBy('userPrincipalName', user.userPrincipalName) !== undefined) {
    throw new GraphError(
      400,
      'Request_BadRequest',
      'Another object with the same value for property userPrincipalName already exists.',
    )
  }
  const { assignedLicenses, assignedPlans } = user
  const bare = users.update({ ...user, deletedDateTime: null, assignedLicenses: [], assignedPlans: [] })
  try {
    return changeLicences(
      tenant,
      { ...bare, assignedPlans: assignedPlans.map((plan) => ({ ...plan, capabilityStatus: 'Deleted' })) },
      assignedLicenses,
      [],
    )
  } catch (error) {
    // Without a seat the user comes back all the same, and the licence does not.
    if (error instanceof GraphError) return bare
    throw error
  }
}

function find({ tenant, params }: GraphRequest): Deleted {
  const id = params['id'] ?? ''
  const { users, applications, servicePrincipals } = tenant.directory
  const [user, application, principal] = [
    users.findDeleted(id),
    applications.findDeleted(id),
    servicePrincipals.findDeleted(id),
  ]
  if (user !== undefined) return { type: 'user', record: user }
  if (application !== undefined) return { type: 'application', record: application }
  if (principal !== undefined) return { type: 'servicePrincipal', record: principal }
  throw resourceNotFound(id)
}

function answer(request: GraphRequest, deleted: Deleted): Response {
  return jsonAnswer(200, {
    '@odata.context': contextUrl(request, 'directoryObjects/$entity'),
    '@odata.type': `#microsoft.graph.${deleted.type}`,
    ...show(request, deleted),
  })
}

function show(request: GraphRequest, deleted: Deleted): Shown {
  if (deleted.type === 'user') return showUser(deleted.record, request)
  if (deleted.type === 'application') return showApplication(deleted.record, false)
  const { id, appId, displayName, deletedDateTime } = deleted.record
  return { id, appId, displayName, deletedDateTime }
}
