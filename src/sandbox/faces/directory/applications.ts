import { badRequest, resourceNotFound } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextUrl } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { createSecret, emptyApplication } from '../../tenant/add-application.ts'
import { toSeconds } from '../../tenant/create-tenant.ts'
import type {
  ApplicationRecord,
  KeyCredential,
  PasswordCredential,
  RequiredResourceAccess,
} from '../../tenant/directory-records.ts'
import { readKeyCredential, requireProof } from './app-credentials.ts'
import {
  addKeyType,
  addPasswordType,
  type ApplicationBody,
  applicationType,
  removeKeyType,
  removePasswordType,
} from './application-type.ts'
import { type Listing, listObjects, showObject, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'

const area = 'directory' as const

/** Secrets live two years where the caller gives no end. */
const secretLifetimeMs = 2 * 365 * 24 * 60 * 60 * 1000

const applicationListing: Listing = {
  type: applicationType.name,
  context: 'applications',
  properties: new Set(Object.keys(applicationType.properties)),
  pageItems: 100,
  pageItemsMax: 999,
  hasAdvancedQueries: true,
}

const { readApps, writeApps, writePrincipals } = permissions

/** App registrations: exchange.md 5.3 step 2 and 8. */
export const applicationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/applications',
    area,
    permissions: readApps,
    handle: (request) => listObjects(request, shownApplications(request), applicationListing),
  },
  { method: 'POST', path: '/applications', area, permissions: writeApps, handle: createApplication },
  { method: 'GET', path: '/applications(uniqueName={uniqueName})', area, permissions: readApps, handle: getOne },
  { method: 'PATCH', path: '/applications(uniqueName={uniqueName})', area, permissions: writeApps, handle: updateApplication },
  ...['/applications/{id}', '/applications(appId={appId})'].flatMap((path): readonly Route[] => [
    { method: 'GET', path, area, permissions: readApps, handle: getOne },
    { method: 'PATCH', path, area, permissions: writeApps, handle: updateApplication },
    { method: 'DELETE', path, area, permissions: writeApps, handle: deleteApplication },
    { method: 'POST', path: `${path}/addPassword`, area, permissions: writePrincipals, handle: addPassword },
    { method: 'POST', path: `${path}/removePassword`, area, permissions: writePrincipals, handle: removePassword },
    { method: 'POST', path: `${path}/addKey`, area, permissions: writePrincipals, handle: addKey },
    { method: 'POST', path: `${path}/removeKey`, area, permissions: writePrincipals, handle: removeKey },
  ]),
]

function getApplication(request: GraphRequest): ApplicationRecord {
  const application = findApplication(request)
  const { id, appId, uniqueName } = request.params
  if (application === undefined) throw resourceNotFound(id ?? appId ?? uniqueName ?? '')
  return application
}

function findApplication({ tenant, params }: GraphRequest): ApplicationRecord | undefined {
  const { applications } = tenant.directory
  const { id, appId, uniqueName } = params
  if (id !== undefined) return applications.find(id)
  return appId === undefined ? applications.findBy('uniqueName', uniqueName ?? '') : applications.findBy('appId', appId)
}

/** The key of a certificate is told only where it is asked for by name, of one application. */
function getOne(request: GraphRequest): Response {
  const isAsked = request.query.get('$select')?.includes('keyCredentials') === true
  return showObject(request, showApplication(getApplication(request), isAsked), applicationListing)
}

function* shownApplications(request: GraphRequest): IterableIterator<Shown> {
  for (const application of request.tenant.directory.applications.all()) yield showApplication(application, false)
}

/** An application as Graph shows it, its secrets never among it. */
export function showApplication(application: ApplicationRecord, withKeys: boolean): Shown {
  const { webRedirectUris, publicClientRedirectUris, keyCredentials, passwordCredentials, uniqueName, ...own } = application
  return {
    ...own,
    uniqueName: uniqueName ?? null,
    publisherDomain: null,
    keyCredentials: keyCredentials.map((credential) => ({ ...credential, key: withKeys ? credential.key : null })),
    passwordCredentials: passwordCredentials.map((credential) => showPassword(credential, null)),
    web: { homePageUrl: null, logoutUrl: null, redirectUris: webRedirectUris },
    publicClient: { redirectUris: publicClientRedirectUris },
  }
}

function showPassword({ secretDigest: _digest, ...credential }: PasswordCredential, secretText: string | null): object {
  return { customKeyIdentifier: null, ...credential, secretText }
}

async function createApplication(request: GraphRequest): Promise<Response> {
  const { tenant, params } = request
  const { uniqueName } = params
  const body = await readJsonBody(request, applicationType, {
    required: ['displayName'],
    readOnly: ['id', 'appId', 'uniqueName', 'createdDateTime', 'deletedDateTime', 'publisherDomain'],
  })
  // Made by another request while this one's body was read.
  if (uniqueName !== undefined && findApplication(request) !== undefined) return updateApplication(request)
  // Graph takes credentials of passwords only through addPassword, which draws the secret itself.
  if ((body.passwordCredentials ?? []).length > 0)
    throw badRequest('New password credentials must be generated by addPassword.')
  const created = emptyApplication(String(body.displayName), toSeconds(tenant.clock.nowMs()))
  const named = uniqueName === undefined ? created : { ...created, uniqueName }
  const application = tenant.directory.applications.insert({ ...named, ...changes(body, named) })
  return showObject(request, showApplication(application, false), applicationListing, 201)
}

/** By its unique name also an upsert: one that is not there is made, where the request prefers it (Graph's page application-upsert). */
async function updateApplication(request: GraphRequest): Promise<Response> {
  const makesMissing = request.params['uniqueName'] !== undefined && /\bcreate-if-missing\b/i.test(request.headers.get('prefer') ?? '')
  if (makesMissing && findApplication(request) === undefined) return createApplication(request)
  const application = getApplication(request)
  const body = await readJsonBody(request, applicationType, {
    readOnly: ['id', 'appId', 'uniqueName', 'createdDateTime', 'deletedDateTime', 'publisherDomain', 'passwordCredentials'],
  })
  if (body.displayName === null || body.displayName === '') {
    throw badRequest("Invalid value specified for property 'displayName' of resource 'Application'.")
  }
  request.tenant.directory.applications.update({ ...application, ...changes(body, application) })
  return emptyAnswer()
}

function deleteApplication(request: GraphRequest): Response {
  const { directory, clock } = request.tenant
  const application = getApplication(request)
  const deletedDateTime = toSeconds(clock.nowMs())
  directory.applications.update({ ...application, deletedDateTime })
  const principal = directory.servicePrincipals.findBy('appId', application.appId)
  if (principal !== undefined) directory.servicePrincipals.update({ ...principal, deletedDateTime })
  return emptyAnswer()
}

const audiences = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
] as const

/** What a body changes; `keyCredentials` replaces the whole list. */
function changes(body: ApplicationBody, before: ApplicationRecord): Partial<ApplicationRecord> {
  const audience = audiences.find((one) => one === body.signInAudience)
  if (body.signInAudience !== undefined && audience === undefined) {
    throw badRequest("Invalid value specified for property 'signInAudience' of resource 'Application'.")
  }
  const uris = [...(body.web?.redirectUris ?? []), ...(body.publicClient?.redirectUris ?? [])]
  const wrong = uris.find((uri) => !URL.canParse(uri))
  if (wrong !== undefined)
    throw badRequest(`Invalid value '${wrong}' specified for property 'redirectUris' of resource 'Application'.`)
  const copied = (
    ['description', 'displayName', 'identifierUris', 'isFallbackPublicClient', 'notes', 'tags'] as const
  ).filter((name) => body[name] !== undefined)
  return {
    ...Object.fromEntries(
      copied.map((name) => [name, body[name] ?? (name === 'tags' || name === 'identifierUris' ? [] : null)]),
    ),
    ...(audience === undefined ? {} : { signInAudience: audience }),
    ...(body.web?.redirectUris === undefined ? {} : { webRedirectUris: body.web.redirectUris ?? [] }),
    ...(body.publicClient?.redirectUris === undefined
      ? {}
      : { publicClientRedirectUris: body.publicClient.redirectUris ?? [] }),
    ...(body.requiredResourceAccess === undefined ? {} : { requiredResourceAccess: readAccess(body) }),
    ...(body.keyCredentials === undefined ? {} : { keyCredentials: readKeys(body, before.keyCredentials) }),
  }
}

function readKeys(body: ApplicationBody, before: readonly KeyCredential[]): readonly KeyCredential[] {
  return (body.keyCredentials ?? []).map((credential) => readKeyCredential(credential, before))
}

function readAccess(body: ApplicationBody): readonly RequiredResourceAccess[] {
  return (body.requiredResourceAccess ?? []).map(({ resourceAppId, resourceAccess }) => {
    if (resourceAppId === undefined || resourceAppId === null) {
      throw badRequest("A value is required for property 'resourceAppId' of resource 'RequiredResourceAccess'.")
    }
    const access = (resourceAccess ?? []).map(({ id, type }) => {
      if (id === undefined || id === null || (type !== 'Role' && type !== 'Scope')) {
        throw badRequest("Invalid value specified for property 'resourceAccess' of resource 'RequiredResourceAccess'.")
      }
      return { id: id.toLowerCase(), type } as const
    })
    return { resourceAppId: resourceAppId.toLowerCase(), resourceAccess: access }
  })
}

async function addPassword(request: GraphRequest): Promise<Response> {
  const application = getApplication(request)
  const { passwordCredential } = await readJsonBody(request, addPasswordType)
  const nowMs = request.tenant.clock.nowMs()
  const startMs = Date.parse(passwordCredential?.startDateTime ?? new Date(nowMs).toISOString())
  const endMs = Date.parse(passwordCredential?.endDateTime ?? new Date(startMs + secretLifetimeMs).toISOString())
  if (endMs <= startMs || endMs <= nowMs) {
    throw badRequest('Credential lifetime is invalid: the end must be later than the start and than now.')
  }
  const { secret, credential } = createSecret(passwordCredential?.displayName ?? null, startMs, endMs)
  request.tenant.directory.applications.update({
    ...application,
    passwordCredentials: [...application.passwordCredentials, credential],
  })
  return jsonAnswer(200, {
    '@odata.context': contextUrl(request, 'microsoft.graph.passwordCredential'),
    ...showPassword(credential, secret),
  })
}

async function removePassword(request: GraphRequest): Promise<Response> {
  const application = getApplication(request)
  const { keyId } = await readJsonBody(request, removePasswordType, { required: ['keyId'] })
  const left = application.passwordCredentials.filter((credential) => credential.keyId !== keyId?.toLowerCase())
  if (left.length === application.passwordCredentials.length) {
    throw badRequest(`No password credential found with keyId '${String(keyId)}'.`)
  }
  request.tenant.directory.applications.update({ ...application, passwordCredentials: left })
  return emptyAnswer()
}

async function addKey(request: GraphRequest): Promise<Response> {
  const application = getApplication(request)
  const { keyCredential, proof } = await readJsonBody(request, addKeyType, { required: ['keyCredential', 'proof'] })
  requireProof(application, proof, request.tenant.clock.nowMs())
  const credential = readKeyCredential(keyCredential ?? {}, [])
  request.tenant.directory.applications.update({
    ...application,
    keyCredentials: [...application.keyCredentials, credential],
  })
  return jsonAnswer(200, {
    '@odata.context': contextUrl(request, 'microsoft.graph.keyCredential'),
    ...credential,
    key: null,
  })
}

async function removeKey(request: GraphRequest): Promise<Response> {
  const application = getApplication(request)
  const { keyId, proof } = await readJsonBody(request, removeKeyType, { required: ['keyId', 'proof'] })
  requireProof(application, proof, request.tenant.clock.nowMs())
  const left = application.keyCredentials.filter((credential) => credential.keyId !== keyId?.toLowerCase())
  if (left.length === application.keyCredentials.length)
    throw badRequest(`No key credential found with keyId '${String(keyId)}'.`)
  request.tenant.directory.applications.update({ ...application, keyCredentials: left })
  return emptyAnswer()
}
