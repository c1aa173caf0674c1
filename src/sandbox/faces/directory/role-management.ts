import { randomUUID } from 'node:crypto'
import { badRequest, resourceNotFound } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import { text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import type { RoleAssignmentRecord } from '../../tenant/directory-records.ts'
import { directoryRoles } from '../../tenant/directory-roles.ts'
import { type Listing, listObjects, showObject, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'

const area = 'directory' as const

/** Graph's `unifiedRoleAssignment`. */
export const roleAssignmentType = {
  name: 'microsoft.graph.unifiedRoleAssignment',
  properties: {
    id: text,
    appScopeId: text,
    condition: text,
    directoryScopeId: text,
    principalId: text,
    roleDefinitionId: text,
  },
} as const

const assignmentListing: Listing = {
  type: roleAssignmentType.name,
  context: 'roleManagement/directory/roleAssignments',
  properties: new Set([...Object.keys(roleAssignmentType.properties), 'principal', 'roleDefinition']),
  pageItems: 100,
  pageItemsMax: 999,
}

const definitionListing: Listing = {
  type: 'microsoft.graph.unifiedRoleDefinition',
  context: 'roleManagement/directory/roleDefinitions',
  properties: new Set([
    'id',
    'description',
    'displayName',
    'isBuiltIn',
    'isEnabled',
    'resourceScopes',
    'templateId',
    'version',
  ]),
  pageItems: 100,
  pageItemsMax: 999,
}

const { readRoles, writeRoles } = permissions
const base = '/roleManagement/directory'

/** Directory roles: exchange.md 5.3 step 5. */
export const roleManagementRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${base}/roleDefinitions`,
    area,
    permissions: readRoles,
    handle: (request) => listObjects(request, shownDefinitions(), definitionListing),
  },
  { method: 'GET', path: `${base}/roleAssignments`, area, permissions: readRoles, handle: listAssignments },
  { method: 'POST', path: `${base}/roleAssignments`, area, permissions: writeRoles, handle: assign },
  { method: 'DELETE', path: `${base}/roleAssignments/{assignmentId}`, area, permissions: writeRoles, handle: revoke },
]

function shownDefinitions(): readonly Shown[] {
  return Object.values(directoryRoles).map(({ id, displayName }) => ({
    id,
    description: displayName,
    displayName,
    isBuiltIn: true,
    isEnabled: true,
    resourceScopes: ['/'],
    templateId: id,
    version: '1',
  }))
}

function listAssignments(request: GraphRequest): Response {
  return listObjects(request, [...request.tenant.directory.roleAssignments.all()].map(showAssignment), assignmentListing)
}

async function assign(request: GraphRequest): Promise<Response> {
  const { directory } = request.tenant
  const body = await readJsonBody(request, roleAssignmentType, {
    required: ['principalId', 'roleDefinitionId'],
    readOnly: ['id', 'condition', 'appScopeId'],
  })
  const [principalId, roleDefinitionId] = [
    String(body.principalId).toLowerCase(),
    String(body.roleDefinitionId).toLowerCase(),
  ]
  const principal = directory.users.find(principalId) ?? directory.servicePrincipals.find(principalId)
  if (principal === undefined) throw resourceNotFound(principalId)
  if (!Object.values(directoryRoles).some(({ id }) => id === roleDefinitionId)) throw resourceNotFound(roleDefinitionId)
  const directoryScopeId = body.directoryScopeId ?? '/'
  if (directoryScopeId !== '/')
    throw badRequest("Invalid value specified for property 'directoryScopeId' of resource 'RoleAssignment'.")
  if (
    directory.roleAssignments.listBy('principalId', principalId).some((role) => role.roleDefinitionId === roleDefinitionId)
  ) {
    throw badRequest('A conflicting object with one or more of the specified property values is present in the directory.')
  }
  const assignment = { id: randomUUID(), principalId, roleDefinitionId, directoryScopeId, deletedDateTime: null }
  return showObject(request, showAssignment(directory.roleAssignments.insert(assignment)), assignmentListing, 201)
}

function revoke({ tenant, params }: GraphRequest): Response {
  const id = params['assignmentId'] ?? ''
  if (tenant.directory.roleAssignments.find(id) === undefined) throw resourceNotFound(id)
  tenant.directory.roleAssignments.erase(id)
  return emptyAnswer()
}

function showAssignment({ deletedDateTime: _deleted, ...assignment }: RoleAssignmentRecord): Shown {
  return { ...assignment, appScopeId: null, condition: null }
}
