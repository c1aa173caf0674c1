/** Who or what an operating error touches; the core decides by it alone (`core/pass/decide.ts`). */
export type FailureKind = 'transient' | 'throttled' | 'item' | 'auth' | 'config'

/** The one code that connectors share: the server lets no further session in; kind `throttled`. */
export const sessionsLimitedCode = 'sessions-limited'

/**
 * An operating error: expected, typed at the edge by a connector, decided once in the core. Anything else that is
 * thrown is a defect. `message` and `hint` are one clear sentence each and hold no secret, no subject and no stack.
 */
export class MigrationError extends Error {
  readonly kind: FailureKind
  /** Stable and documented, for example `imap.append.over-quota`. */
  readonly code: string
  /** What the operator can do. */
  readonly hint: string
  /** What the server asked for, when it asked. */
  readonly retryAfterMs: number | undefined

  constructor(
    kind: FailureKind,
    code: string,
    fields: { message: string; hint: string; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(fields.message, { cause: fields.cause })
    this.name = 'MigrationError'
    this.kind = kind
    this.code = code
    this.hint = fields.hint
    this.retryAfterMs = fields.retryAfterMs
  }
}

/** Whether a side let no further session in. */
export function isSessionsLimited(error: unknown): boolean {
  return error instanceof MigrationError && error.code === sessionsLimitedCode
}
