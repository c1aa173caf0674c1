import { assertTwoSides, parseEndpoint } from '../../control/endpoint.ts'
import type { Endpoint, EndpointGiven } from '../../control/endpoint.ts'
import type { Mailbox } from '../../control/run-mailbox.ts'
import { parsePace } from '../../control/settings/pass-settings.ts'
import { UsageError } from '../../control/usage-error.ts'
import type { Environment } from '../environment.ts'
import { findAccessFor } from '../find-access.ts'
import type { MigrateOptions } from '../options.ts'
import { withSidePassword } from '../passwords.ts'

/** The two sides that SOURCE and TARGET name, without passwords. Throws `UsageError`. */
export async function givenSides(
  source: string | undefined,
  target: string | undefined,
  given: EndpointGiven = {},
): Promise<{ source: Endpoint; target: Endpoint }> {
  if (source === undefined || target === undefined) {
    throw new UsageError(
      'pair',
      source === undefined ? 'SOURCE and TARGET are missing.' : 'TARGET is missing.',
      'Write for example: mailvan migrate imaps://anna@old.example imaps://anna@new.example',
    )
  }
  const sides = { source: await parseEndpoint(source, 'SOURCE', given), target: await parseEndpoint(target, 'TARGET', given) }
  assertTwoSides(sides.source, sides.target)
  return sides
}

/** The mailbox that SOURCE and TARGET name, with its passwords. Throws `UsageError`, or `auth` without a password. */
export async function givenPair(
  source: string | undefined,
  target: string | undefined,
  options: MigrateOptions,
  environment: Environment,
): Promise<Mailbox> {
  const { sessionsMax } = parsePace(options)
  const sides = await givenSides(source, target, { sessionsMax, findAccess: findAccessFor(options, environment) })
  return {
    name: `${sides.source.url} to ${sides.target.url}`,
    source: await withSidePassword('source', sides.source, options, environment),
    target: await withSidePassword('target', sides.target, options, environment),
  }
}
