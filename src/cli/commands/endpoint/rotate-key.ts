import { openEndpoints } from '../../../control/microsoft-365/open-endpoints.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import { homeOf } from '../../home-of.ts'
import type { CommonOptions } from '../../options.ts'
import { formatNoun } from '../../output/format-units.ts'
import { styleFor } from '../../output/style.ts'

/** `mailvan endpoint rotate-key`. Gives the exit code. */
export async function endpointRotateKeyCommand(options: CommonOptions, environment: Environment): Promise<number> {
  const endpoints = await openEndpoints(homeOf(options, environment), environment.env).rotateKey()
  const style = styleFor(environment.output, environment.env)
  environment.output.write(
    options.json === true
      ? `${JSON.stringify({ type: 'rotated', endpoints })}\n`
      : `${style.paint('green', style.signs.done)} The secrets of ${formatNoun(endpoints, 'endpoint')} are sealed by a new key.\n`,
  )
  return exitCodes.complete
}
