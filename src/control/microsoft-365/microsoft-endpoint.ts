import { type CloudName, cloudNames, type CustomHosts, customHosts, hostsOf, type MicrosoftHosts } from '../../connectors/kit/microsoft/clouds.ts'
import type { MicrosoftAccess } from '../../connectors/kit/microsoft/microsoft-access.ts'
import type { AppCredential } from '../../connectors/kit/microsoft/sign-in/app-credential.ts'
import { MigrationError } from '../../core/errors.ts'
import type { EndpointStore, KeptEndpoint } from '../endpoints/endpoint-store.ts'
import type { MailboxScope } from './scope/mailbox-scope.ts'
import { type TenantSide, type WorkName, workNames } from './work.ts'

/** The app by which a tenant is reached. */
export interface TenantApp {
  readonly clientId: string
  /** Of the registration; known when this program made it. */
  readonly objectId?: string
  /** Of the enterprise application. */
  readonly principalId?: string
  /** Made by this program: it may change and delete it. */
  readonly isOurs: boolean
}

/** A named tenant of Microsoft 365. */
export interface MicrosoftEndpoint {
  readonly name: string
  readonly tenantId: string
  readonly cloud: CloudName
  /** In place of the cloud's own. */
  readonly hosts?: CustomHosts
  /** Authorities in PEM to trust besides the system's. */
  readonly authorityPem?: string
  /** False only when a person has said so. */
  readonly verifiesCertificates: boolean
  readonly side: TenantSide
  readonly work: readonly WorkName[]
  /** To which mailboxes the app is limited; all of the tenant when absent. */
  readonly scope?: MailboxScope
  /** Absent until there is one. */
  readonly app?: TenantApp
  /** How the app proves itself; there before the app, so that an interrupted bootstrap goes on with it. */
  readonly credential?: AppCredential
}

const type = 'microsoft-365'

/** The hosts of an endpoint. */
export function hostsOfEndpoint({ cloud, hosts }: MicrosoftEndpoint): MicrosoftHosts {
  return hosts === undefined ? hostsOf(cloud) : customHosts(hosts)
}

/** What it takes to reach an endpoint's tenant. Throws `config` when its app is not set up yet. */
export function accessOf(endpoint: MicrosoftEndpoint): MicrosoftAccess {
  const { app, credential, tenantId } = endpoint
  if (app === undefined || credential === undefined) {
    throw new MigrationError('config', 'endpoint.incomplete', {
      message: `The endpoint ${endpoint.name} has no app yet.`,
      hint: `Run "mailvan endpoint bootstrap ${endpoint.name}" to have one made.`,
    })
  }
  return {
    hosts: hostsOfEndpoint(endpoint),
    app: { tenantId, clientId: app.clientId, credential },
    tls: tlsOf(endpoint),
  }
}

/** How an endpoint's certificates are verified. */
export function tlsOf({ verifiesCertificates, authorityPem }: MicrosoftEndpoint): MicrosoftAccess['tls'] {
  return { verifiesCertificates, ...(authorityPem !== undefined && { certificateAuthorities: [authorityPem] }) }
}

/** An endpoint by its name. Throws `config` when there is none, or one of another kind. */
export async function getMicrosoftEndpoint(store: EndpointStore, name: string): Promise<MicrosoftEndpoint> {
  return fromKept(await store.get(name))
}

/** The same, or undefined when there is none of this name. */
export async function findMicrosoftEndpoint(store: EndpointStore, name: string): Promise<MicrosoftEndpoint | undefined> {
  const kept = await store.find(name)
  return kept === undefined ? undefined : fromKept(kept)
}

/** Keeps an endpoint, in place of the one of its name. */
export function putMicrosoftEndpoint(store: EndpointStore, endpoint: MicrosoftEndpoint): Promise<void> {
  const { name, credential, ...facts } = endpoint
  const certificatePem = credential?.type === 'certificate' ? credential.certificatePem : undefined
  const secrets: Record<string, string> =
    credential === undefined ? {} : credential.type === 'secret' ? { secret: credential.secret } : { privateKeyPem: credential.privateKeyPem }
  return store.put({ name, type, facts: { ...facts, ...(certificatePem !== undefined && { certificatePem }) }, secrets })
}

function fromKept({ name, type: kind, facts, secrets }: KeptEndpoint): MicrosoftEndpoint {
  const { tenantId, cloud, side, work, verifiesCertificates, certificatePem, hosts, authorityPem, app, scope } = facts
  if (kind !== type || typeof tenantId !== 'string' || !isOneOf(cloud, cloudNames) || !isOneOf(side, ['source', 'target', 'both'])) throw ofOtherKind(name)
  const credential: AppCredential | undefined =
    secrets['secret'] !== undefined
      ? { type: 'secret', secret: secrets['secret'] }
      : typeof certificatePem === 'string' && secrets['privateKeyPem'] !== undefined
        ? { type: 'certificate', certificatePem, privateKeyPem: secrets['privateKeyPem'] }
        : undefined
  return {
    name,
    tenantId,
    cloud,
    side,
    work: Array.isArray(work) ? workNames.filter((one) => work.includes(one)) : [],
    verifiesCertificates: verifiesCertificates !== false,
    // What is kept was sealed beside the secrets, so it is what `putMicrosoftEndpoint` wrote.
    ...(hosts !== undefined && { hosts: hosts as CustomHosts }),
    ...(typeof authorityPem === 'string' && { authorityPem }),
    ...(app !== undefined && { app: app as TenantApp }),
    ...(scope !== undefined && { scope: scope as MailboxScope }),
    ...(credential !== undefined && { credential }),
  }
}

function isOneOf<T extends string>(value: unknown, choices: readonly T[]): value is T {
  return choices.some((choice) => choice === value)
}

function ofOtherKind(name: string): MigrationError {
  return new MigrationError('config', 'endpoint.other-kind', {
    message: `The endpoint ${name} is no tenant of Microsoft 365.`,
    hint: 'Name another endpoint (mailvan endpoint list).',
  })
}
