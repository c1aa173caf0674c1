import { MigrationError } from '../../../core/errors.ts'
import type { HttpSender } from '../http/http-client.ts'
import { type CloudName, cloudTitles, germanyIsClosed, hostsOf } from './clouds.ts'
import { readJson } from './read-json.ts'

/** A tenant as its OpenID metadata tell it. */
export interface FoundTenant {
  readonly id: string
  readonly cloud: CloudName
}

/** Sign-ins to ask for a tenant, in this order: that of the world knows those of the United States government too. */
export const authorities: readonly string[] = ['worldwide', 'gcc-high', 'china'].map((cloud) => hostsOf(cloud as CloudName).authority)

/**
 * Finds a tenant by its id or one of its domains and says which cloud it is in (exchange.md 5.1). `places`: the sign-ins to
 * ask. Throws `config` when none knows it, for a tenant of the former German cloud, and as `HttpClient.send` does.
 */
export async function findTenant(
  http: HttpSender,
  tenant: string,
  signal: AbortSignal,
  places: readonly string[] = authorities,
): Promise<FoundTenant> {
  if (/\.onmicrosoft\.de$/i.test(tenant)) throw germanyIsClosed()
  if (!/^[a-z0-9.-]{1,253}$/i.test(tenant)) throw unknownTenant(tenant)
  for (const authority of places) {
    const found = await askAuthority(http, authority, tenant, signal)
    if (found !== undefined) return found
  }
  throw unknownTenant(tenant)
}

/** Throws `config` that names the right cloud when the tenant is in another than the one that was chosen. */
export function assertCloud(found: FoundTenant, chosen: CloudName): void {
  if (found.cloud === chosen) return
  throw new MigrationError('config', 'microsoft.cloud.wrong', {
    message: `The tenant is in ${cloudTitles[found.cloud]}, not in ${cloudTitles[chosen]}; the clouds are separate and share no sign-in.`,
    hint: `Set the endpoint up with --cloud ${found.cloud}, or leave --cloud out.`,
  })
}

async function askAuthority(
  http: HttpSender,
  authority: string,
  tenant: string,
  signal: AbortSignal,
): Promise<FoundTenant | undefined> {
  const answer = await http.send({
    method: 'GET',
    url: `${authority}/${encodeURIComponent(tenant)}/v2.0/.well-known/openid-configuration`,
    signal,
  })
  const metadata = readJson(answer.body)
  if (answer.status === 200 && metadata !== undefined) return readMetadata(metadata, tenant)
  // A tenant that is not known here: 400 with AADSTS90002 (no such tenant) or 900023 (no valid name).
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return undefined
  throw new MigrationError('transient', 'microsoft.cloud.no-metadata', {
    message: `The sign-in at ${new URL(authority).host} does not tell where the tenant is (HTTP ${answer.status}).`,
    hint: 'Try again in a minute; if it stays so, name the cloud and the tenant id yourself.',
  })
}

function readMetadata(metadata: Readonly<Record<string, unknown>>, tenant: string): FoundTenant {
  const text = (name: string): string => String(metadata[name] ?? '').toLowerCase()
  const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(text('issuer'))?.[0]
  if (id === undefined) throw unknownTenant(tenant)
  if (text('cloud_instance_name').endsWith('microsoftonline.de')) throw germanyIsClosed()
  return { id, cloud: cloudOf(text('cloud_instance_name'), text('tenant_region_scope'), text('tenant_region_sub_scope')) }
}

/** The world's sign-in says `USGov` for a tenant of the United States government, and GCC as a sub scope of its own. */
function cloudOf(instance: string, region: string, subScope: string): CloudName {
  if (instance.endsWith('.cn')) return 'china'
  if (subScope === 'dod') return 'dod'
  return subScope === 'dodcon' || region === 'usgov' || instance.endsWith('.us') ? 'gcc-high' : 'worldwide'
}

function unknownTenant(tenant: string): MigrationError {
  return new MigrationError('config', 'microsoft.cloud.no-tenant', {
    message: `No cloud of Microsoft knows the tenant "${tenant.slice(0, 80)}".`,
    hint: 'Give the tenant id (a GUID, shown on the overview page of Microsoft Entra) or one of its domains.',
  })
}
