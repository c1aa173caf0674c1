import { openEndpoints } from '../../../control/microsoft-365/open-endpoints.ts'
import { getMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import { homeOf } from '../../home-of.ts'
import type { CommonOptions } from '../../options.ts'
import { styleFor } from '../../output/style.ts'

/** `mailvan endpoint remove`. Gives the exit code. Throws `config` where an app would be left behind in the tenant. */
export async function endpointRemoveCommand(
  name: string,
  options: CommonOptions & { readonly keepApp?: boolean },
  environment: Environment,
): Promise<number> {
  const store = openEndpoints(homeOf(options, environment), environment.env)
  // With --keep-app a file that cannot be opened any more can be removed, too.
  if (options.keepApp !== true && (await getMicrosoftEndpoint(store, name)).app?.isOurs === true) throw leavesApp(name)
  await store.remove(name)
  const style = styleFor(environment.output, environment.env)
  environment.output.write(
    options.json === true ? `${JSON.stringify({ type: 'removed', name })}\n` : `${style.paint('green', style.signs.done)} The endpoint ${name} and its secrets were removed.\n`,
  )
  return exitCodes.complete
}

function leavesApp(name: string): MigrationError {
  return new MigrationError('config', 'endpoint.leaves-app', {
    message: `The app that was made for the endpoint ${name} is still in the tenant, with all its permissions.`,
    hint: `Remove both with "mailvan endpoint clean-up ${name}", or the endpoint alone with --keep-app.`,
  })
}
