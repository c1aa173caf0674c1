import type { Resource } from '../../../connectors/kit/microsoft/clouds.ts'
import { exchangeCommands } from '../../../connectors/kit/microsoft/exchange-commands.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import type { MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { scopedPermissionsOf } from '../scope/mailbox-scope.ts'
import { type AppRole, readAppScope } from '../scope/read-app-scope.ts'
import { listMailAddresses } from './find-mailbox.ts'
import type { PatientConnection } from './probe-tenant.ts'

/** What Exchange tells of an endpoint's app. */
export interface ScopeReading {
  /** Undefined when it is not known. */
  readonly roles: readonly AppRole[] | undefined
  /** Why it is not known: completes "..., as ...". */
  readonly reason: string
  /** Whose mailbox was asked about: the first of the tenant's that is in the scope when none is named. */
  readonly mailbox: string | undefined
}

/**
 * Asks Exchange what it permits the app, where that matters: the endpoint has a scope, or a token lacks what a scope could give.
 * Undefined where it does not.
 */
export async function readScope(
  endpoint: MicrosoftEndpoint,
  granted: ReadonlyMap<Resource, readonly string[]>,
  given: string | undefined,
  connection: PatientConnection,
  context: Context,
  randomBytes: (size: number) => Uint8Array,
): Promise<ScopeReading | undefined> {
  const roles = granted.get('graph')
  const lacksSome = roles !== undefined && scopedPermissionsOf(endpoint).some(({ permission }) => !roles.includes(permission.value))
  if (endpoint.app === undefined || (endpoint.scope === undefined && !lacksSome)) return undefined
  const { clientId } = endpoint.app
  const untold = { roles: undefined, mailbox: given }
  if (!endpoint.work.includes('exchange')) return { ...untold, reason: "only Exchange's own commands tell it (work exchange)" }
  const exchange = exchangeCommands(connection, endpoint.tenantId, context, randomBytes)
  const ask = (mailbox: string | undefined) => withPatience(() => readAppScope(exchange, clientId, mailbox), context)
  try {
    const anywhere = await unlessNotFound(ask(undefined))
    if (anywhere === undefined || anywhere.length === 0) return { roles: [], reason: '', mailbox: given }
    if (given !== undefined) return { roles: await ask(given), reason: '', mailbox: given }
    for (const mailbox of await listMailAddresses(connection.graph)) {
      const there = await unlessNotFound(ask(mailbox))
      if (there?.some(({ isInScope }) => isInScope === true) === true) return { roles: there, reason: '', mailbox }
    }
    return { roles: anywhere, reason: '', mailbox: undefined }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return { ...untold, reason: `Exchange does not tell it: ${error.message.replace(/\.$/, '')}` }
  }
}

/** Undefined for an app that Exchange does not know, and for a user without a mailbox. */
async function unlessNotFound<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof MigrationError && error.code === 'exchange.not-found') return undefined
    throw error
  }
}
