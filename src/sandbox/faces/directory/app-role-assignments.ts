import { badRequest, resourceNotFound } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import { dateTimeOffset, guid, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { toSeconds } from '../../tenant/create-tenant.ts'
import type { AppRoleAssignmentRecord } from '../../tenant/directory-records.ts'
import { appRolesOf } from '../../tenant/directory-store.ts'
import { randomUUID } from 'node:crypto'
import { type Listing, listObjects, showObject, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'
import { getPrincipal, isReplicated } from './app-principals.ts'

const area = 'directory' as const

/** Graph's `appRoleAssignment`. */
export const appRoleAssignmentType = {
  name: 'microsoft.graph.appRoleAssignment',
  properties: {
    id: text,
    appRoleId: guid,
    createdDateTime: dateTimeOffset,
    deletedDateTime: dateTimeOffset,
    principalDisplayName: text,
    principalId: guid,
    principalType: text,
    resourceDisplayName: text,
    resourceId: guid,
  },
} as const

const assignmentListing: Listing = {
  type: appRoleAssignmentType.name,
  context: 'appRoleAssignments',
  properties: new Set(Object.keys(appRoleAssignmentType.properties)),
  pageItems: 100,
  pageItemsMax: 999,
}

type Side = 'appRoleAssignedTo' | 'appRoleAssignments'

const { readAssignments, createAssignment, deleteAssignment } = permissions

/** Application permissions: exchange.md 5.3 step 4, from the resource's side and from the app's. */
export const appRoleAssignmentRoutes: readonly Route[] = (['appRoleAssignedTo', 'appRoleAssignments'] as const).flatMap(
  (side): readonly Route[] => {
    const path = `/servicePrincipals/{id}/${side}`
    return [
      { method: 'GET', path, area, permissions: readAssignments, handle: (request) => listAssignments(request, side) },
      { method: 'POST', path, area, permissions: createAssignment, handle: (request) => assign(request, side) },
      {
        method: 'DELETE',
        path: `${path}/{assignmentId}`,
        area,
        permissions: deleteAssignment,
        handle: (request) => revoke(request, side),
      },
    ]
  },
)

function listAssignments(request: GraphRequest, side: Side): Response {
  const principal = getPrincipal(request)
  const { appRoleAssignments } = request.tenant.directory
  const assignments = appRoleAssignments.listBy(side === 'appRoleAssignedTo' ? 'resourceId' : 'principalId', principal.id)
  const context = `servicePrincipals('${principal.id}')/${side}`
  return listObjects(
    request,
    assignments.map((one) => showAssignment(request, one)),
    { ...assignmentListing, context },
  )
}

async function assign(request: GraphRequest, side: Side): Promise<Response> {
  const named = getPrincipal(request)
  const { tenant } = request
  const { directory } = tenant
  const body = await readJsonBody(request, appRoleAssignmentType, { required: ['principalId', 'resourceId', 'appRoleId'] })
  const [principalId, resourceId, appRoleId] = [body.principalId, body.resourceId, body.appRoleId].map((id) =>
    String(id).toLowerCase(),
  )
  if (named.id !== (side === 'appRoleAssignedTo' ? resourceId : principalId)) {
    throw badRequest(
      `The ${side === 'appRoleAssignedTo' ? 'resourceId' : 'principalId'} does not match the object of the request.`,
    )
  }
  const principal = directory.servicePrincipals.find(principalId ?? '')
  const resource = directory.servicePrincipals.find(resourceId ?? '')
  if (principal === undefined || !isReplicated(tenant, principal.createdDateTime)) throw resourceNotFound(principalId ?? '')
  if (resource === undefined) throw resourceNotFound(resourceId ?? '')
  if (!appRolesOf(resource.appId).some(({ id }) => id === appRoleId)) {
    throw badRequest(`Permission being assigned was not found on application '${resource.appId}'.`)
  }
  const granted = directory.appRoleAssignments.listBy('principalId', principal.id)
  if (granted.some((one) => one.resourceId === resource.id && one.appRoleId === appRoleId)) {
    throw badRequest('Permission being assigned already exists on the object.')
  }
  const assignment = directory.appRoleAssignments.insert({
    id: randomUUID(),
    principalId: principal.id,
    resourceId: resource.id,
    appRoleId: appRoleId ?? '',
    createdDateTime: toSeconds(tenant.clock.nowMs()),
    deletedDateTime: null,
  })
  return showObject(request, showAssignment(request, assignment), assignmentListing, 201)
}

/** The record stays, so that tokens go on carrying the role for as long as Microsoft's do. */
function revoke(request: GraphRequest, side: Side): Response {
  const { directory, clock } = request.tenant
  directory.appRoleAssignments.update({ ...getAssignment(request, side), deletedDateTime: toSeconds(clock.nowMs()) })
  return emptyAnswer()
}

function getAssignment(request: GraphRequest, side: Side): AppRoleAssignmentRecord {
  const principal = getPrincipal(request)
  const id = request.params['assignmentId'] ?? ''
  const assignment = request.tenant.directory.appRoleAssignments.find(id)
  const owner = side === 'appRoleAssignedTo' ? assignment?.resourceId : assignment?.principalId
  if (assignment === undefined || owner !== principal.id) throw resourceNotFound(id)
  return assignment
}

function showAssignment({ tenant }: GraphRequest, assignment: AppRoleAssignmentRecord): Shown {
  const { servicePrincipals } = tenant.directory
  return {
    ...assignment,
    principalDisplayName: servicePrincipals.find(assignment.principalId)?.displayName ?? null,
    principalType: 'ServicePrincipal',
    resourceDisplayName: servicePrincipals.find(assignment.resourceId)?.displayName ?? null,
  }
}
