/** An HTTP request as a fault profile sees it; each part of a `$batch` is one. */
export interface FaultyRequest {
  readonly appId: string
  readonly method: string
  readonly surface: 'mailbox' | 'directory' | 'sign-in'
  readonly mailboxId?: string
  /** Tells the token that the request carries from a later one of the same app. */
  readonly tokenId?: string
  /** What the request continues or uses that may be void: a delta token, an import session's URL. */
  readonly uses?: Voidable
  readonly isBatchPart?: boolean
}

/** What the answer to it would be. */
export interface FaultyAnswer {
  readonly status: number
  /** True when the body is JSON with a `value` list. */
  readonly isPage: boolean
}

/** What a fault can make void for good. */
export type Voidable = 'delta-token' | 'import-session'

/** What is done to an HTTP request instead of, or besides, carrying it out. */
export type HttpFault =
  /** Not carried out; answered by this. What `voids` names never works again, and the client has to get a new one. */
  | {
      readonly type: 'status'
      readonly status: number
      /** Of the error object; a fault without one has an empty body. */
      readonly error?: { readonly code: string; readonly message: string }
      /** For `Retry-After`; absent when there is none. */
      readonly retryAfterS?: number
      readonly voids?: Voidable
    }
  /** Not carried out; the connection is reset. */
  | { readonly type: 'reset' }
  /** Carried out after so long. */
  | { readonly type: 'delay'; readonly delayMs: number }
  /** Carried out; the answer's JSON ends after `"value":[`, with status 200 (exchange.md 3.3). */
  | { readonly type: 'cut-page' }
  /** Carried out; the connection is reset before any of the answer. */
  | { readonly type: 'lose-answer' }

/** An IMAP command as a fault profile sees it. LOGOUT is not asked about. */
export interface FaultyCommand {
  readonly appId: string
  readonly mailboxId: string
  readonly tokenId?: string
  /** In capitals and without UID: `FETCH` for UID FETCH. */
  readonly name: string
}

/** What is done to an IMAP command instead of, or besides, carrying it out. */
export type ImapFault =
  /** Not carried out; answered with its tag, this status and text. */
  | { readonly type: 'refuse'; readonly status: 'NO' | 'BAD'; readonly text: string }
  /** Not carried out; `* BYE` and this text, and the connection is closed. */
  | { readonly type: 'bye'; readonly text: string }
  /** Not carried out; the connection is reset. */
  | { readonly type: 'reset' }
  /** Carried out after so long. */
  | { readonly type: 'delay'; readonly delayMs: number }
  /** Carried out; the connection is reset within the first literal, after this share of its bytes (0 to below 1). */
  | { readonly type: 'cut-literal'; readonly keptShare: number }
  /** Carried out; the connection is reset before any of the answer. */
  | { readonly type: 'lose-answer' }
