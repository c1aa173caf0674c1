import { formatBytes } from '../../words.ts'
import { beginImport } from '../scratch/import-item.ts'
import { itemFolder } from '../scratch/places.ts'
import { type Facts, type Measurement, measured, measuring, type Question } from './measurement.ts'
import type { Measure, ProbedMailbox, Writing } from './probed-mailbox.ts'
import { type FoundLargest, searchLargest } from './search-largest.ts'
import { ImportTrial, type Throttling } from './try-import.ts'

const question: Question = {
  number: 1,
  id: 'import-limits',
  name: 'Size, session and pace of imports',
  writes: 'imports larger and larger items into a hidden folder',
}

/** Just below what a mailbox takes unless its limit was raised (exchange.md 4.3). */
const firstBytes = 35_000_000
/** In base64 it stays below what a mailbox takes in five minutes (exchange.md 4.1): more could never come in. */
const largestBytes = 110_000_000
const precisionBytes = 4_000_000
const minuteMs = 60_000
const sessions = 'Sessions are renewed a minute before their end.'

/** The largest item that an import URL takes, how long a session lives, and how it is throttled. */
export const measureImport: Measure = { question, isOfItems: true, read: readSession, write: searchSize }

function readSession(mailbox: ProbedMailbox): Promise<Measurement> {
  return measuring(question, async () => {
    const { says, facts } = lifetimeOf(mailbox, await beginImport(mailbox.connection.graph, mailbox.mailboxId))
    return measured(question, `${says}; size and pace need --write: it ${question.writes}`, sessions, facts)
  })
}

function searchSize(mailbox: ProbedMailbox, { scratch, uploadBytesMax }: Writing): Promise<Measurement> {
  const { connection, mailboxId } = mailbox
  return measuring(question, () =>
    scratch.within(itemFolder(mailboxId), async (folderId) => {
      const session = await beginImport(connection.graph, mailboxId)
      const lifetime = lifetimeOf(mailbox, session)
      const trial = new ImportTrial(mailbox, folderId, session)
      const range = { firstBytes, maxBytes: Math.min(largestBytes, uploadBytesMax), precisionBytes, totalBytesMax: uploadBytesMax }
      const found = await searchLargest((sizeBytes) => trial.isTaken(sizeBytes), range)
      const [throttling] = trial.throttlings
      return measured(
        question,
        [saysOf(found, trial.refusal), lifetime.says, throttlingOf(throttling)].join('; '),
        `${adviceOf(found)} ${sessions}`,
        { ...lifetime.facts, ...factsOf(found, trial) },
      )
    }),
  )
}

function lifetimeOf({ context }: ProbedMailbox, { expiresAtMs }: { readonly expiresAtMs: number }) {
  const minutes = Math.round((expiresAtMs - context.clock.now()) / minuteMs)
  if (Number.isNaN(minutes)) return { says: 'a session does not say how long it lives', facts: {} }
  return { says: `a session lives ${minutes} minutes`, facts: { sessionMinutes: minutes } }
}

function saysOf({ takenBytes, refusedBytes, isCutShort }: FoundLargest, refusal: string): string {
  const taken = takenBytes === 0 ? 'no size was taken' : `${formatBytes(takenBytes)} is taken`
  if (refusedBytes === undefined) return isCutShort ? `${taken}; larger ones may not be sent (--upload-max)` : `${taken}, and larger ones were not tried`
  return `${taken}, ${formatBytes(refusedBytes)} is not (${refusal})`
}

function adviceOf({ takenBytes, refusedBytes }: FoundLargest): string {
  if (refusedBytes === undefined) return `Items up to ${formatBytes(takenBytes)} travel whole.`
  return 'Larger items fail one by one and are listed; raise the limit (Set-Mailbox -MaxReceiveSize 150MB) and measure again.'
}

function throttlingOf(throttling: Throttling | undefined): string {
  if (throttling === undefined) return 'nothing asked to slow down'
  const { afterBytes, afterMs, code, retryAfterMs, status } = throttling
  const wait = retryAfterMs === undefined ? 'to wait, without saying how long' : `to wait ${inSeconds(retryAfterMs)}`
  return `after ${formatBytes(afterBytes)} of bodies in ${inSeconds(afterMs)} Microsoft asked ${wait} (${status} ${code})`
}

function factsOf(found: FoundLargest, { refusal, throttlings }: ImportTrial): Facts {
  const [first] = throttlings
  return {
    takenBytes: found.takenBytes,
    ...(found.refusedBytes !== undefined && { refusedBytes: found.refusedBytes, refusal }),
    sentBytes: found.sentBytes,
    isCutShort: found.isCutShort,
    throttlings: throttlings.length,
    ...(first !== undefined && {
      throttledAfterBytes: first.afterBytes,
      throttledAfterMs: first.afterMs,
      throttledBy: `${first.status} ${first.code}`,
      ...(first.retryAfterMs !== undefined && { retryAfterMs: first.retryAfterMs }),
      throttleHeaders: JSON.stringify(first.headers),
    }),
  }
}

function inSeconds(durationMs: number): string {
  return `${Math.ceil(durationMs / 1000)} s`
}
