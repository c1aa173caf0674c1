import { emptyAnswer } from '../../http/json-answer.ts'
import { badRequest, resourceNotFound } from '../../http/graph-error.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { addUser, toSeconds } from '../../tenant/create-tenant.ts'
import type { UserRecord } from '../../tenant/directory-records.ts'
import { findUser } from '../../tenant/directory-store.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { countObjects, listObjects, showObject, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'
import { showUser, userListing } from './show-user.ts'
import { readOnlyUserProperties, type UserBody, userType } from './user-type.ts'

const area = 'directory' as const

/** Users: exchange.md 6.1 and 6.2. */
export const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users',
    area,
    permissions: permissions.readUsers,
    handle: (request) => listObjects(request, shownUsers(request), userListing),
  },
  {
    method: 'GET',
    path: '/users/$count',
    area,
    permissions: permissions.countUsers,
    handle: (request) => countObjects(request, shownUsers(request), userListing),
  },
  { method: 'POST', path: '/users', area, permissions: permissions.createUser, handle: createUser },
  {
    method: 'GET',
    path: '/users/{id}',
    area,
    permissions: permissions.readUser,
    handle: (request) => showObject(request, showUser(getUser(request), request), userListing),
  },
  { method: 'PATCH', path: '/users/{id}', area, permissions: permissions.updateUser, handle: updateUser },
  { method: 'DELETE', path: '/users/{id}', area, permissions: permissions.deleteUser, handle: deleteUser },
]

/** The user that a path names, by id or by user principal name. Throws 404 `Request_ResourceNotFound`. */
export function getUser({ tenant, params }: GraphRequest): UserRecord {
  const id = params['id'] ?? ''
  const user = findUser(tenant.directory, id)
  if (user === undefined) throw resourceNotFound(id)
  return user
}

function* shownUsers(request: GraphRequest): IterableIterator<Shown> {
  for (const user of request.tenant.directory.users.all()) yield showUser(user, request)
}

async function createUser(request: GraphRequest): Promise<Response> {
  const { tenant } = request
  const body = await readJsonBody(request, userType, {
    required: ['accountEnabled', 'displayName', 'mailNickname', 'passwordProfile', 'userPrincipalName'],
    readOnly: readOnlyUserProperties,
  })
  if (body.passwordProfile?.password === undefined || body.passwordProfile.password === null) {
    throw badRequest("A value is required for property 'passwordProfile.password' of resource 'User'.")
  }
  checkUser(tenant, body, undefined)
  const user = addUser(tenant, {
    userPrincipalName: String(body.userPrincipalName),
    displayName: String(body.displayName),
    ...ownFields(body),
  })
  return showObject(request, showUser(user, request), userListing, 201)
}

async function updateUser(request: GraphRequest): Promise<Response> {
  const user = getUser(request)
  const body = await readJsonBody(request, userType, { readOnly: readOnlyUserProperties })
  checkUser(request.tenant, body, user)
  request.tenant.directory.users.update({ ...user, ...ownFields(body, user.further) })
  return emptyAnswer()
}

function deleteUser(request: GraphRequest): Response {
  const { tenant } = request
  const user = getUser(request)
  tenant.directory.users.update({ ...user, deletedDateTime: toSeconds(tenant.clock.nowMs()) })
  if (user.assignedLicenses.length > 0) tenant.mailboxes.deprovision(user.id)
  return emptyAnswer()
}

/** What the record has of its own; everything else a body gives is kept aside. */
const recordProperties = [
  'accountEnabled',
  'businessPhones',
  'city',
  'companyName',
  'country',
  'department',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mailNickname',
  'mobilePhone',
  'officeLocation',
  'onPremisesImmutableId',
  'otherMails',
  'passwordPolicies',
  'preferredLanguage',
  'showInAddressList',
  'surname',
  'usageLocation',
  'userPrincipalName',
  'userType',
] as const

function ownFields(body: UserBody, further: Readonly<Record<string, unknown>> = {}): Partial<UserRecord> {
  const given = Object.entries(body).filter(([name]) => !name.includes('@'))
  const isOwn = (name: string) => (recordProperties as readonly string[]).includes(name)
  return {
    ...Object.fromEntries(given.filter(([name]) => isOwn(name))),
    ...(body.passwordProfile?.password === undefined ? {} : { password: body.passwordProfile.password }),
    further: { ...further, ...Object.fromEntries(given.filter(([name]) => !isOwn(name) && name !== 'passwordProfile')) },
  }
}

const requiredOnUpdate = ['accountEnabled', 'displayName', 'mailNickname', 'userPrincipalName'] as const

function checkUser(tenant: Tenant, body: UserBody, existing: UserRecord | undefined): void {
  const cleared = requiredOnUpdate.find((name) => body[name] === null || body[name] === '')
  if (cleared !== undefined) throw invalidValue(cleared)
  if (body.userPrincipalName !== undefined) checkPrincipalName(tenant, String(body.userPrincipalName), existing)
  if (typeof body.mailNickname === 'string' && !/^[^\s@()[\]";:<>,\\]{1,64}$/.test(body.mailNickname))
    throw invalidValue('mailNickname')
  if (typeof body.usageLocation === 'string' && !/^[A-Z]{2}$/.test(body.usageLocation)) throw invalidValue('usageLocation')
  if (typeof body.userType === 'string' && !['Member', 'Guest'].includes(body.userType)) throw invalidValue('userType')
  const password = body.passwordProfile?.password
  if (typeof password === 'string' && !isStrong(password)) {
    throw badRequest(
      'The specified password does not comply with password complexity requirements. Please provide a different password.',
    )
  }
}

function checkPrincipalName(tenant: Tenant, name: string, existing: UserRecord | undefined): void {
  const { directory } = tenant
  const domain = /^[A-Za-z0-9'._!#^~-]{1,64}@([^@]+)$/.exec(name)?.[1]
  if (domain === undefined || /^\.|\.@/.test(name)) throw badRequest('Property userPrincipalName is invalid.')
  if (directory.domains.find(domain)?.isVerified !== true) {
    throw badRequest(
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
    )
  }
  const holder = directory.users.findBy('userPrincipalName', name)
  if (holder !== undefined && holder.id !== existing?.id) {
    throw badRequest('Another object with the same value for property userPrincipalName already exists.')
  }
}

function invalidValue(name: string) {
  return badRequest(`Invalid value specified for property '${name}' of resource 'User'.`)
}

/** Entra's rule for cloud passwords: 8 to 256 characters of three of four kinds. */
function isStrong(password: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  return password.length >= 8 && password.length <= 256 && kinds >= 3
}
