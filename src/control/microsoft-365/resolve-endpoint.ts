import type { HttpSender } from '../../connectors/kit/http/http-client.ts'
import { type CloudName, type CustomHosts, customHosts, hostsOf, type MicrosoftHosts, parseCloudName } from '../../connectors/kit/microsoft/clouds.ts'
import { assertCloud, findTenant } from '../../connectors/kit/microsoft/find-tenant.ts'
import { MigrationError } from '../../core/errors.ts'
import { parseWholeNumber } from '../settings/parse-size.ts'
import { UsageError } from '../usage-error.ts'
import type { MicrosoftEndpoint } from './microsoft-endpoint.ts'
import { chooseWork, type TenantSide } from './work.ts'

/** What a person says of an endpoint; what is left out stays as it is, or is found out. */
export interface EndpointInput {
  /** Its id or one of its domains. */
  readonly tenant?: string | undefined
  readonly cloud?: string | undefined
  readonly side?: string | undefined
  readonly work?: readonly string[] | undefined
  readonly also?: readonly string[] | undefined
  readonly without?: readonly string[] | undefined
  /** Hosts of one's own in place of Microsoft's: all of them or none. */
  readonly authority?: string | undefined
  readonly graph?: string | undefined
  readonly outlook?: string | undefined
  /** `imaps://host:port`, or `imap://host:port` without encryption. */
  readonly imap?: string | undefined
  /** Of hosts of one's own: how they differ from Microsoft's in what they let in. */
  readonly timeFactor?: string | undefined
  readonly limitPercent?: string | undefined
  readonly authorityPem?: string | undefined
  readonly verifiesCertificates: boolean
}

/** A sandbox's clock goes no faster. */
const timeFactorMax = 100_000
const sides: readonly TenantSide[] = ['source', 'target', 'both']

/**
 * The endpoint that is meant, its tenant and cloud found by the sign-in's own word. Throws `UsageError` for what cannot be
 * meant, `config` for a tenant that is not found or is in another cloud than was said.
 */
export async function resolveEndpoint(
  name: string,
  input: EndpointInput,
  known: MicrosoftEndpoint | undefined,
  http: HttpSender,
  signal: AbortSignal,
): Promise<MicrosoftEndpoint> {
  const given = withPace(readHosts(input) ?? known?.hosts, input)
  const tenant = input.tenant ?? known?.tenantId
  if (tenant === undefined) throw new UsageError('endpoint-tenant', '--tenant is missing.', 'Name the tenant by its id or one of its domains: --tenant contoso.com.')
  const chosen = input.cloud === undefined ? undefined : parseCloudName(input.cloud)
  const found = await find(tenant, known, chosen, given, http, signal)
  if (chosen !== undefined) assertCloud(found, chosen)
  if (known !== undefined && known.tenantId !== found.id) throw isOfAnother(name)
  const side = readSide(input.side) ?? known?.side
  if (side === undefined) throw new UsageError('endpoint-side', '--side is missing.', 'Say what the tenant is: --side source, target or both.')
  const isChosenAnew = input.work !== undefined || input.also !== undefined || input.without !== undefined || known === undefined
  const authorityPem = input.authorityPem ?? known?.authorityPem
  return {
    ...known,
    name,
    tenantId: found.id,
    cloud: found.cloud,
    ...(given !== undefined && { hosts: { ...given, cloud: found.cloud } }),
    ...(authorityPem !== undefined && { authorityPem }),
    verifiesCertificates: input.verifiesCertificates && known?.verifiesCertificates !== false,
    side,
    work: isChosenAnew ? chooseWork({ only: input.work, also: input.also, without: input.without }) : known.work,
  }
}

/** Asked of the sign-in of the cloud that was named first, then of all of them: so a wrong name is told from an unknown tenant. */
async function find(
  tenant: string,
  known: MicrosoftEndpoint | undefined,
  chosen: CloudName | undefined,
  hosts: CustomHosts | undefined,
  http: HttpSender,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly cloud: CloudName }> {
  if (known !== undefined && tenant.toLowerCase() === known.tenantId) return { id: known.tenantId, cloud: known.cloud }
  if (hosts !== undefined) return findTenant(http, tenant, signal, [customHosts(hosts).authority])
  if (chosen === undefined) return findTenant(http, tenant, signal)
  try {
    return await findTenant(http, tenant, signal, [hostsOf(chosen).authority])
  } catch (error) {
    if (!(error instanceof MigrationError) || error.code !== 'microsoft.cloud.no-tenant') throw error
    return findTenant(http, tenant, signal)
  }
}

function readHosts({ authority, graph, outlook, imap }: EndpointInput): CustomHosts | undefined {
  if (authority === undefined && graph === undefined && outlook === undefined && imap === undefined) return undefined
  if (authority === undefined || graph === undefined || outlook === undefined || imap === undefined) {
    throw new UsageError('endpoint-hosts', 'Hosts of one\'s own are given all together.', 'Give --authority, --graph, --outlook and --imap, or none of them.')
  }
  const hosts = { authority, graph, outlook, imap: readImap(imap) }
  // Throws for what is no URL.
  const { authority: base, graph: ofGraph, outlook: ofOutlook } = customHosts(hosts)
  return { authority: base, graph: ofGraph, outlook: ofOutlook, imap: hosts.imap }
}

function readImap(text: string): MicrosoftHosts['imap'] {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.hostname !== undefined && url.hostname !== '' && url.username === '' && (url.protocol === 'imaps:' || url.protocol === 'imap:')) {
    const security = url.protocol === 'imaps:' ? 'tls' : 'plain'
    return { host: url.hostname, port: url.port === '' ? (security === 'tls' ? 993 : 143) : Number(url.port), security }
  }
  throw new UsageError('endpoint-hosts', '--imap is not the URL of an IMAP server.', 'Write it as imaps://host:993.')
}

/** What is not said stays as it is. */
function withPace(hosts: CustomHosts | undefined, { timeFactor, limitPercent }: EndpointInput): CustomHosts | undefined {
  if (timeFactor === undefined && limitPercent === undefined) return hosts
  if (hosts === undefined) {
    throw new UsageError('endpoint-pace', "Microsoft's limits are the same for everybody.", "Leave --time-factor and --limit-percent out: they are for hosts of one's own, such as a sandbox.")
  }
  const pace = {
    timeFactor: timeFactor === undefined ? (hosts.pace?.timeFactor ?? 1) : parseWholeNumber(timeFactor, '--time-factor', 1, timeFactorMax),
    limitPercent: limitPercent === undefined ? (hosts.pace?.limitPercent ?? 100) : parseWholeNumber(limitPercent, '--limit-percent', 1, 100),
  }
  return { ...hosts, pace }
}

function readSide(text: string | undefined): TenantSide | undefined {
  if (text === undefined) return undefined
  const side = sides.find((one) => one === text.toLowerCase())
  if (side !== undefined) return side
  throw new UsageError('endpoint-side', `--side: "${text.slice(0, 40)}" is not one of ${sides.join(', ')}.`, 'Say what the tenant is in the migration.')
}

function isOfAnother(name: string): UsageError {
  return new UsageError(
    'endpoint-tenant',
    `The endpoint ${name} is of another tenant.`,
    `Give another name, or remove that one first (mailvan endpoint remove ${name}).`,
  )
}
