import { MigrationError } from '../../core/errors.ts'
import { connectionError } from './connection-errors.ts'
import { findAnswerRow } from './error-rows.ts'
import type { Failure, Place } from './protocol/failure.ts'
import { printable } from './protocol/garbage.ts'
import type { StatusResponse } from './protocol/response.ts'

/** What was asked when the server answered NO, BAD or BYE. */
export interface Asked {
  /** The command's name without UID: `LOGIN` (for every way to log in), `EXAMINE`, `FETCH`, `APPEND`, ... */
  readonly command: string
  /** What an OAuth server said of the token; see `LoginAnswer`. */
  readonly detail?: string
}

const textLengthMax = 160

/**
 * The error an answer other than OK stands for, by the first row of the table that matches. The server's own words are
 * part of the message, except at a login: some servers repeat what they were sent.
 */
export function answerError(answer: StatusResponse, asked: Asked): MigrationError {
  const seen = {
    command: asked.command,
    status: answer.status,
    code: answer.code?.name ?? '',
    text: `${answer.text} ${asked.detail ?? ''}`.trim(),
  }
  const row = findAnswerRow(seen)
  const words = asked.command === 'LOGIN' ? '' : printable(answer.text, textLengthMax)
  if (row === undefined) return unclassified(seen.command, answer.status, words)
  return new MigrationError(row.kind, row.error, {
    message: words === '' ? `${row.says}.` : `${row.says}: "${words}".`,
    hint: row.hint,
    retryAfterMs: row.retryAfterMs?.(seen.text),
  })
}

function unclassified(command: string, status: string, words: string): MigrationError {
  return new MigrationError('transient', 'imap.unclassified', {
    message: `The server answered ${status} to ${command}${words === '' ? '' : `: "${words}"`}.`,
    hint: 'It is tried again. If it stays so, ask who runs the server what this answer means.',
  })
}

/** The error the end of a connection stands for; a BYE is read like an answer. */
export function toMigrationError(failure: Failure, place: Place): MigrationError {
  return failure.type === 'bye' ? answerError(failure.answer, { command: 'BYE' }) : connectionError(failure, place)
}
