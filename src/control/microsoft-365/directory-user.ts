import type { GraphCaller } from '../../connectors/kit/microsoft/graph-client.ts'
import { graphPages } from '../../connectors/kit/microsoft/graph-pages.ts'
import { graphPath } from '../../connectors/kit/microsoft/graph-path.ts'
import { jsonObjects, jsonText } from '../../connectors/kit/microsoft/json-values.ts'
import type { JsonObject } from '../../connectors/kit/microsoft/read-json.ts'
import { givesMailbox } from './exchange-plans.ts'
import { textOf, textsOf } from './json-fields.ts'

/** A user of a tenant as its directory tells. */
export interface DirectoryUser {
  readonly id: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly givenName: string | undefined
  readonly surname: string | undefined
  readonly mail: string | undefined
  /** Without `SMTP:`; the primary address first. */
  readonly addresses: readonly string[]
  readonly isGuest: boolean
  readonly isEnabled: boolean
  /** Looked after by an Active Directory of one's own. */
  readonly isSynchronised: boolean
  readonly usageLocation: string | undefined
  /** Lower case. */
  readonly skuIds: readonly string[]
  /** Has a licence by which Exchange Online gives a mailbox. */
  readonly isLicensed: boolean
}

/** Page size of the directory (exchange.md 6.1). */
const pageItems = 999

const properties = [
  'id',
  'userPrincipalName',
  'displayName',
  'givenName',
  'surname',
  'mail',
  'proxyAddresses',
  'userType',
  'accountEnabled',
  'assignedLicenses',
  'assignedPlans',
  'onPremisesSyncEnabled',
  'usageLocation',
].join(',')

/** A plan in its grace period still works. */
const livePlan = /^(?:Enabled|Warning)$/i

/** A page of users, and where the next one is. */
export interface DirectoryPage {
  readonly users: readonly DirectoryUser[]
  readonly next: string | undefined
}

/** The tenant's users page by page, guests left out; `after` goes on behind a page. Throws as `GraphCaller.call`. */
export async function* readDirectoryPages(graph: GraphCaller, after?: string): AsyncIterable<DirectoryPage> {
  const first =
    after === undefined ? { path: '/users', query: { $select: properties, $top: pageItems } } : { path: after }
  for await (const { values, nextLink } of graphPages(graph, { method: 'GET', permission: 'User.Read.All', ...first })) {
    yield { users: values.map(toDirectoryUser).filter(({ isGuest }) => !isGuest), next: nextLink }
  }
}

/** All users of the tenant but guests. Throws as `GraphCaller.call`. */
export async function readDirectory(graph: GraphCaller): Promise<readonly DirectoryUser[]> {
  const users: DirectoryUser[] = []
  for await (const page of readDirectoryPages(graph)) users.push(...page.users)
  return users
}

/** A user by id or user principal name; undefined when there is none. Throws as `GraphCaller.call`. */
export async function findDirectoryUser(graph: GraphCaller, id: string): Promise<DirectoryUser | undefined> {
  const call = { method: 'GET', path: graphPath`/users/${id}`, query: { $select: properties }, permission: 'User.Read.All', expects: [404] } as const
  const { status, json } = await graph.call(call)
  return status === 404 ? undefined : toDirectoryUser(json)
}

/** A user as Graph answers it, with the properties above. */
function toDirectoryUser(json: JsonObject): DirectoryUser {
  const proxies = textsOf(json, 'proxyAddresses').filter((address) => /^smtp:/i.test(address))
  const primaryFirst = proxies.toSorted((a, b) => Number(b.startsWith('SMTP:')) - Number(a.startsWith('SMTP:')))
  return {
    id: jsonText(json, 'id'),
    userPrincipalName: jsonText(json, 'userPrincipalName'),
    displayName: jsonText(json, 'displayName'),
    givenName: textOf(json, 'givenName'),
    surname: textOf(json, 'surname'),
    mail: textOf(json, 'mail'),
    addresses: primaryFirst.map((address) => address.slice('smtp:'.length)),
    isGuest: textOf(json, 'userType')?.toLowerCase() === 'guest',
    isEnabled: json['accountEnabled'] !== false,
    isSynchronised: json['onPremisesSyncEnabled'] === true,
    usageLocation: textOf(json, 'usageLocation'),
    skuIds: jsonObjects(json, 'assignedLicenses').map((licence) => jsonText(licence, 'skuId').toLowerCase()),
    isLicensed: jsonObjects(json, 'assignedPlans').some(
      (plan) => livePlan.test(jsonText(plan, 'capabilityStatus')) && givesMailbox(jsonText(plan, 'servicePlanId')),
    ),
  }
}

/** The address that mail to the user goes to. */
export function primaryAddress({ mail, addresses, userPrincipalName }: DirectoryUser): string {
  return addresses[0] ?? mail ?? userPrincipalName
}
