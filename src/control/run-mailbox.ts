import { MigrationError } from '../core/errors.ts'
import type { FolderId } from '../core/model/ids.ts'
import { runPass } from '../core/pass/run-pass.ts'
import type { Context } from '../core/ports/context.ts'
import type { Tally } from '../core/ports/ledger.ts'
import type { MailboxLedger } from '../store/mailbox-ledger.ts'
import type { Store } from '../store/open-store.ts'
import { CountedSource } from './counted-source.ts'
import type { Endpoint } from './endpoint.ts'
import type { Home } from './home.ts'
import type { MailboxOutcome } from './mailbox-outcome.ts'
import { makeGovernor } from './make-governor.ts'
import { findRenamed, keepPermanentIds, refuseAnotherMailbox } from './ledger-of-sides.ts'
import { type OpenSides, openSides } from './open-sides.ts'
import { findLedger } from './mailbox-standing.ts'
import { updateRecords } from './records.ts'
import type { Records } from './records.ts'
import type { RunEvent } from './run-event.ts'
import type { PassSettings } from './settings/pass-settings.ts'

/** A mailbox to move: its two sides, with their passwords, under the name that this run gives it. */
export interface Mailbox {
  readonly name: string
  readonly source: Endpoint
  readonly target: Endpoint
}

/** What the mailboxes of a run share. */
export interface RunOptions {
  readonly home: Home
  readonly store: Store
  readonly settings: PassSettings
  readonly context: Context
  /** `verify` checks what earlier passes did, and writes nothing to either side. */
  readonly task: 'migrate' | 'verify'
}

/**
 * Runs one pass over a mailbox and, when it changed anything, writes its certificate and report. Never throws: how it came
 * out, errors and defects included, is the outcome.
 */
export async function runMailbox(mailbox: Mailbox, options: RunOptions, observe: (event: RunEvent) => void): Promise<MailboxOutcome> {
  const { context } = options
  const startedAtMs = context.clock.now()
  const names = { name: mailbox.name, source: mailbox.source.url, target: mailbox.target.url, task: options.task }
  let tally: Tally | undefined
  const keepTally = (event: RunEvent): void => {
    if (event.type === 'passEnded') tally = event.tally
    observe(event)
  }
  const finish = (how: Omit<MailboxOutcome, keyof typeof names | 'durationMs' | 'tally'>): MailboxOutcome => ({
    ...names,
    durationMs: context.clock.now() - startedAtMs,
    ...(tally === undefined ? {} : { tally }),
    ...how,
  })
  observe({ type: 'mailboxStarted', source: names.source, target: names.target })
  try {
    const records = await runLocked(mailbox, options, keepTally)
    return finish({ state: 'done', ...records })
  } catch (error) {
    if (context.signal.aborted) return finish({ state: 'interrupted' })
    if (error instanceof MigrationError) return finish({ state: 'stopped', error })
    return finish({ state: 'defect', defect: error })
  }
}

/** A mailbox known by its name is locked before it is opened; one that is not may be known by what it is. */
async function runLocked(mailbox: Mailbox, options: RunOptions, observe: (event: RunEvent) => void): Promise<Records> {
  const { store, context, task } = options
  const name = { sourceUrl: mailbox.source.url, targetUrl: mailbox.target.url }
  const named = await store.findMailbox(name)
  if (named !== undefined) {
    return withLock(store, named, async () => runWith(named, await openSides(mailbox, context, observe), options, observe))
  }
  const sides = await openSides(mailbox, context, observe)
  try {
    const renamed = await findRenamed(store, name, sides)
    const ledger = renamed ?? (task === 'verify' ? await findLedger(store, mailbox) : await store.mailbox(name))
    return await withLock(store, ledger, async () => {
      return runWith(renamed === undefined ? ledger : await store.rename(renamed, name), sides, options, observe)
    })
  } finally {
    await sides.close()
  }
}

async function withLock<T>(store: Store, ledger: MailboxLedger, work: () => Promise<T>): Promise<T> {
  const lock = await store.lock(ledger)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

async function runWith(ledger: MailboxLedger, sides: OpenSides, options: RunOptions, observe: (event: RunEvent) => void): Promise<Records> {
  const reasons = new Map<string, readonly string[]>()
  const { announced, closed } = await runOpened(ledger, sides, options, (event) => {
    if (event.type === 'folderMapped') reasons.set(JSON.stringify(event.from), event.reasons)
    observe(event)
  })
  const { context, home, settings, task } = options
  const facts = { context, verification: settings.verification, announced, reasons, isNews: task === 'verify' }
  try {
    return await updateRecords(home, ledger, facts, observe)
  } finally {
    await closed
  }
}

/** How many items the source said its folders hold; the servers are taken leave of meanwhile. */
interface Opened {
  readonly announced: ReadonlyMap<FolderId, number>
  readonly closed: Promise<void>
}

async function runOpened(
  ledger: MailboxLedger,
  sides: OpenSides,
  options: RunOptions,
  observe: (event: RunEvent) => void,
): Promise<Opened> {
  const { context, settings } = options
  try {
    await refuseAnotherMailbox(ledger, sides)
    await keepPermanentIds(ledger, sides)
    const source = new CountedSource(sides.source)
    const { target } = sides
    const { rules, verification } = settings
    const governor = makeGovernor(sides, settings.pace, context.clock)
    const pass = { source, target, ledger, rules, verification, governor, context, observe }
    if (options.task === 'verify') {
      const { verifyPass } = await import('../core/verify/verify-pass.ts')
      await verifyPass(pass)
    } else {
      await runPass(pass)
    }
    return { announced: source.announced, closed: sides.close() }
  } catch (error) {
    await sides.close()
    throw error
  }
}
