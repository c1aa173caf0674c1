import { getMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import { endpointsOf } from '../../endpoints-of.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import type { CommonOptions } from '../../options.ts'
import { endpointLines, endpointObject } from '../../output/endpoint-text.ts'
import { lineCells } from '../../output/line-cells.ts'
import { styleFor } from '../../output/style.ts'

/** `mailvan endpoint show`. Gives the exit code. */
export async function endpointShowCommand(name: string, options: CommonOptions, environment: Environment): Promise<number> {
  const endpoint = await getMicrosoftEndpoint(endpointsOf(options, environment), name)
  environment.output.write(
    options.json === true
      ? `${JSON.stringify(endpointObject(endpoint))}\n`
      : `${endpointLines(endpoint, styleFor(environment.output, environment.env), lineCells(environment.output)).join('\n')}\n`,
  )
  return exitCodes.complete
}
