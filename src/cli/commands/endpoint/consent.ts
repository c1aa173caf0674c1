import { randomBytes } from 'node:crypto'
import { awaitConsent } from '../../../control/microsoft-365/bootstrap/await-consent.ts'
import { consentUrl } from '../../../control/microsoft-365/bootstrap/by-hand.ts'
import { accessOf, getMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import { openEndpoints } from '../../../control/microsoft-365/open-endpoints.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import { homeOf } from '../../home-of.ts'
import type { CommonOptions } from '../../options.ts'
import { styleFor } from '../../output/style.ts'
import { readPort } from './sign-in-way.ts'

/** `mailvan endpoint consent`. Gives the exit code. */
export async function endpointConsentCommand(
  name: string,
  options: CommonOptions & { readonly port?: string; readonly print?: boolean },
  environment: Environment,
): Promise<number> {
  const endpoint = await getMicrosoftEndpoint(openEndpoints(homeOf(options, environment), environment.env), name)
  const show = (page: string): void => {
    environment.output.write(
      options.json === true
        ? `${JSON.stringify({ type: 'sign-in', page })}\n`
        : `Open this page as a Global Administrator of the tenant, and accept:\n\n  ${page}\n`,
    )
  }
  if (options.print === true) {
    show(consentUrl(endpoint, accessOf(endpoint).app.clientId))
    return exitCodes.complete
  }
  await awaitConsent(endpoint, show, randomBytes, environment.signal, options.port === undefined ? undefined : readPort(options.port))
  const style = styleFor(environment.output, environment.env)
  environment.output.write(
    options.json === true ? `${JSON.stringify({ type: 'consented', name })}\n` : `\n${style.paint('green', style.signs.done)} What the app asks for was granted.\n`,
  )
  return exitCodes.complete
}
