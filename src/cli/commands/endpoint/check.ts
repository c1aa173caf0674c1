import { randomBytes } from 'node:crypto'
import { checkTenant } from '../../../control/microsoft-365/check/check-tenant.ts'
import { getMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import { realContext } from '../../../control/real-context.ts'
import { endpointsOf } from '../../endpoints-of.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import type { CommonOptions } from '../../options.ts'
import { findingLines } from '../../output/finding-text.ts'
import { formatNoun } from '../../output/format-units.ts'
import { lineCells } from '../../output/line-cells.ts'
import { styleFor } from '../../output/style.ts'

/** Options of `endpoint check`. */
export interface EndpointCheckOptions extends CommonOptions {
  readonly mailbox?: string
  readonly write?: boolean
}

/** `mailvan endpoint check`. Gives the exit code: a person is needed when anything is not as it should be. */
export async function endpointCheckCommand(name: string, options: EndpointCheckOptions, environment: Environment): Promise<number> {
  const store = endpointsOf(options, environment)
  const endpoint = await getMicrosoftEndpoint(store, name)
  const style = styleFor(environment.output, environment.env)
  const given = { mailbox: options.mailbox, mayWrite: options.write === true, authorityFile: store.authorityFileOf(name) }
  let bad = 0
  for await (const finding of checkTenant(endpoint, given, realContext(environment.signal), randomBytes)) {
    if (finding.state === 'bad') bad++
    environment.output.write(
      options.json === true ? `${JSON.stringify({ type: 'finding', ...finding })}\n` : `${findingLines(finding, style, lineCells(environment.output)).join('\n')}\n`,
    )
  }
  if (options.json !== true) {
    const verdict = bad === 0 ? `The endpoint ${name} is as it should be.` : `${formatNoun(bad, 'thing')} of the endpoint ${name} ${bad === 1 ? 'is not as it' : 'are not as they'} should be.`
    environment.output.write(`\n${verdict}\n`)
  }
  return bad === 0 ? exitCodes.complete : exitCodes.needsPerson
}
