import { openHomeStore } from '../../control/home-store.ts'
import { realContext } from '../../control/real-context.ts'
import { runMailboxes } from '../../control/run-mailboxes.ts'
import type { Mailbox } from '../../control/run-mailbox.ts'
import { parsePace } from '../../control/settings/pass-settings.ts'
import { parseRules, parseVerification } from '../../control/settings/parse-rules.ts'
import { parseWholeNumber } from '../../control/settings/parse-size.ts'
import { UsageError } from '../../control/usage-error.ts'
import type { Environment } from '../environment.ts'
import { exitCodeOf, exitCodes } from '../exit-codes.ts'
import { homeOf } from '../home-of.ts'
import type { MigrateOptions } from '../options.ts'
import { openView } from '../output/open-view.ts'
import { reportDefects } from '../report-defect.ts'
import { tellOutcomeErrors } from '../tell-outcome-errors.ts'
import { givenPair } from './given-pair.ts'

const atOnceMax = 256

/** What `migrate`, `retry` and `verify` are given: SOURCE and TARGET, or a list of them. */
export interface GivenMailboxes {
  readonly source: string | undefined
  readonly target: string | undefined
  readonly options: MigrateOptions
}

/** `mailvan migrate`, `mailvan retry` and `mailvan verify`: a pass over one mailbox or many. Gives the exit code. */
export async function migrateCommand(
  given: GivenMailboxes & { readonly task: 'migrate' | 'retry' | 'verify' },
  environment: Environment,
): Promise<number> {
  const { options, task } = given
  const context = realContext(environment.signal)
  const settings = {
    rules: parseRules(options, context.clock.now(), task === 'retry'),
    verification: parseVerification(options.verify),
    pace: parsePace(options),
  }
  const atOnce = parseWholeNumber(options.atOnce ?? '1', '--at-once', 1, atOnceMax)
  const { mailboxes, faultyRows } = await mailboxesOf(given, environment)
  const isNamed = options.mailboxes !== undefined
  const home = homeOf(options, environment)
  const store = await openHomeStore(home, { mustExist: task !== 'migrate' })
  const view = openView({ environment, isJson: options.json === true, isNamed, mailboxesTotal: mailboxes.length })
  try {
    const run = { home, store, settings, context, atOnce, finished: view.finished.bind(view) }
    const outcomes = await runMailboxes(mailboxes, { ...run, task: task === 'verify' ? task : 'migrate' }, view.observe.bind(view))
    view.allFinished(outcomes)
    view.close()
    tellOutcomeErrors(outcomes, isNamed, environment)
    await reportDefects(outcomes, home, options.json === true, environment)
    const wereAllBegun = outcomes.length === mailboxes.length
    return Math.max(exitCodeOf(outcomes), faultyRows > 0 || !wereAllBegun ? exitCodes.needsPerson : exitCodes.complete)
  } finally {
    view.close()
    await store.close()
  }
}

async function mailboxesOf(given: GivenMailboxes, environment: Environment): Promise<{ mailboxes: readonly Mailbox[]; faultyRows: number }> {
  const { options, source, target } = given
  if (options.mailboxes === undefined) {
    if (options.delimiter !== undefined) {
      throw new UsageError('pairs', '--delimiter goes with --mailboxes.', 'Leave it out, or name a list.')
    }
    return { mailboxes: [await givenPair(source, target, options, environment)], faultyRows: 0 }
  }
  if (source !== undefined) {
    throw new UsageError('pairs', 'SOURCE and TARGET do not go with --mailboxes.', 'Name either one pair or a list of them.')
  }
  const { mailboxesOfList } = await import('./mailboxes-of-list.ts')
  return mailboxesOfList(options.mailboxes, options, environment)
}
