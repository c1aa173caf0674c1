import { X509Certificate } from 'node:crypto'
import type { HttpClientOptions, HttpSender } from '../../../connectors/kit/http/http-client.ts'
import { ExchangeAdminClient } from '../../../connectors/kit/microsoft/exchange-admin.ts'
import { readInitialDomain } from '../../../connectors/kit/microsoft/exchange-commands.ts'
import { GraphClient, type GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { makeAppCertificate } from '../../../connectors/kit/microsoft/sign-in/app-credential.ts'
import { AppTokens } from '../../../connectors/kit/microsoft/sign-in/app-tokens.ts'
import type { SignInContext } from '../../../connectors/kit/microsoft/sign-in/sign-in-context.ts'
import { patientGraph } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import type { EndpointStore } from '../../endpoints/endpoint-store.ts'
import { accessOf, hostsOfEndpoint, type MicrosoftEndpoint, putMicrosoftEndpoint, type TenantApp, tlsOf } from '../microsoft-endpoint.ts'
import { tenantWidePermissionsOf } from '../scope/mailbox-scope.ts'
import type { Permission } from '../work.ts'
import { notAdministrator, type SignInWay, signInAdministrator } from './administrator.ts'
import { askScope, type ScopeStanding, tellScope } from './ask-scope.ts'
import { awaitRoles } from './await-roles.ts'
import type { CallRecord } from './call-record.ts'
import { findResource } from './directory.ts'
import { ensureApp, keepCertificate } from './ensure-app.ts'
import { ensurePrincipal } from './ensure-principal.ts'
import { type ExchangeApp, giveExchangeAccess } from './exchange-access.ts'
import { assignExchangeRole, grantPermissions, type Resources } from './grant-permissions.ts'
import type { Tell } from './told.ts'

/** What a bootstrap works with. */
export interface BootstrapParts {
  readonly store: EndpointStore
  readonly record: CallRecord
  readonly context: Context
  readonly randomBytes: (size: number) => Uint8Array
  readonly openHttp: (options: HttpClientOptions) => HttpSender & { close(): void }
  readonly tell: Tell
}

/** How it is done. */
export interface BootstrapOptions {
  readonly way: SignInWay
  /** Mailboxes that are to be opened by IMAP. */
  readonly imapMailboxes: readonly string[]
  /** Where Exchange's part is left to a person. */
  readonly leavesExchange: boolean
}

const dayMs = 24 * 60 * 60_000
/** A certificate that ends within this time is replaced. */
const renewalMs = 30 * dayMs

/** How an endpoint's app is called in its tenant. */
export function appNameOf(name: string): string {
  return `Mailvan ${name}`
}

/** The same as an alternate key, which has to be one for two homes that set the same endpoint up. */
function uniqueNameOf(name: string): string {
  return `mailvan-${name}`
}

/**
 * Sets an endpoint's app up in the name of an administrator who signs in once (exchange.md 5.3), waits until it works, and
 * answers the endpoint as it is kept. Each step looks at what is there first: it may be run again, and goes on where it was
 * interrupted. Throws what cannot be helped.
 */
export async function bootstrap(endpoint: MicrosoftEndpoint, options: BootstrapOptions, parts: BootstrapParts): Promise<MicrosoftEndpoint> {
  const http = parts.openHttp(tlsOf(endpoint))
  try {
    const tell: Tell = (told) => {
      parts.tell(told)
      if (told.type === 'done' || told.type === 'warning') parts.record.note({ [told.type]: told.what })
    }
    const certified = await withCertificate(endpoint, { ...parts, tell })
    const set = await setUpInTenant(certified, options, { ...parts, tell }, http)
    const { endpoint: made, wanted, standing, held } = set
    const tokens = new AppTokens(signInContext(made, parts, parts.record.around(http, 'app')), accessOf(made).app)
    const missing = await awaitRoles(tokens, wanted, parts.context, tell)
    if (missing.length > 0) throw rolesAreLate(missing)
    const needs = made.scope === undefined ? 'that it needs' : 'that it needs for the whole tenant'
    tell({ type: 'done', what: `the app signs in, and has ${wanted.length === 1 ? 'the permission' : `all ${wanted.length} permissions`} ${needs}` })
    tellScope(made, standing, held, tell)
    if (made.work.includes('imap')) await openByImap(made, set.domain, options, { ...parts, tell }, http)
    return made
  } finally {
    http.close()
  }
}

/** What signing in for an endpoint needs, through this sender. */
export function signInContext(endpoint: MicrosoftEndpoint, { context, randomBytes }: BootstrapParts, http: HttpSender): SignInContext {
  return { http, hosts: hostsOfEndpoint(endpoint), clock: context.clock, randomBytes }
}

/** The endpoint with a certificate of its own that is good for a while; kept before anybody is told of it. */
export async function withCertificate(endpoint: MicrosoftEndpoint, { store, context, randomBytes, tell }: BootstrapParts): Promise<MicrosoftEndpoint> {
  const nowMs = context.clock.now()
  const { credential } = endpoint
  if (credential?.type === 'certificate' && new X509Certificate(credential.certificatePem).validToDate.getTime() > nowMs + renewalMs) {
    await putMicrosoftEndpoint(store, endpoint)
    return endpoint
  }
  const made = { ...endpoint, credential: await makeAppCertificate({ name: appNameOf(endpoint.name), nowMs, randomBytes }) }
  await putMicrosoftEndpoint(store, made)
  tell({ type: 'done', what: 'a certificate for the app was made; its key is kept sealed in the home and nowhere else' })
  return made
}

interface SetUp {
  readonly endpoint: MicrosoftEndpoint
  /** What was granted and is waited for. */
  readonly wanted: readonly Permission[]
  readonly standing: ScopeStanding
  /** What is still granted for the whole tenant although the scope is to give it. */
  readonly held: readonly Permission[]
  readonly domain: string
}

/** Everything that is done in the administrator's name; their tokens are forgotten at its end, however it ends. */
async function setUpInTenant(endpoint: MicrosoftEndpoint, options: BootstrapOptions, parts: BootstrapParts, http: HttpSender): Promise<SetUp> {
  const { store, record, context, randomBytes, tell } = parts
  const named = record.around(http, 'administrator')
  const purpose = endpoint.work.includes('exchange') ? 'set-up-with-roles' : 'set-up'
  const tokens = await signInAdministrator(signInContext(endpoint, parts, named), endpoint.tenantId, purpose, options.way, tell, context.signal)
  try {
    const client = new GraphClient({ http: named, hosts: hostsOfEndpoint(endpoint), tokens, clock: context.clock, randomBytes, signal: context.signal })
    const graph = patientGraph(client, context)
    const resources = await findResources(graph)
    const wanted = offered(tenantWidePermissionsOf(endpoint), resources, tell)
    const roleIds = { graph: idsOf('graph', wanted, resources), outlook: idsOf('outlook', wanted, resources) }
    const certificatePem = endpoint.credential?.type === 'certificate' ? endpoint.credential.certificatePem : ''
    const displayName = appNameOf(endpoint.name)
    // The client without patience: a registration must not be made twice.
    const wantedApp = { displayName, uniqueName: uniqueNameOf(endpoint.name), certificatePem, roleIds }
    const app = await ensureApp(client, endpoint.app, wantedApp, context, tell)
    await putMicrosoftEndpoint(store, { ...endpoint, app })
    const principalId = await ensurePrincipal(graph, app.clientId, context, tell)
    const made = { ...endpoint, app: { ...app, principalId } }
    await putMicrosoftEndpoint(store, made)
    const appHttp = record.around(http, 'app')
    const asApp = { http: appHttp, hosts: hostsOfEndpoint(made), tokens: new AppTokens(signInContext(made, parts, appHttp), accessOf(made).app), graph }
    const standing = await askScope(made, asApp, context, randomBytes)
    const held = await grantPermissions(graph, { principalId, isOurs: app.isOurs }, { wanted, ...standing }, resources, context, tell)
    if (endpoint.work.includes('exchange')) await assignExchangeRole(graph, principalId, tell)
    await keepCertificate(graph, app, wantedApp, context, tell)
    return { endpoint: made, wanted, standing, held, domain: (await readInitialDomain(graph)) ?? '' }
  } catch (error) {
    throw error instanceof MigrationError && error.code === 'graph.permission-missing' ? notAdministrator(error) : error
  } finally {
    tokens.forget()
    tell({ type: 'done', what: 'the administrator\'s sign-in was forgotten' })
  }
}

async function openByImap(endpoint: MicrosoftEndpoint, domain: string, options: BootstrapOptions, parts: BootstrapParts, http: HttpSender): Promise<void> {
  const { context, record, randomBytes, tell } = parts
  const app = exchangeAppOf(endpoint)
  if (options.leavesExchange) return
  const named = record.around(http, 'administrator')
  const tokens = await signInAdministrator(signInContext(endpoint, parts, named), endpoint.tenantId, 'exchange', options.way, tell, context.signal)
  try {
    const exchange = new ExchangeAdminClient({
      http: named,
      tokens,
      hosts: hostsOfEndpoint(endpoint),
      tenantId: endpoint.tenantId,
      domain,
      clock: context.clock,
      randomBytes,
      signal: context.signal,
    })
    const unknown = await giveExchangeAccess(exchange, app, options.imapMailboxes, context, tell)
    for (const mailbox of unknown) {
      tell({ type: 'warning', what: `Exchange does not find the mailbox ${mailbox}`, hint: 'Check its address, and run the same command again once it is there.' })
    }
  } finally {
    tokens.forget()
    tell({ type: 'done', what: 'the administrator\'s sign-in to Exchange was forgotten' })
  }
}

/** An endpoint's app as Exchange knows it. Throws `config` when it is not set up yet. */
export function exchangeAppOf(endpoint: MicrosoftEndpoint): ExchangeApp {
  const { clientId } = accessOf(endpoint).app
  const principalId = (endpoint.app as TenantApp).principalId
  if (principalId === undefined) {
    throw new MigrationError('config', 'endpoint.no-principal', {
      message: `It is not known which enterprise application the app of the endpoint ${endpoint.name} has.`,
      hint: `Run "mailvan endpoint bootstrap ${endpoint.name}", which finds it out.`,
    })
  }
  return { clientId, principalId, displayName: appNameOf(endpoint.name) }
}

async function findResources(graph: GraphCaller): Promise<Resources> {
  const [forGraph, outlook] = [await findResource(graph, 'graph'), await findResource(graph, 'outlook')]
  return { ...(forGraph !== undefined && { graph: forGraph }), ...(outlook !== undefined && { outlook }) }
}

/** What the tenant's cloud has of what is wanted; the rest is told. */
function offered(wanted: readonly Permission[], resources: Resources, tell: Tell): readonly Permission[] {
  const isOffered = ({ resource, value }: Permission): boolean => resources[resource]?.roles.has(value) === true
  for (const permission of wanted.filter((one) => !isOffered(one))) {
    tell({
      type: 'warning',
      what: `${permission.value} is not offered in the tenant's cloud`,
      hint: 'What needs it cannot be done there in this way (mailvan endpoint check shows what can).',
    })
  }
  return wanted.filter(isOffered)
}

function idsOf(resource: Permission['resource'], wanted: readonly Permission[], resources: Resources): readonly string[] {
  return wanted.filter((one) => one.resource === resource).flatMap(({ value }) => resources[resource]?.roles.get(value) ?? [])
}

function rolesAreLate(missing: readonly Permission[]): MigrationError {
  return new MigrationError('transient', 'endpoint.roles-late', {
    message: `Microsoft has not let the app know yet of ${missing.map(({ value }) => value).join(', ')}.`,
    hint: 'Everything is granted. Run "mailvan endpoint check" in an hour: until then caches may hold what was before.',
  })
}
