import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { checkTenant } from '../../../control/microsoft-365/check/check-tenant.ts'
import { getMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import { openEndpoints } from '../../../control/microsoft-365/open-endpoints.ts'
import { realContext } from '../../../control/real-context.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import { homeOf } from '../../home-of.ts'
import type { CommonOptions } from '../../options.ts'
import { findingLines } from '../../output/finding-text.ts'
import { formatNoun } from '../../output/format-units.ts'
import { styleFor } from '../../output/style.ts'

/** Options of `endpoint check`. */
export interface EndpointCheckOptions extends CommonOptions {
  readonly mailbox?: string
  readonly write?: boolean
}

/** `mailvan endpoint check`. Gives the exit code: a person is needed when anything is not as it should be. */
export async function endpointCheckCommand(name: string, options: EndpointCheckOptions, environment: Environment): Promise<number> {
  const home = homeOf(options, environment)
  const endpoint = await getMicrosoftEndpoint(openEndpoints(home, environment.env), name)
  const style = styleFor(environment.output, environment.env)
  const given = { mailbox: options.mailbox, mayWrite: options.write === true, authorityFile: join(home.endpointsFolder, `${name}.authority.pem`) }
  let bad = 0
  for await (const finding of checkTenant(endpoint, given, realContext(environment.signal), randomBytes)) {
    if (finding.state === 'bad') bad++
    environment.output.write(
      options.json === true ? `${JSON.stringify({ type: 'finding', ...finding })}\n` : `${findingLines(finding, style).join('\n')}\n`,
    )
  }
  if (options.json !== true) {
    const verdict = bad === 0 ? `The endpoint ${name} is as it should be.` : `${formatNoun(bad, 'thing')} of the endpoint ${name} ${bad === 1 ? 'is' : 'are'} not as they should be.`
    environment.output.write(`\n${verdict}\n`)
  }
  return bad === 0 ? exitCodes.complete : exitCodes.needsPerson
}
