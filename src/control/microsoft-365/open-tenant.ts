import { randomBytes } from 'node:crypto'
import { connectMicrosoft, type MicrosoftAccess } from '../../connectors/kit/microsoft/microsoft-access.ts'
import type { Context } from '../../core/ports/context.ts'
import type { TenantAccess } from './tenant-access.ts'

/** A tenant that is reached. */
export interface OpenedTenant extends TenantAccess {
  /** Ends all connections. May be called twice. */
  close(): void
}

/** Opens a tenant with the machine's randomness; nothing is sent yet. Throws `config` for a certificate that cannot be used. */
export function openTenant(access: MicrosoftAccess, context: Context): OpenedTenant {
  const { graph, tokens, close } = connectMicrosoft(access, context, randomBytes)
  const signInAnew = async (): Promise<void> => tokens.discard('graph', await tokens.token('graph', context.signal))
  return { graph, signInAnew, context, close }
}
