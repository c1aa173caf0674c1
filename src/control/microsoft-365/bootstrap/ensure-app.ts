import { X509Certificate } from 'node:crypto'
import type { Resource } from '../../../connectors/kit/microsoft/clouds.ts'
import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath, odataText } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonObjects, jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import type { JsonObject } from '../../../connectors/kit/microsoft/read-json.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import type { TenantApp } from '../microsoft-endpoint.ts'
import { collect, resourceAppIds, textsOf } from './directory.ts'
import { notReplicated } from './not-replicated.ts'
import { poll } from './poll.ts'
import type { Tell } from './told.ts'

/** The mark of an app that this program has made: only such a one is ever reduced or deleted. */
const ourTag = 'mailvan'

/** An app that was made a moment ago may not be known yet to the part of the directory that is asked. */
const replicationMsMax = 45_000

/** What an app registration has to be like. */
export interface WantedApp {
  /** As it is shown in the tenant. */
  readonly displayName: string
  /** An alternate key in the tenant, by which two who make it at once make one. */
  readonly uniqueName: string
  readonly certificatePem: string
  /** Ids of application permissions, by the service that offers them. */
  readonly roleIds: Readonly<Record<Resource, readonly string[]>>
}

/** The app registration of an endpoint, found by what is known of it or by its name, otherwise made. */
export async function ensureApp(
  graph: GraphCaller,
  known: TenantApp | undefined,
  wanted: WantedApp,
  context: Context,
  tell: Tell,
): Promise<TenantApp> {
  const find = () =>
    known === undefined
      ? findByUniqueName(graph, wanted.uniqueName).then((found) => found ?? findByName(graph, wanted.displayName))
      : poll(() => findByClientId(graph, known.clientId), replicationMsMax, context)
  // A lost answer may have made one: so it is looked for before each attempt.
  return withPatience(async () => {
    const found = await find()
    if (found !== undefined) return updateApp(graph, found, wanted, context, tell)
    if (known?.isOurs === false) throw isGone()
    return updateApp(graph, await makeApp(graph, wanted, context, tell), wanted, context, tell)
  }, context)
}

/**
 * Makes the app registration, without a certificate: who makes it at the same time gets the same one (Graph's upsert by
 * `uniqueName`), and neither overwrites the other's key.
 */
async function makeApp(graph: GraphCaller, { displayName, uniqueName }: WantedApp, context: Context, tell: Tell): Promise<JsonObject> {
  const body = {
    displayName,
    signInAudience: 'AzureADMyOrg',
    tags: [ourTag],
    notes: 'Made by Mailvan to move mailboxes. Remove it with "mailvan endpoint clean-up" once the project has ended.',
    web: { redirectUris: ['http://localhost'] },
  }
  const permission = 'Application.ReadWrite.All'
  const done = (app: JsonObject): JsonObject => {
    tell({ type: 'done', what: `the app "${displayName}" was registered in the tenant` })
    return app
  }
  // One of this name that does not bear our tag is somebody else's: an upsert would change it.
  if (!(await isTaken(graph, uniqueName))) {
    const headers = { prefer: 'create-if-missing' }
    const { status, json } = await graph.call({ method: 'PATCH', path: uniquePath(uniqueName), headers, body, expects: [400, 404, 405, 409, 501], permission })
    if (status === 201) return done(json)
    // 204: another bootstrap was faster. 409: it is at it.
    const isThere = status === 204 || status === 409
    const theirs = isThere ? await poll(() => findByUniqueName(graph, uniqueName), replicationMsMax, context) : undefined
    if (theirs !== undefined) return theirs
  }
  // Without upsert, or where a deleted app has the name still.
  return done((await graph.call({ method: 'POST', path: '/applications', body, permission })).json)
}

function uniquePath(uniqueName: string): string {
  return `/applications(uniqueName='${encodeURIComponent(uniqueName)}')`
}

async function isTaken(graph: GraphCaller, uniqueName: string): Promise<boolean> {
  return (await graph.call({ method: 'GET', path: uniquePath(uniqueName), query: { $select: 'id' }, expects: [400, 404] })).status === 200
}

/** Undefined also where the cloud does not know such names. */
async function findByUniqueName(graph: GraphCaller, uniqueName: string): Promise<JsonObject | undefined> {
  const { status, json } = await graph.call({ method: 'GET', path: uniquePath(uniqueName), query: { $select: 'id,appId,tags' }, expects: [400, 404] })
  return status === 200 && textsOf(json['tags']).includes(ourTag) ? json : undefined
}

async function findByName(graph: GraphCaller, displayName: string): Promise<JsonObject | undefined> {
  const found = await collect(graph, '/applications', { $filter: `displayName eq ${odataText(displayName)}`, $select: 'id,appId,tags' })
  return found.find(({ tags }) => textsOf(tags).includes(ourTag))
}

async function findByClientId(graph: GraphCaller, clientId: string): Promise<JsonObject | undefined> {
  const answer = await graph.call({ method: 'GET', path: `/applications(appId='${encodeURIComponent(clientId)}')`, query: { $select: 'id,appId,tags' }, expects: [404] })
  return answer.status === 404 ? undefined : answer.json
}

/** Adds what is missing, and takes away from an app of ours what is not wanted any more. */
async function updateApp(graph: GraphCaller, found: JsonObject, wanted: WantedApp, context: Context, tell: Tell): Promise<TenantApp> {
  const isOurs = textsOf(found['tags']).includes(ourTag)
  const app = toApp(found, isOurs)
  const { json, changes: withKey } = await readKeys(graph, app, wanted, context)
  const before = jsonObjects(json, 'requiredResourceAccess')
  const access = requiredAccess(wanted, isOurs ? [] : before)
  const isAccessSame = canonical(before) === canonical(access)
  const changes = { ...withKey, ...(!isAccessSame && { requiredResourceAccess: access }) }
  if (Object.keys(changes).length === 0) tell({ type: 'kept', what: `the app "${wanted.displayName}" is registered in the tenant` })
  else {
    await change(graph, app, changes, context)
    if ('keyCredentials' in changes) tell({ type: 'done', what: 'the certificate was registered with the app' })
    if (!isAccessSame) tell({ type: 'done', what: 'what the app asks for was brought up to date' })
  }
  return app
}

/**
 * Registers the certificate again where it is not there any more: an app's keys are only replaced all together, so another
 * bootstrap at the same moment may have overwritten it.
 */
export async function keepCertificate(graph: GraphCaller, app: TenantApp, wanted: WantedApp, context: Context, tell: Tell): Promise<void> {
  const { changes } = await readKeys(graph, app, wanted, context)
  if (!('keyCredentials' in changes)) return
  await change(graph, app, changes, context)
  tell({ type: 'done', what: 'the certificate was registered with the app once more, as another set-up had replaced it' })
}

/** An app with its keys, and what of them is to be changed. */
async function readKeys(graph: GraphCaller, { objectId = '', isOurs }: TenantApp, { certificatePem, displayName }: WantedApp, context: Context) {
  const certificate = new X509Certificate(certificatePem)
  // Keys are told only of a single app and where they are asked for.
  const call = { method: 'GET', path: graphPath`/applications/${objectId}`, query: { $select: 'id,requiredResourceAccess,keyCredentials' }, expects: [404] } as const
  const json = await poll(async () => {
    const answer = await graph.call(call)
    return answer.status === 404 ? undefined : answer.json
  }, replicationMsMax, context)
  if (json === undefined) throw notReplicated()
  const keys = jsonObjects(json, 'keyCredentials')
  const key = certificate.raw.toString('base64')
  const kept = isOurs ? keys.filter((one) => Date.parse(jsonText(one, 'endDateTime')) > context.clock.now()) : keys
  const isRegistered = keys.some((one) => jsonText(one, 'key') === key)
  return { json, changes: isRegistered ? {} : { keyCredentials: [...kept, keyCredential(certificate, displayName)] } }
}

async function change(graph: GraphCaller, { objectId = '' }: TenantApp, body: object, context: Context): Promise<void> {
  const call = { method: 'PATCH', path: graphPath`/applications/${objectId}`, body, expects: [404], permission: 'Application.ReadWrite.All' } as const
  const changed = await poll(async () => ((await graph.call(call)).status === 404 ? undefined : true), replicationMsMax, context)
  if (changed === undefined) throw notReplicated()
}

function toApp(json: JsonObject, isOurs: boolean): TenantApp {
  return { clientId: jsonText(json, 'appId'), objectId: jsonText(json, 'id'), isOurs }
}

function keyCredential(certificate: X509Certificate, displayName: string): object {
  return {
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    key: certificate.raw.toString('base64'),
    displayName,
    startDateTime: certificate.validFromDate.toISOString(),
    endDateTime: certificate.validToDate.toISOString(),
  }
}

/** What an app asks for: the permissions that are wanted, besides what `before` has. */
function requiredAccess({ roleIds }: WantedApp, before: readonly JsonObject[]): readonly JsonObject[] {
  const access = new Map<string, JsonObject[]>()
  for (const one of before) access.set(jsonText(one, 'resourceAppId').toLowerCase(), [...jsonObjects(one, 'resourceAccess')])
  for (const [resource, ids] of Object.entries(roleIds) as [Resource, readonly string[]][]) {
    const appId = resourceAppIds[resource]
    const there = access.get(appId) ?? []
    const added = ids.filter((id) => !there.some((one) => jsonText(one, 'id').toLowerCase() === id.toLowerCase())).map((id) => ({ id, type: 'Role' }))
    if (there.length + added.length > 0) access.set(appId, [...there, ...added])
  }
  return [...access].map(([resourceAppId, resourceAccess]) => ({ resourceAppId, resourceAccess }))
}

function canonical(access: readonly JsonObject[]): string {
  const flat = access.flatMap((one) =>
    jsonObjects(one, 'resourceAccess').map((role) => `${jsonText(one, 'resourceAppId')} ${jsonText(role, 'id')} ${jsonText(role, 'type')}`.toLowerCase()),
  )
  return flat.toSorted().join('\n')
}

function isGone(): MigrationError {
  return new MigrationError('config', 'endpoint.app-gone', {
    message: 'The app of the endpoint is not registered in the tenant any more.',
    hint: 'Remove the endpoint and set it up again.',
  })
}
