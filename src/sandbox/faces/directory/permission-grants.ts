import { randomUUID } from 'node:crypto'
import { badRequest, GraphError, resourceNotFound } from '../../http/graph-error.ts'
import { emptyAnswer } from '../../http/json-answer.ts'
import { text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import type { PermissionGrantRecord } from '../../tenant/directory-records.ts'
import { type Listing, listObjects, showObject, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'
import { getPrincipal } from './app-principals.ts'

const area = 'directory' as const

/** Graph's `oAuth2PermissionGrant`. */
export const permissionGrantType = {
  name: 'microsoft.graph.oAuth2PermissionGrant',
  properties: { id: text, clientId: text, consentType: text, principalId: text, resourceId: text, scope: text },
} as const

const grantListing: Listing = {
  type: permissionGrantType.name,
  context: 'oauth2PermissionGrants',
  properties: new Set(Object.keys(permissionGrantType.properties)),
  pageItems: 100,
  pageItemsMax: 999,
}

const { readGrants, writeGrants } = permissions
const path = '/oauth2PermissionGrants/{grantId}'

/** Delegated permissions that were consented to. */
export const permissionGrantRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/oauth2PermissionGrants',
    area,
    permissions: readGrants,
    handle: (request) =>
      listObjects(request, [...request.tenant.directory.permissionGrants.all()].map(showGrant), grantListing),
  },
  { method: 'POST', path: '/oauth2PermissionGrants', area, permissions: writeGrants, handle: createGrant },
  {
    method: 'GET',
    path,
    area,
    permissions: readGrants,
    handle: (request) => showObject(request, showGrant(getGrant(request)), grantListing),
  },
  { method: 'PATCH', path, area, permissions: writeGrants, handle: updateGrant },
  { method: 'DELETE', path, area, permissions: writeGrants, handle: deleteGrant },
  {
    method: 'GET',
    path: '/servicePrincipals/{id}/oauth2PermissionGrants',
    area,
    permissions: readGrants,
    handle: (request) => {
      const grants = request.tenant.directory.permissionGrants.listBy('clientId', getPrincipal(request).id)
      return listObjects(request, grants.map(showGrant), grantListing)
    },
  },
]

function getGrant({ tenant, params }: GraphRequest): PermissionGrantRecord {
  const id = params['grantId'] ?? ''
  const grant = tenant.directory.permissionGrants.find(id)
  if (grant === undefined) throw resourceNotFound(id)
  return grant
}

function showGrant({ deletedDateTime: _deleted, ...grant }: PermissionGrantRecord): Shown {
  return grant
}

async function createGrant(request: GraphRequest): Promise<Response> {
  const { directory } = request.tenant
  const body = await readJsonBody(request, permissionGrantType, {
    required: ['clientId', 'consentType', 'resourceId'],
    readOnly: ['id'],
  })
  const { consentType } = body
  if (consentType !== 'AllPrincipals' && consentType !== 'Principal') throw invalidValue('consentType')
  const principalId = body.principalId ?? null
  if ((consentType === 'Principal') !== (principalId !== null)) throw invalidValue('principalId')
  const [clientId, resourceId] = [String(body.clientId), String(body.resourceId)]
  for (const id of [clientId, resourceId]) if (directory.servicePrincipals.find(id) === undefined) throw resourceNotFound(id)
  if (principalId !== null && directory.users.find(principalId) === undefined) throw resourceNotFound(principalId)
  const isTaken = directory.permissionGrants
    .listBy('clientId', clientId)
    .some((grant) => grant.resourceId === resourceId && grant.principalId === principalId)
  if (isTaken) throw new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', 'Permission entry already exists.')
  const scope = body.scope?.trim() ?? ''
  const grant = { id: randomUUID(), clientId, consentType, principalId, resourceId, scope, deletedDateTime: null } as const
  return showObject(request, showGrant(directory.permissionGrants.insert(grant)), grantListing, 201)
}

async function updateGrant(request: GraphRequest): Promise<Response> {
  const grant = getGrant(request)
  const body = await readJsonBody(request, permissionGrantType, {
    required: ['scope'],
    readOnly: ['id', 'clientId', 'consentType', 'principalId', 'resourceId'],
  })
  request.tenant.directory.permissionGrants.update({ ...grant, scope: String(body.scope).trim() })
  return emptyAnswer()
}

function deleteGrant(request: GraphRequest): Response {
  request.tenant.directory.permissionGrants.erase(getGrant(request).id)
  return emptyAnswer()
}

function invalidValue(name: string): GraphError {
  return badRequest(`Invalid value specified for property '${name}' of resource 'OAuth2PermissionGrant'.`)
}
