import { AppTokens } from '../../../src/connectors/kit/microsoft/sign-in/app-tokens.ts'
import type { TokenSource } from '../../../src/connectors/kit/microsoft/sign-in/token-source.ts'
import type { TenantAccess } from '../../../src/control/microsoft-365/tenant-access.ts'
import type { MicrosoftRig } from './microsoft-rig.ts'

/** The sandbox's tenant as the flows reach it, on the sandbox's time. */
export function accessOf(rig: MicrosoftRig, tokens: TokenSource = new AppTokens(rig.context, rig.app)): TenantAccess {
  const { context } = rig
  return {
    graph: rig.graph(tokens),
    context,
    signInAnew: async () => tokens.discard('graph', await tokens.token('graph', context.signal)),
  }
}
