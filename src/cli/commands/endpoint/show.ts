import { openEndpoints } from '../../../control/microsoft-365/open-endpoints.ts'
import { getMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import { homeOf } from '../../home-of.ts'
import type { CommonOptions } from '../../options.ts'
import { endpointLines, endpointObject } from '../../output/endpoint-text.ts'
import { styleFor } from '../../output/style.ts'

/** `mailvan endpoint show`. Gives the exit code. */
export async function endpointShowCommand(name: string, options: CommonOptions, environment: Environment): Promise<number> {
  const endpoint = await getMicrosoftEndpoint(openEndpoints(homeOf(options, environment), environment.env), name)
  environment.output.write(
    options.json === true
      ? `${JSON.stringify(endpointObject(endpoint))}\n`
      : `${endpointLines(endpoint, styleFor(environment.output, environment.env)).join('\n')}\n`,
  )
  return exitCodes.complete
}
