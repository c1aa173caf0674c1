import { MigrationError } from '../../../core/errors.ts'
import { type GraphRow, graphRows, unclassifiedRow } from './graph-error-rows.ts'
import { type JsonObject, readJson } from './read-json.ts'

/** What Graph says when it refuses. */
export interface GraphRefusal {
  readonly status: number
  readonly code: string
  /** May name people and subjects: read, never shown. */
  readonly text: string
  /** By which Microsoft finds the request. */
  readonly requestId: string
}

/** What is known of the request that was refused. */
export interface AboutCall {
  readonly retryAfterMs: number | undefined
  /** What the call needs, as its caller knows it. */
  readonly permission?: string | undefined
  /** What the token says that the app has. */
  readonly granted?: readonly string[]
}

/** Reads a refusal: Graph's envelope, that of a part of a `$batch`, or the one of Outlook's own URLs. */
export function readGraphRefusal(status: number, headers: Readonly<Record<string, string>>, body: Uint8Array | JsonObject): GraphRefusal {
  const json = body instanceof Uint8Array ? readJson(body) : body
  const error = toObject(json?.['error'])
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  return {
    status,
    code: text(error?.['code']),
    text: text(error?.['message']) || text(json?.['Message']),
    requestId: /^[0-9a-f-]{36}$/i.exec(headers['request-id'] ?? '')?.[0] ?? '',
  }
}

/** The error that a refusal stands for, by the table of `graph-error-rows.ts`. */
export function graphError(refusal: GraphRefusal, about: AboutCall): MigrationError {
  const row = findGraphRow(refusal, about.retryAfterMs !== undefined)
  const { status, requestId } = refusal
  const code = /^[\w.-]{1,80}$/.exec(refusal.code)?.[0] ?? ''
  const id = requestId === '' ? '' : `, request-id ${requestId}`
  return new MigrationError(row.kind, row.error, {
    message: `${saysOf(row, about)} (${code === '' ? `HTTP ${status}` : `${status} ${code}`}).`,
    hint: row.hint,
    retryAfterMs: row.kind === 'throttled' || row.kind === 'transient' ? about.retryAfterMs : undefined,
    cause: new Error(`Graph answered ${status} ${code || 'without a code'}${id}`),
  })
}

/** The first row that fits a refusal, else the one for what no row is for. */
export function findGraphRow(refusal: GraphRefusal, asksToWait: boolean): GraphRow {
  return graphRows.find(({ when }) => fits(when, refusal, asksToWait)) ?? unclassifiedRow
}

/** A missing permission is named where it is known. */
function saysOf(row: GraphRow, { permission, granted }: AboutCall): string {
  const isDenied = row.error === 'graph.mailbox.denied' || row.error === 'graph.permission-missing'
  if (!isDenied || permission === undefined || granted === undefined) return row.says
  return granted.includes(permission)
    ? `${row.says}, although it has the permission ${permission}`
    : `The app lacks the permission ${permission}`
}

function fits(when: GraphRow['when'], { status, code, text }: GraphRefusal, asksToWait: boolean): boolean {
  return (
    (when.statuses === undefined || when.statuses.includes(status)) &&
    (when.statusMin === undefined || status >= when.statusMin) &&
    (when.codes === undefined || when.codes.some((one) => one.toLowerCase() === code.toLowerCase())) &&
    (when.text === undefined || when.text.test(text)) &&
    (when.asksToWait === undefined || asksToWait)
  )
}

function toObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined
}
