import type { FaultProfile } from './fault-profile.ts'
import type { FaultyAnswer, FaultyCommand, FaultyRequest, HttpFault, ImapFault } from './faults.ts'
import { noneProfile } from './none-profile.ts'
import type { Random } from './random.ts'

/** How often things break in the profile `flaky`. */
export interface FlakySettings {
  /** What the usual share of each fault is multiplied by; 0 is none, up to 10. */
  readonly intensity: number
}

/** What holds when nothing is set. */
export const flakyDefaults: FlakySettings = { intensity: 1 }

/** One way to fail: how often, where, and as what. */
interface Mishap<Subject, Fault> {
  readonly share: number
  readonly happensTo: (subject: Subject) => boolean
  readonly toFault: (random: Random) => Fault
}

type AnsweredRequest = FaultyRequest & FaultyAnswer
type AnsweredCommand = FaultyCommand & { readonly hasLiteral: boolean }

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD'
/** Within a `$batch` a part fails by its status and body; the connection is that of the whole. */
const standsAlone = ({ isBatchPart }: FaultyRequest): boolean => isBatchPart !== true

/** exchange.md 4.1 (503, 504, transient 500, empty body), 3.3 (lost delta tokens), 2.3 (import sessions). */
const requestMishaps: readonly Mishap<FaultyRequest, HttpFault>[] = [
  {
    share: 0.01,
    happensTo: () => true,
    toFault: (random) => ({
      type: 'status',
      status: 503,
      error: { code: 'MailboxInfoStale', message: "Target resource is currently on backend 'Unknown'." },
      retryAfterS: Math.ceil(500 + random.next() * 4_500) / 1_000,
    }),
  },
  {
    share: 0.005,
    happensTo: () => true,
    toFault: () => ({ type: 'status', status: 503, error: { code: 'UnknownError', message: '' } }),
  },
  {
    share: 0.003,
    happensTo: () => true,
    toFault: () => ({ type: 'status', status: 504, error: { code: 'UnknownError', message: '' } }),
  },
  {
    share: 0.002,
    happensTo: () => true,
    toFault: (random) => ({
      type: 'status',
      status: 504,
      error: { code: 'UnknownError', message: '' },
      retryAfterS: Math.ceil(500 + random.next() * 4_500) / 1_000,
    }),
  },
  {
    share: 0.01,
    happensTo: ({ surface }) => surface === 'mailbox',
    toFault: () => ({
      type: 'status',
      status: 500,
      error: {
        code: 'ErrorInternalServerTransientError',
        message: 'An internal server error occurred. Try again later.',
      },
    }),
  },
  { share: 0.005, happensTo: standsAlone, toFault: () => ({ type: 'status', status: 503 }) },
  { share: 0.005, happensTo: standsAlone, toFault: () => ({ type: 'reset' }) },
  {
    share: 0.02,
    happensTo: ({ uses }) => uses === 'delta-token',
    toFault: (random) => ({
      type: 'status',
      status: 410,
      error:
        random.next() < 0.5
          ? { code: 'SyncStateNotFound', message: 'The sync state generation is not found.' }
          : { code: 'ResyncRequired', message: 'Resync is required.' },
      voids: 'delta-token',
    }),
  },
  {
    share: 0.01,
    happensTo: ({ uses }) => uses === 'import-session',
    toFault: () => ({
      type: 'status',
      status: 401,
      error: { code: 'InvalidImportSession', message: 'Invalid import session.' },
      voids: 'import-session',
    }),
  },
]

/** exchange.md 3.3 (cut pages), 4.1 (a timed-out POST may have succeeded). */
const answerMishaps: readonly Mishap<AnsweredRequest, HttpFault>[] = [
  {
    share: 0.02,
    happensTo: (answered) =>
      standsAlone(answered) && answered.isPage && answered.status === 200 && isReading(answered.method),
    toFault: () => ({ type: 'cut-page' }),
  },
  {
    share: 0.01,
    happensTo: (answered) => standsAlone(answered) && !isReading(answered.method) && answered.status < 300,
    toFault: () => ({ type: 'lose-answer' }),
  },
]

const commandMishaps: readonly Mishap<FaultyCommand, ImapFault>[] = [
  { share: 0.004, happensTo: () => true, toFault: () => ({ type: 'bye', text: 'Connection is closed. 13' }) },
  { share: 0.003, happensTo: () => true, toFault: () => ({ type: 'reset' }) },
  {
    share: 0.005,
    happensTo: () => true,
    toFault: () => ({ type: 'refuse', status: 'NO', text: 'Server Unavailable. 15' }),
  },
]

const commandsWithEffect: ReadonlySet<string> = new Set([
  'APPEND',
  'COPY',
  'CREATE',
  'DELETE',
  'EXPUNGE',
  'MOVE',
  'RENAME',
  'STORE',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
])

const imapAnswerMishaps: readonly Mishap<AnsweredCommand, ImapFault>[] = [
  {
    share: 0.01,
    happensTo: ({ hasLiteral }) => hasLiteral,
    toFault: (random) => ({ type: 'cut-literal', keptShare: random.next() }),
  },
  { share: 0.01, happensTo: ({ name }) => commandsWithEffect.has(name), toFault: () => ({ type: 'lose-answer' }) },
]

/**
 * A tenant in which now and then something breaks, each request by itself: a retry has the same chances again. Sign-in
 * stays as it is.
 */
export function createFlakyProfile(random: Random, { intensity }: FlakySettings): FaultProfile {
  const draw = <Subject, Fault>(mishaps: readonly Mishap<Subject, Fault>[], subject: Subject): Fault | undefined => {
    let left = random.next()
    for (const { share, happensTo, toFault } of mishaps) {
      if (!happensTo(subject)) continue
      left -= share * intensity
      if (left < 0) return toFault(random)
    }
    return undefined
  }
  return {
    ...noneProfile,
    http: {
      before: (request) => (request.surface === 'sign-in' ? undefined : draw(requestMishaps, request)),
      after: (request, answer) =>
        request.surface === 'sign-in' ? undefined : draw(answerMishaps, { ...request, ...answer }),
    },
    imap: {
      before: (command) => draw(commandMishaps, command),
      after: (command, answer) => draw(imapAnswerMishaps, { ...command, ...answer }),
    },
  }
}
