import { randomBytes } from 'node:crypto'
import type { ExchangeAdmin } from '../../connectors/kit/microsoft/exchange-admin.ts'
import { exchangeCommands } from '../../connectors/kit/microsoft/exchange-commands.ts'
import { connectMicrosoft, type MicrosoftAccess } from '../../connectors/kit/microsoft/microsoft-access.ts'
import type { Context } from '../../core/ports/context.ts'
import type { TenantAccess } from './tenant-access.ts'

/** A tenant that is reached. */
export interface OpenedTenant extends TenantAccess {
  /** Exchange's own commands, which only some apps may run. Calls once, as `graph` does. */
  readonly exchange: ExchangeAdmin
  /** Ends all connections. May be called twice. */
  close(): void
}

/** Opens a tenant with the machine's randomness; nothing is sent yet. Throws `config` for a certificate that cannot be used. */
export function openTenant(access: MicrosoftAccess, context: Context): OpenedTenant {
  const connection = connectMicrosoft(access, context, randomBytes)
  const { graph, tokens, close } = connection
  const signInAnew = async (): Promise<void> => tokens.discard('graph', await tokens.token('graph', context.signal))
  return { graph, exchange: exchangeCommands(connection, access.app.tenantId, context, randomBytes), signInAnew, context, close }
}
