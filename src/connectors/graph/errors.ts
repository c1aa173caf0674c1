import { type FailureKind, MigrationError } from '../../core/errors.ts'
import type { HttpAnswer } from '../kit/http/http-client.ts'
import { graphError, readGraphRefusal } from '../kit/microsoft/graph-errors.ts'

/** A row of the translation table: which codes it is for, and what they mean. */
export interface TransferRow {
  readonly codes: readonly string[]
  readonly kind: FailureKind
  readonly error: string
  /** A sentence without its full stop. */
  readonly says: string
  readonly hint: string
}

/**
 * What an item of an `exportItems` answer, or an import URL, says beyond what Graph's own table tells, first match first
 * (exchange.md 2.3). Every row has a test.
 */
export const transferRows: readonly TransferRow[] = [
  {
    codes: ['ErrorInternalServerTransientError', 'ErrorTimeoutExpired', 'ErrorInternalServerError', 'ErrorConnectionFailed', 'ErrorBatchProcessingStopped'],
    kind: 'transient',
    error: 'graph.unavailable',
    says: 'Microsoft cannot do this for the moment',
    hint: 'It is tried again.',
  },
  {
    codes: ['ErrorAccessDenied', 'ErrorItemSavePropertyError'],
    kind: 'item',
    error: 'graph.item-denied',
    says: 'Exchange does not let this item be read or stored',
    hint: 'Look at it with a mail program; an item protected by rights management or a hold may have to stay.',
  },
  {
    codes: ['ErrorInvalidIdMalformed', 'ErrorInvalidId', 'ErrorInvalidIdNotAnItemAttachmentId'],
    kind: 'item',
    error: 'graph.item-unknown',
    says: 'Exchange does not know the item by the id that it gave for it',
    hint: 'Run again: the folder is listed anew.',
  },
]

const missingCodes: ReadonlySet<string> = new Set(['ErrorItemNotFound', 'ErrorObjectNotFound', 'ErrorMessageNotFound'])

/** Whether a code says that the item is not there. */
export function saysMissing(code: string): boolean {
  return missingCodes.has(code)
}

/** The error that one item of an answer with several stands for. */
export function exportError(code: string): MigrationError {
  const row = transferRows.find(({ codes }) => codes.includes(code))
  if (row !== undefined) return toError(row, code)
  return graphError({ status: 200, code, text: '', requestId: '' }, { retryAfterMs: undefined })
}

/** The error that a refusal of an import URL stands for. */
export function importError(answer: HttpAnswer, retryAfterMs: number | undefined): MigrationError {
  const refusal = readGraphRefusal(answer.status, answer.headers, answer.body)
  const row = answer.status === 403 || answer.status === 400 ? transferRows.find(({ codes }) => codes.includes(refusal.code)) : undefined
  return row === undefined ? graphError(refusal, { retryAfterMs }) : toError(row, refusal.code)
}

/** An import URL that is not taken any more, and neither is a new one. */
export function sessionRefused(): MigrationError {
  return new MigrationError('transient', 'graph.import-session-refused', {
    message: 'Microsoft does not take the import session that it has just given.',
    hint: 'It is tried again; if it stays so, look whether a proxy changes requests.',
  })
}

/** A content that is not what it was announced to be. */
export function wrongLength(): MigrationError {
  return new MigrationError('item', 'graph.import.wrong-length', {
    message: 'The content of the item is not as long as the source announced.',
    hint: 'Run again; if it stays so, look at the item at the source.',
  })
}

function toError({ kind, error, says, hint }: TransferRow, code: string): MigrationError {
  return new MigrationError(kind, error, { message: `${says} (${code}).`, hint })
}
