import { type GraphAnswer, type GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphValues } from '../../../connectors/kit/microsoft/graph-pages.ts'
import { graphPath, odataText } from '../../../connectors/kit/microsoft/graph-path.ts'
import type { JsonObject } from '../../../connectors/kit/microsoft/read-json.ts'
import type { Resource } from '../../../connectors/kit/microsoft/clouds.ts'
import { jsonObjects, jsonText } from '../../../connectors/kit/microsoft/json-values.ts'

/** The same in every cloud (exchange.md 5.1, 5.3). */
export const resourceAppIds: Readonly<Record<Resource, string>> = {
  graph: '00000003-0000-0000-c000-000000000000',
  outlook: '00000002-0000-0ff1-ce00-000000000000',
}

/** A service of Microsoft's as the tenant has it, and the permissions that it offers to apps. */
export interface ResourcePrincipal {
  readonly id: string
  /** Ids of application permissions by their values. */
  readonly roles: ReadonlyMap<string, string>
}

/** A service's principal; undefined where the tenant does not have the service. */
export async function findResource(graph: GraphCaller, resource: Resource): Promise<ResourcePrincipal | undefined> {
  const [found] = await collect(graph, '/servicePrincipals', {
    $filter: `appId eq ${odataText(resourceAppIds[resource])}`,
    $select: 'id,appRoles',
  })
  if (found === undefined) return undefined
  const roles = jsonObjects(found, 'appRoles').filter(({ allowedMemberTypes }) => textsOf(allowedMemberTypes).includes('Application'))
  return { id: jsonText(found, 'id'), roles: new Map(roles.map((role) => [jsonText(role, 'value'), jsonText(role, 'id')])) }
}

/** A grant of an application permission. */
export interface RoleGrant {
  readonly id: string
  readonly resourceId: string
  readonly roleId: string
}

/** The application permissions that a principal has been granted. */
export async function listGrants(graph: GraphCaller, principalId: string): Promise<readonly RoleGrant[]> {
  const grants = await collect(graph, graphPath`/servicePrincipals/${principalId}/appRoleAssignments`)
  return grants.map((grant) => ({ id: jsonText(grant, 'id'), resourceId: jsonText(grant, 'resourceId'), roleId: jsonText(grant, 'appRoleId') }))
}

/** A whole collection: only for what is short. */
export async function collect(graph: GraphCaller, path: string, query: Readonly<Record<string, string>> = {}): Promise<readonly JsonObject[]> {
  const values: JsonObject[] = []
  for await (const value of graphValues(graph, { method: 'GET', path, query })) values.push(value)
  return values
}

/** What a refusal says, to be looked at and not to be shown. */
export function refusalText({ json }: GraphAnswer): string {
  const error = json['error']
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : ''
}

/** A property that is a list of texts. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
