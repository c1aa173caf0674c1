import type { MigrationError } from '../../../core/errors.ts'
import type { StatusResponse } from './response.ts'

/** How the connection is secured: TLS from the first byte, TLS by STARTTLS, or not at all. */
export type Security = 'tls' | 'starttls' | 'plain'

/** How a connection came to its end, in the wire's words. */
export type Failure =
  /** The socket or TLS failed; `isOpen` once greeting and TLS were done. */
  | { readonly type: 'socket'; readonly cause: Error; readonly isOpen: boolean }
  /** No connection, no greeting within the time allowed. */
  | { readonly type: 'connect-timeout'; readonly timeoutMs: number; readonly isConnected: boolean }
  /** Commands were outstanding and no byte moved. */
  | { readonly type: 'idle-timeout'; readonly timeoutMs: number }
  /** The server closed without a word. */
  | { readonly type: 'closed'; readonly isOpen: boolean }
  /** The server said BYE, possibly instead of a greeting. */
  | { readonly type: 'bye'; readonly answer: StatusResponse }
  /** STARTTLS was asked for and is not to be had. */
  | { readonly type: 'no-starttls'; readonly reason: string }
  /** What should have been a greeting is none. */
  | { readonly type: 'no-greeting'; readonly found: string }

/** Where a connection goes, for errors. */
export interface Place {
  readonly host: string
  readonly port: number
  readonly security: Security
  /** A connection to it has worked before, so that host, port and certificate are right. */
  readonly wasReached?: boolean
}

/** Turns a failure into the error that everybody waiting gets; the connector's translation table (`errors.ts`). */
export type TranslateFailure = (failure: Failure, place: Place) => MigrationError
