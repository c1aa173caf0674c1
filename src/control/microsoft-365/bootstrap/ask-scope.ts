import { type CommandConnection, exchangeCommands } from '../../../connectors/kit/microsoft/exchange-commands.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import type { MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { scopedPermissionsOf } from '../scope/mailbox-scope.ts'
import { givesPermission, readAppScope } from '../scope/read-app-scope.ts'
import type { Permission } from '../work.ts'
import type { Tell } from './told.ts'

/** How what an endpoint's scope is to give stands in its tenant. */
export interface ScopeStanding {
  /** Exchange gives it to the app in a scope: it need not be granted for the whole tenant. */
  readonly given: readonly Permission[]
  /** Exchange does not give it, or does not tell: what is granted of it stays, or nothing would reach a mailbox any more. */
  readonly open: readonly Permission[]
  /** Whether Exchange was asked and has told. */
  readonly isKnown: boolean
}

/**
 * Asks Exchange, as the app itself, what it gives the app already of what the endpoint's scope is to give. Nothing is known
 * where the app may not run Exchange's commands, or not yet.
 */
export async function askScope(
  endpoint: MicrosoftEndpoint,
  connection: CommandConnection,
  context: Context,
  randomBytes: (size: number) => Uint8Array,
): Promise<ScopeStanding> {
  const { app, scope, work, tenantId } = endpoint
  if (scope === undefined || app === undefined) return { given: [], open: [], isKnown: true }
  const scoped = scopedPermissionsOf(endpoint).map(({ permission }) => permission)
  const unknown = { given: [], open: scoped, isKnown: false }
  if (!work.includes('exchange')) return unknown
  const exchange = exchangeCommands(connection, tenantId, context, randomBytes)
  try {
    const roles = await withPatience(() => readAppScope(exchange, app.clientId, undefined), context)
    const isGiven = (permission: Permission): boolean => roles.some((role) => givesPermission(role, permission))
    return { given: scoped.filter(isGiven), open: scoped.filter((permission) => !isGiven(permission)), isKnown: true }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    // An app that Exchange has never heard of has no roles there.
    return error.code === 'exchange.not-found' ? { ...unknown, isKnown: true } : unknown
  }
}

/** Tells what is left to do before the scope holds; `held` is what is granted for the whole tenant although the scope is to give it. */
export function tellScope(endpoint: MicrosoftEndpoint, { open, isKnown }: ScopeStanding, held: readonly Permission[], tell: Tell): void {
  if (endpoint.scope === undefined) return
  const script = `the script that "mailvan endpoint scope ${endpoint.name}" prints`
  if (held.length > 0) {
    tell({
      type: 'warning',
      what: `the scope does not hold yet: ${namesOf(held)} ${held.length === 1 ? 'reaches' : 'reach'} every mailbox of the tenant, and ${held.length === 1 ? 'stays' : 'stay'} until Exchange gives the same in the scope`,
      hint: `Run ${script}: it gives the roles, and takes these away.`,
    })
  } else if (isKnown && open.length > 0) {
    tell({ type: 'warning', what: `the app has no way to ${namesOf(open)} yet: Exchange is to give it in the scope`, hint: `Run ${script}.` })
  } else if (isKnown) tell({ type: 'kept', what: 'Exchange gives the app what it needs of mailboxes, in the scope' })
  else {
    tell({
      type: 'warning',
      what: `whether Exchange gives ${namesOf(open)} in the scope is not known here`,
      hint: `Run ${script}, unless it was run since the work was last changed; it may be run again.`,
    })
  }
}

function namesOf(permissions: readonly Permission[]): string {
  return permissions.map(({ value }) => value).join(', ')
}
