import { cleanUp } from '../../../control/microsoft-365/bootstrap/clean-up.ts'
import { exchangeScript } from '../../../control/microsoft-365/bootstrap/by-hand.ts'
import { forgetCommand } from '../../../control/microsoft-365/bootstrap/exchange-access.ts'
import { getMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import type { CommonOptions } from '../../options.ts'
import { readSignInWay, type SignInOptions } from './sign-in-way.ts'
import { tellScript, withSetUp } from './with-set-up.ts'

/** `mailvan endpoint clean-up`. Gives the exit code. */
export function endpointCleanUpCommand(name: string, options: CommonOptions & SignInOptions, environment: Environment): Promise<number> {
  const way = readSignInWay(options)
  return withSetUp(name, options, environment, async (parts) => {
    const endpoint = await getMicrosoftEndpoint(parts.store, name)
    const leavesExchange = options.leaveExchange === true
    await cleanUp(endpoint, { way, leavesExchange }, parts)
    const principalId = endpoint.app?.principalId
    if (leavesExchange && principalId !== undefined && endpoint.work.includes('imap')) {
      tellScript('Have Exchange forget the app:', exchangeScript(endpoint.cloud, [forgetCommand({ principalId })]), options, environment)
    }
    return exitCodes.complete
  })
}
