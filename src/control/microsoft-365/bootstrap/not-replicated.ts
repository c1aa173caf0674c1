import { MigrationError } from '../../../core/errors.ts'

/** What is said when an app that was made is not found where it is asked for next, after a while of waiting. */
export function notReplicated(): MigrationError {
  return new MigrationError('transient', 'endpoint.not-replicated', {
    message: 'The tenant does not know the new app everywhere yet.',
    hint: 'Run the same command again in some minutes: it goes on from there.',
  })
}
