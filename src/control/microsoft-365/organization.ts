import type { GraphCaller } from '../../connectors/kit/microsoft/graph-client.ts'
import { graphValues } from '../../connectors/kit/microsoft/graph-pages.ts'
import { jsonObjects } from '../../connectors/kit/microsoft/json-values.ts'
import { textOf } from './json-fields.ts'

/** A tenant as a whole. */
export interface Organization {
  /** In which it can have users, lower case. */
  readonly domains: readonly string[]
  /** Two letters (ISO 3166). */
  readonly country: string | undefined
}

/** Reads what a tenant says of itself. Throws as `GraphCaller.call`. */
export async function readOrganization(graph: GraphCaller): Promise<Organization> {
  const call = { method: 'GET', path: '/organization', query: { $select: 'id,verifiedDomains,countryLetterCode' }, permission: 'Organization.Read.All' } as const
  for await (const organization of graphValues(graph, call)) {
    const domains = jsonObjects(organization, 'verifiedDomains').flatMap((domain) => textOf(domain, 'name')?.toLowerCase() ?? [])
    return { domains, country: textOf(organization, 'countryLetterCode') }
  }
  return { domains: [], country: undefined }
}
