import type { Resource } from '../../../connectors/kit/microsoft/clouds.ts'
import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath, odataText } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import type { Permission } from '../work.ts'
import { collect, listGrants, refusalText, type ResourcePrincipal, type RoleGrant } from './directory.ts'
import { poll } from './poll.ts'
import type { Tell } from './told.ts'

const replicationMsMax = 5 * 60_000

/** Exchange Administrator, the same in every tenant (exchange.md 3.8). */
const exchangeAdministratorId = '29232cdf-9323-42fd-ade2-1d097af3e4de'

/** The services that a tenant has. */
export type Resources = Readonly<Partial<Record<Resource, ResourcePrincipal>>>

/** What an app is to have for its whole tenant. */
export interface WantedGrants {
  readonly wanted: readonly Permission[]
  /** Not granted, and not taken away where it was granted before. */
  readonly open: readonly Permission[]
  /** Taken away, since Exchange gives it in a scope. */
  readonly given: readonly Permission[]
}

/**
 * Grants exactly these permissions to an app of ours; to another's, these besides what it has. Answers what it has of those that
 * are left open. Throws `auth` when whoever is signed in may not.
 */
export async function grantPermissions(
  graph: GraphCaller,
  app: { readonly principalId: string; readonly isOurs: boolean },
  { wanted, open, given }: WantedGrants,
  resources: Resources,
  context: Context,
  tell: Tell,
): Promise<readonly Permission[]> {
  const has = await listGrants(graph, app.principalId)
  const isGranted = ({ resource, value }: Permission): boolean =>
    has.some((grant) => grant.resourceId === resources[resource]?.id && grant.roleId === resources[resource].roles.get(value))
  const held = open.filter(isGranted)
  let kept = 0
  const needed = new Set<string>()
  for (const permission of wanted) {
    const resource = resources[permission.resource]
    const roleId = resource?.roles.get(permission.value)
    if (resource === undefined || roleId === undefined) continue
    needed.add(`${resource.id} ${roleId}`)
    if (isGranted(permission)) kept++
    else {
      await grant(graph, app.principalId, resource.id, roleId, context, tell)
      tell({ type: 'done', what: `${permission.value} was granted` })
    }
  }
  if (kept > 0) tell({ type: 'kept', what: `${kept} of the permissions had been granted before` })
  for (const { resource, value } of held) needed.add(`${resources[resource]?.id ?? ''} ${resources[resource]?.roles.get(value) ?? ''}`)
  if (app.isOurs) await revokeOthers(graph, app.principalId, has, needed, given, resources, tell)
  return held
}

async function grant(graph: GraphCaller, principalId: string, resourceId: string, appRoleId: string, context: Context, tell: Tell): Promise<void> {
  const granted = await poll(
    async () => {
      const answer = await graph.call({
        method: 'POST',
        path: graphPath`/servicePrincipals/${resourceId}/appRoleAssignedTo`,
        body: { principalId, resourceId, appRoleId },
        expects: [400, 404, 409],
        permission: 'AppRoleAssignment.ReadWrite.All',
      })
      if (answer.status === 201 || /already exists/i.test(refusalText(answer))) return true
      // 404, and now and then 400, while the enterprise application is not known everywhere.
      return undefined
    },
    replicationMsMax,
    context,
    () => tell({ type: 'waiting', what: 'the tenant spreads the news of the enterprise application' }),
  )
  if (granted === true) return
  throw new MigrationError('transient', 'endpoint.not-replicated', {
    message: 'The tenant does not know the new enterprise application everywhere yet.',
    hint: 'Run the same command again in some minutes: it goes on from there.',
  })
}

async function revokeOthers(
  graph: GraphCaller,
  principalId: string,
  has: readonly RoleGrant[],
  needed: ReadonlySet<string>,
  given: readonly Permission[],
  resources: Resources,
  tell: Tell,
): Promise<void> {
  const names = new Map<string, string>(
    Object.values(resources).flatMap(({ id, roles }) => [...roles].map(([value, roleId]) => [`${id} ${roleId}`, value] as const)),
  )
  for (const { id, resourceId, roleId } of has) {
    const key = `${resourceId} ${roleId}`
    if (needed.has(key)) continue
    await graph.call({ method: 'DELETE', path: graphPath`/servicePrincipals/${principalId}/appRoleAssignments/${id}`, expects: [404] })
    const name = names.get(key)
    const why = given.some(({ value }) => value === name) ? 'Exchange gives it in the scope' : 'nothing that was chosen needs it'
    tell({ type: 'done', what: `${name ?? 'a permission'} was taken away again, as ${why}` })
  }
}

/** Gives the app the directory role Exchange Administrator. */
export async function assignExchangeRole(graph: GraphCaller, principalId: string, tell: Tell): Promise<void> {
  const path = '/roleManagement/directory/roleAssignments'
  const there = await collect(graph, path, { $filter: `principalId eq ${odataText(principalId)}` })
  if (there.some((one) => jsonText(one, 'roleDefinitionId') === exchangeAdministratorId)) {
    return tell({ type: 'kept', what: 'the app is an Exchange Administrator' })
  }
  const body = { principalId, roleDefinitionId: exchangeAdministratorId, directoryScopeId: '/' }
  // 400 and 409: a lost answer has assigned it before ("A conflicting object ... is present").
  const answer = await graph.call({ method: 'POST', path, body, expects: [400, 409], permission: 'RoleManagement.ReadWrite.Directory' })
  if (answer.status !== 201 && !/conflicting|already exists/i.test(refusalText(answer))) {
    throw new MigrationError('auth', 'endpoint.role-refused', {
      message: 'The tenant does not let the app become an Exchange Administrator.',
      hint: 'Assign the role by hand (Microsoft Entra, Roles and administrators), or leave the work "exchange" out.',
    })
  }
  tell({ type: 'done', what: 'the app was made an Exchange Administrator' })
}
