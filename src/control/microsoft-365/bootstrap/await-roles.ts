import type { Resource } from '../../../connectors/kit/microsoft/clouds.ts'
import { readTokenClaims } from '../../../connectors/kit/microsoft/sign-in/token-claims.ts'
import type { TokenSource } from '../../../connectors/kit/microsoft/sign-in/token-source.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import type { Permission } from '../work.ts'
import { poll } from './poll.ts'
import type { Tell } from './told.ts'

/** Caches of Microsoft's hold an old token's roles for up to an hour, mostly for a minute (exchange.md 5.2). */
const rolesMsMax = 30 * 60_000

/** What the sign-in says of an app that it does not know well enough yet. */
const tooEarly = new Set(['no-app', 'no-principal', 'certificate-unknown', 'no-resource'].map((name) => `microsoft.sign-in.${name}`))

/** Waits until the app signs in and its tokens carry these permissions. Answers which are still missing at the end. */
export async function awaitRoles(tokens: TokenSource, wanted: readonly Permission[], context: Context, tell: Tell): Promise<readonly Permission[]> {
  let missing = wanted
  await poll(
    async () => {
      missing = await missingRoles(tokens, wanted, context)
      return missing.length === 0 ? true : undefined
    },
    rolesMsMax,
    context,
    () => tell({ type: 'waiting', what: 'Microsoft spreads the news of what was granted' }),
  )
  return missing
}

async function missingRoles(tokens: TokenSource, wanted: readonly Permission[], context: Context): Promise<readonly Permission[]> {
  const missing: Permission[] = []
  for (const resource of ['graph', 'outlook'] as const satisfies readonly Resource[]) {
    const needed = wanted.filter((one) => one.resource === resource)
    if (needed.length === 0) continue
    const roles = await rolesOf(tokens, resource, context)
    missing.push(...needed.filter(({ value }) => !roles.includes(value)))
  }
  return missing
}

async function rolesOf(tokens: TokenSource, resource: Resource, context: Context): Promise<readonly string[]> {
  try {
    const token = await withPatience(() => tokens.token(resource, context.signal), context)
    // A role that comes later is in a new token only.
    tokens.discard(resource, token)
    return readTokenClaims(token).roles
  } catch (error) {
    if (error instanceof MigrationError && tooEarly.has(error.code)) return []
    throw error
  }
}
