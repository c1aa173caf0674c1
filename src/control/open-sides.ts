import { MigrationError } from '../core/errors.ts'
import { bestCommonForm } from '../core/model/form.ts'
import type { Source, Target } from '../core/ports/connector.ts'
import type { Context } from '../core/ports/context.ts'
import type { Observe } from '../core/ports/observer.ts'
import { withRetry } from '../core/pass/with-retry.ts'
import type { Endpoint } from './endpoint.ts'
import { makeLookingGovernor } from './make-governor.ts'

/** Both sides of a mailbox, open. */
export interface OpenSides {
  readonly source: Source
  readonly target: Target
  /** Idempotent; waits for both. */
  close(): Promise<void>
}

/** Opens both sides at once, in the best form that they have in common. When one cannot be opened the other is closed and its error thrown, with the side's name. */
export async function openSides(
  endpoints: { readonly source: Endpoint; readonly target: Endpoint },
  context: Context,
  observe: Observe,
): Promise<OpenSides> {
  const form = bestCommonForm(endpoints.source.forms, endpoints.target.forms)
  if (form === undefined) throw noCommonForm()
  const around = { context, observe, governor: makeLookingGovernor(context.clock) }
  const [source, target] = await Promise.allSettled([
    withRetry(around, 'source', () => endpoints.source.openSource(context, form)).catch(nameSide('Source')),
    withRetry(around, 'target', () => endpoints.target.openTarget(context, form)).catch(nameSide('Target')),
  ])
  if (source.status === 'fulfilled' && target.status === 'fulfilled') {
    return {
      source: source.value,
      target: target.value,
      async close() {
        await Promise.all([source.value.close(), target.value.close()])
      },
    }
  }
  await Promise.all([source, target].map((side) => (side.status === 'fulfilled' ? side.value.close() : undefined)))
  throw source.status === 'rejected' ? source.reason : (target as PromiseRejectedResult).reason
}

function noCommonForm(): MigrationError {
  return new MigrationError('config', 'endpoint.no-common-form', {
    message: 'The source gives nothing in a form that the target takes.',
    hint: 'Choose a target of another kind.',
  })
}

/** Both sides may be servers of one kind: an error says which one it speaks of. */
function nameSide(side: 'Source' | 'Target'): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof MigrationError)) throw error
    const { kind, code, hint, retryAfterMs } = error
    throw new MigrationError(kind, code, { message: `${side}: ${error.message}`, hint, retryAfterMs, cause: error })
  }
}
