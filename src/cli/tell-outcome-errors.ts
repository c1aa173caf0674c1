import type { MailboxOutcome } from '../control/mailbox-outcome.ts'
import type { Environment } from './environment.ts'
import { toErrorText } from './output/error-text.ts'
import { styleFor } from './output/style.ts'
import { tellInterrupted } from './tell-interrupted.ts'

/** Tells on standard error what stopped each mailbox, with what to do about it. */
export function tellOutcomeErrors(outcomes: readonly MailboxOutcome[], isNamed: boolean, environment: Environment): void {
  const style = styleFor(environment.errors, environment.env)
  for (const { state, error, name } of outcomes) {
    if (state === 'stopped' && error !== undefined) environment.errors.write(toErrorText(error, style, isNamed ? name : undefined))
  }
  if (outcomes.some(({ state }) => state === 'interrupted')) tellInterrupted(environment)
}
