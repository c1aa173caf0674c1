import { X509Certificate } from 'node:crypto'
import type { Resource } from '../../../connectors/kit/microsoft/clouds.ts'
import { cloudTitles } from '../../../connectors/kit/microsoft/clouds.ts'
import { assertCloud, findTenant } from '../../../connectors/kit/microsoft/find-tenant.ts'
import { connectMicrosoft, type MicrosoftConnection } from '../../../connectors/kit/microsoft/microsoft-access.ts'
import { readTokenClaims } from '../../../connectors/kit/microsoft/sign-in/token-claims.ts'
import { patientGraph, withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import { accessOf, hostsOfEndpoint, type MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { type Leftover, Scratch } from '../scratch/scratch.ts'
import { permissionsOf } from '../work.ts'
import { checkPermissions } from './check-permissions.ts'
import { bad, type Finding, finding, good } from './finding.ts'
import { probeMailbox } from './probe-mailbox.ts'
import { probeTenant } from './probe-tenant.ts'
import { leftBehind } from './probe-writing.ts'
import { readScope } from './read-scope.ts'

/** How closely to look. */
export interface TenantCheckOptions {
  /** Whose mailbox is looked at; the first that there is when absent. */
  readonly mailbox?: string | undefined
  /** Whether something may be written into the mailbox, and removed again, to find out whether it can be. */
  readonly mayWrite: boolean
  /** Where an endpoint's own authority is, for IMAP. */
  readonly authorityFile: string
}

const dayMs = 24 * 60 * 60_000
const renewalMs = 30 * dayMs

/**
 * Looks at an endpoint: the tenant, the sign-in, each permission that its work needs, and what can be done there
 * (exchange.md 0.3). One finding after the other, each with cause and fix where it is bad; throws only what is no operating
 * error, and the signal's reason.
 */
export async function* checkTenant(
  endpoint: MicrosoftEndpoint,
  options: TenantCheckOptions,
  context: Context,
  randomBytes: (size: number) => Uint8Array,
): AsyncIterable<Finding> {
  const connection = connectMicrosoft(accessOf(endpoint), context, randomBytes)
  try {
    yield await checkCloud(endpoint, connection, context)
    if (endpoint.credential?.type === 'certificate') yield checkCertificate(endpoint.credential.certificatePem, endpoint.name, context.clock.now())
    const granted = new Map<Resource, readonly string[]>()
    for (const resource of resourcesOf(endpoint)) {
      const { found, roles } = await checkSignIn(connection, resource, context)
      yield found
      if (roles !== undefined) granted.set(resource, roles)
    }
    const patient = { ...connection, graph: patientGraph(connection.graph, context) }
    const scope = await readScope(endpoint, granted, options.mailbox, patient, context, randomBytes)
    yield* checkPermissions(endpoint, granted, scope)
    if (granted.size === 0) return
    yield* probeTenant(endpoint, patient, context, randomBytes)
    const left: Leftover[] = []
    const scratch = new Scratch(connection.graph, context, (leftover) => left.push(leftover))
    yield* probeMailbox(endpoint, patient, scratch, { ...options, mailbox: options.mailbox ?? scope?.mailbox }, context)
    yield* left.map(leftBehind)
  } finally {
    connection.close()
  }
}

async function checkCloud(endpoint: MicrosoftEndpoint, { http }: MicrosoftConnection, context: Context): Promise<Finding> {
  const name = { about: 'tenant', name: 'cloud' } as const
  return finding(name, async () => {
    // Hosts of one's own stand in for all clouds.
    const places = endpoint.hosts === undefined ? undefined : [hostsOfEndpoint(endpoint).authority]
    const found = await withPatience(() => findTenant(http, endpoint.tenantId, context.signal, places), context)
    assertCloud(found, endpoint.cloud)
    return good(name, `the tenant is in ${cloudTitles[found.cloud]}`)
  })
}

function checkCertificate(pem: string, endpoint: string, nowMs: number): Finding {
  const name = { about: 'sign-in', name: 'certificate' } as const
  const endMs = new X509Certificate(pem).validToDate.getTime()
  const day = new Date(endMs).toISOString().slice(0, 10)
  const fix = `Run "mailvan endpoint bootstrap ${endpoint}": it makes and registers a new one.`
  if (endMs <= nowMs) return bad(name, `the certificate of the app has expired on ${day}`, fix)
  return endMs <= nowMs + renewalMs ? bad(name, `the certificate of the app expires soon, on ${day}`, fix) : good(name, `valid until ${day}`)
}

const serviceNames: Readonly<Record<Resource, string>> = { graph: 'Microsoft Graph', outlook: 'Exchange Online' }

async function checkSignIn(
  { tokens }: MicrosoftConnection,
  resource: Resource,
  context: Context,
): Promise<{ readonly found: Finding; readonly roles?: readonly string[] }> {
  const name = { about: 'sign-in', name: serviceNames[resource] } as const
  try {
    const claims = readTokenClaims(await withPatience(() => tokens.token(resource, context.signal), context))
    return { found: good(name, `the app signs in, with ${claims.roles.length} permission${claims.roles.length === 1 ? '' : 's'}`), roles: claims.roles }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return { found: bad(name, error.message.replace(/\.$/, ''), error.hint) }
  }
}

function resourcesOf({ side, work }: MicrosoftEndpoint): readonly Resource[] {
  const needed = permissionsOf(side, work).map(({ resource }) => resource)
  return (['graph', 'outlook'] as const).filter((resource) => needed.includes(resource))
}
