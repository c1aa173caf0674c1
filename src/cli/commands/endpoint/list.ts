import { openEndpoints } from '../../../control/microsoft-365/open-endpoints.ts'
import { getMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import { homeOf } from '../../home-of.ts'
import type { CommonOptions } from '../../options.ts'
import { endpointObject } from '../../output/endpoint-text.ts'
import { styleFor } from '../../output/style.ts'
import { tableLines } from '../../output/table.ts'
import { toTerminalText } from '../../output/terminal-text.ts'

const columns = ['name', 'tenant', 'cloud', 'side', 'app'].map((title) => ({ title, align: 'left' as const }))
const cellsDefault = 120

/** `mailvan endpoint list`. Gives the exit code. */
export async function endpointListCommand(options: CommonOptions, environment: Environment): Promise<number> {
  const store = openEndpoints(homeOf(options, environment), environment.env)
  const rows: string[][] = []
  for (const name of await store.names()) {
    const endpoint = await getMicrosoftEndpoint(store, name)
    if (options.json === true) environment.output.write(`${JSON.stringify(endpointObject(endpoint))}\n`)
    const app = endpoint.app === undefined ? 'not set up yet' : endpoint.app.clientId
    rows.push([name, endpoint.tenantId, endpoint.cloud, endpoint.side, app].map(toTerminalText))
  }
  if (options.json === true) return exitCodes.complete
  if (rows.length === 0) environment.output.write('There is no endpoint yet: "mailvan endpoint bootstrap NAME" makes one.\n')
  else {
    const style = styleFor(environment.output, environment.env)
    environment.output.write(`${tableLines(columns, rows, style, environment.output.columns ?? cellsDefault).join('\n')}\n`)
  }
  return exitCodes.complete
}
