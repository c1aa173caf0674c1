import { connectMicrosoft } from '../../../connectors/kit/microsoft/microsoft-access.ts'
import { readTokenClaims } from '../../../connectors/kit/microsoft/sign-in/token-claims.ts'
import { patientGraph, withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import { findMailbox } from '../check/find-mailbox.ts'
import { readExchangeSettings } from '../check/probe-mailbox.ts'
import { accessOf, type MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { Scratch } from '../scratch/scratch.ts'
import { measureAdministration } from './measure-administration.ts'
import { measureArchive } from './measure-archive.ts'
import { measureAttachments } from './measure-attachments.ts'
import { measureChanges } from './measure-changes.ts'
import { measureExportFile } from './measure-export-file.ts'
import { measureImport } from './measure-import.ts'
import { measureMime } from './measure-mime.ts'
import { measureSearchKey } from './measure-search-key.ts'
import { measureStreams } from './measure-streams.ts'
import { measureTasks } from './measure-tasks.ts'
import { type Measurement, notMeasured, onlyByWriting } from './measurement.ts'
import type { Measure, ProbedMailbox, ProbeEvent, Writing } from './probed-mailbox.ts'

/** How closely to look. */
export interface ProbeOptions {
  /** Each question is asked of the first in which it can be answered; the first that is found when there are none. */
  readonly mailboxes: readonly string[]
  /** Present when something may be written into the mailbox: then there is exactly one. */
  readonly writing: Omit<Writing, 'scratch'> | undefined
}

/** The ten things that only a real tenant can show (exchange.md 10), in their order. */
const measures: readonly Measure[] = [
  measureImport,
  measureStreams,
  measureExportFile,
  measureMime,
  measureAttachments,
  measureTasks,
  measureArchive,
  measureChanges,
  measureAdministration,
  measureSearchKey,
]

/**
 * Measures in a tenant what only a real one can show, one thing after the other. What refuses is an answer, what cannot be
 * looked at a measurement that says why; throws what keeps everything from being asked, such as a sign-in that fails or a
 * mailbox that is not there, and the signal's reason. Whatever was written is removed before it settles, whichever way.
 */
export async function probeMicrosoft365(
  endpoint: MicrosoftEndpoint,
  { mailboxes, writing }: ProbeOptions,
  context: Context,
  randomBytes: (size: number) => Uint8Array,
  tell: (event: ProbeEvent) => void,
): Promise<void> {
  const opened = connectMicrosoft(accessOf(endpoint), context, randomBytes)
  const telling: Context = {
    ...context,
    log(event, fields) {
      context.log(event, fields)
      if (event === 'waiting') tell({ type: 'waiting', delayMs: Number(fields['delayMs']) })
    },
  }
  try {
    const connection = { ...opened, graph: patientGraph(opened.graph, telling) }
    const { roles } = readTokenClaims(await withPatience(() => opened.tokens.token('graph', context.signal), telling))
    const users = mailboxes.length > 0 ? mailboxes : [await someMailbox(connection.graph)]
    const probed: ProbedMailbox[] = []
    for (const user of users) {
      const { found, primaryId, archiveId } = await readExchangeSettings(connection.graph, user)
      if (found.state === 'bad') throw noMailbox(found.says, found.fix)
      probed.push({ endpoint, connection, context: telling, roles, user, mailboxId: primaryId ?? '', archiveId, tell })
    }
    const scratch = new Scratch(opened.graph, telling, (leftover) => tell({ type: 'left', ...leftover }))
    for (const measure of measures) {
      tell({ type: 'measuring', name: measure.question.name })
      tell({ type: 'measurement', ...(await measureFirst(measure, probed, writing === undefined ? undefined : { ...writing, scratch })) })
    }
  } finally {
    opened.close()
  }
}

/** In the first mailbox in which it can be measured; else why not in the last. */
async function measureFirst(measure: Measure, mailboxes: readonly ProbedMailbox[], writing: Writing | undefined): Promise<Measurement> {
  let last: Measurement | undefined
  for (const mailbox of mailboxes) {
    last = await measureIn(measure, mailbox, writing)
    if (last.state === 'measured') return last
  }
  if (last === undefined) throw new TypeError('there is no mailbox to measure in')
  return last
}

function measureIn({ question, isOfItems, read, write }: Measure, mailbox: ProbedMailbox, writing: Writing | undefined): Measurement | Promise<Measurement> {
  if (isOfItems && mailbox.mailboxId === '') {
    return notMeasured(question, "this cloud has no interface for whole items", 'Mail goes by IMAP here, and the rest by its own work.')
  }
  if (writing !== undefined && write !== undefined) return write(mailbox, writing)
  return read === undefined ? onlyByWriting(question) : read(mailbox)
}

async function someMailbox(graph: ProbedMailbox['connection']['graph']): Promise<string> {
  const found = await findMailbox(graph)
  if ('address' in found) return found.address
  throw noMailbox(found.says, found.fix)
}

function noMailbox(says: string, fix: string): MigrationError {
  return new MigrationError('config', 'endpoint.no-mailbox', {
    message: `There is no mailbox to look at: ${says}.`,
    hint: fix === '' ? 'Name a user with a mailbox by --mailbox.' : fix,
  })
}
