import { cloudFacts } from '../../tenant/cloud.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import type { SignInContext } from './sign-in-context.ts'

/**
 * A tenant's OpenID metadata, version 2 or 1 (exchange.md 5.1: its fields tell a client the cloud). For `common` and
 * `organizations` the issuer has a placeholder and the tenant's region is left out.
 */
export function openIdMetadata(
  context: SignInContext,
  tenant: Tenant | undefined,
  pathName: string,
  version: 1 | 2,
): object {
  const { signIn, graph } = context.endpoints
  const facts = cloudFacts[(tenant ?? context.tenants.all[0])?.cloud ?? 'worldwide']
  const id = tenant?.id ?? '{tenantid}'
  const base = `${signIn}/${tenant?.id ?? pathName}`
  const path = version === 2 ? '/oauth2/v2.0' : '/oauth2'
  const keys = version === 2 ? '/discovery/v2.0/keys' : '/discovery/keys'
  return {
    token_endpoint: `${base}${path}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}${keys}`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: version === 2 ? `${signIn}/${id}/v2.0` : `${facts.tokenIssuer}${id}/`,
    request_uri_parameter_supported: false,
    authorization_endpoint: `${base}${path}/authorize`,
    device_authorization_endpoint: `${base}${path}/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}${path}/logout`,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'preferred_username', 'name', 'tid', 'ver', 'email'],
    tenant_region_scope: tenant === undefined ? null : facts.regionScope,
    ...(tenant === undefined || facts.regionSubScope === undefined ? {} : { tenant_region_sub_scope: facts.regionSubScope }),
    cloud_instance_name: facts.instanceName,
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: new URL(graph).host,
    rbac_url: 'https://pas.windows.net',
  }
}

/** Answers MSAL's question which host names are the same sign-in. */
export function instanceDiscovery(context: SignInContext): object {
  const { host } = new URL(context.endpoints.signIn)
  return {
    tenant_discovery_endpoint: `${context.endpoints.signIn}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  }
}
