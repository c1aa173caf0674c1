import { MigrationError } from '../../../../core/errors.ts'
import type { JsonObject } from '../read-json.ts'
import { findSignInRow } from './sign-in-error-rows.ts'

/** What the sign-in says when it refuses. */
export interface SignInAnswer {
  readonly status: number
  /** RFC 6749's or Microsoft's own: `invalid_client`. */
  readonly error: string
  /** The number after `AADSTS`; 0 when there is none. */
  readonly code: number
  /** Names apps, tenants and users: read, never shown. */
  readonly description: string
  /** By which Microsoft finds the sign-in. */
  readonly correlationId: string
}

/** Reads a refusal: the JSON of the token endpoint, or the parameters of a redirect. */
export function readSignInError(status: number, body: JsonObject | undefined): SignInAnswer {
  const text = (name: string): string => (typeof body?.[name] === 'string' ? body[name] : '')
  const description = text('error_description')
  const codes = body?.['error_codes']
  const listed: unknown = Array.isArray(codes) ? codes[0] : undefined
  const written = /AADSTS(\d+)/.exec(description)?.[1]
  return {
    status,
    error: text('error'),
    code: Number(written ?? listed ?? 0) || 0,
    description,
    correlationId: /^[0-9a-f-]{36}$/i.exec(text('correlation_id'))?.[0] ?? '',
  }
}

/** The error that a refused sign-in stands for, by the table of `sign-in-error-rows.ts`. `isApp`: no user was involved. */
export function signInError(
  answer: SignInAnswer,
  about: { readonly isApp: boolean; readonly retryAfterMs?: number | undefined },
): MigrationError {
  const row = findSignInRow(answer, about.isApp)
  const number = answer.code === 0 ? `HTTP ${answer.status}` : `AADSTS${answer.code}`
  const id = answer.correlationId === '' ? '' : `, correlation id ${answer.correlationId}`
  return new MigrationError(row.kind, row.error, {
    message: `${row.says} (${number}).`,
    hint: row.hint,
    retryAfterMs: about.retryAfterMs,
    cause: new Error(`the sign-in answered ${answer.status} ${answer.error || 'without a reason'}${id}`),
  })
}
