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
  const certificate = new X509Certificate(wanted.certificatePem)
  const findKnown = ({ clientId }: TenantApp) => poll(() => findByClientId(graph, clientId), replicationMsMax, context)
  // A lost answer may have made one: so it is looked for before each attempt.
  return withPatience(async () => {
    const found = known === undefined ? await findByName(graph, wanted.displayName) : await findKnown(known)
    if (found !== undefined) return updateApp(graph, found, wanted, certificate, context.clock.now(), tell)
    if (known?.isOurs === false) throw isGone()
    const made = await graph.call({
      method: 'POST',
      path: '/applications',
      body: {
        displayName: wanted.displayName,
        signInAudience: 'AzureADMyOrg',
        tags: [ourTag],
        notes: 'Made by Mailvan to move mailboxes. Remove it with "mailvan endpoint clean-up" once the project has ended.',
        web: { redirectUris: ['http://localhost'] },
        requiredResourceAccess: requiredAccess(wanted, []),
        keyCredentials: [keyCredential(certificate, wanted.displayName)],
      },
      permission: 'Application.ReadWrite.All',
    })
    tell({ type: 'done', what: `the app "${wanted.displayName}" was registered in the tenant` })
    return toApp(made.json, true)
  }, context)
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
async function updateApp(
  graph: GraphCaller,
  found: JsonObject,
  wanted: WantedApp,
  certificate: X509Certificate,
  nowMs: number,
  tell: Tell,
): Promise<TenantApp> {
  const isOurs = textsOf(found['tags']).includes(ourTag)
  const app = toApp(found, isOurs)
  const path = graphPath`/applications/${app.objectId ?? ''}`
  // Keys are told only of a single app and where they are asked for.
  const { json } = await graph.call({ method: 'GET', path, query: { $select: 'id,requiredResourceAccess,keyCredentials' } })
  const keys = jsonObjects(json, 'keyCredentials')
  const key = certificate.raw.toString('base64')
  const isRegistered = keys.some((one) => jsonText(one, 'key') === key)
  const kept = isOurs ? keys.filter((one) => Date.parse(jsonText(one, 'endDateTime')) > nowMs) : keys
  const before = jsonObjects(json, 'requiredResourceAccess')
  const access = requiredAccess(wanted, isOurs ? [] : before)
  const isAccessSame = canonical(before) === canonical(access)
  const changes = {
    ...(!isRegistered && { keyCredentials: [...kept, keyCredential(certificate, wanted.displayName)] }),
    ...(!isAccessSame && { requiredResourceAccess: access }),
  }
  if (Object.keys(changes).length === 0) tell({ type: 'kept', what: `the app "${wanted.displayName}" is registered in the tenant` })
  else {
    await graph.call({ method: 'PATCH', path, body: changes, permission: 'Application.ReadWrite.All' })
    if (!isRegistered) tell({ type: 'done', what: 'the certificate was registered with the app' })
    if (!isAccessSame) tell({ type: 'done', what: 'what the app asks for was brought up to date' })
  }
  return app
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
