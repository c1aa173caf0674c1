import { MigrationError } from '../../../core/errors.ts'

/** What only a real tenant can show (exchange.md 10). */
export interface Question {
  readonly number: number
  /** Stable, for who reads the record. */
  readonly id: string
  readonly name: string
  /** Completes "needs --write: it ...", for what only writing shows. */
  readonly writes: string
}

/** What was seen, for machines. */
export type Facts = Readonly<Record<string, string | number | boolean>>

/** How a question came out. */
export interface Measurement {
  readonly number: number
  readonly id: string
  readonly name: string
  readonly state: 'measured' | 'not-measured'
  /** What was seen, or why nothing was; without its full stop. */
  readonly says: string
  /** What it means for a migration, or what to do to have it measured: a sentence. */
  readonly advice: string
  readonly seen: Facts
}

/** What was found out. */
export function measured({ number, id, name }: Question, says: string, advice: string, seen: Facts): Measurement {
  return { number, id, name, state: 'measured', says, advice, seen }
}

/** What was not, and what to do. */
export function notMeasured({ number, id, name }: Question, says: string, advice: string): Measurement {
  return { number, id, name, state: 'not-measured', says, advice, seen: {} }
}

/** What only writing shows, where nothing may be written. */
export function onlyByWriting(question: Question): Measurement {
  return notMeasured(question, `needs --write: it ${question.writes}`, 'Run it again with --write and the --mailbox to use for it.')
}

/** What looking found, or the operating error that it ran into as the reason why nothing was. */
export async function measuring(question: Question, look: () => Promise<Measurement>): Promise<Measurement> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return notMeasured(question, sentenceOf(error), error.hint)
  }
}

/** What an error says, to be put into a sentence. */
export function sentenceOf(error: MigrationError): string {
  return error.message.replace(/\.$/, '')
}

/** Answers that say what the tenant offers, besides those about an item. */
const answers = new Set(['graph.not-offered', 'graph.mailbox.none', 'graph.no-such-object'])

/**
 * A refusal as something that was seen, in words. Throws everything else: trouble that passes, and a denial to an app whose
 * token does not have the permission either, which says nothing but that.
 */
export function refusalOf(error: unknown, roles: readonly string[], permission: string): string {
  if (!(error instanceof MigrationError)) throw error
  const isAnswer = error.kind === 'item' || answers.has(error.code) || (error.kind === 'auth' && roles.includes(permission))
  if (!isAnswer) throw error
  return sentenceOf(error)
}
