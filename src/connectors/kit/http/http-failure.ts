/** How an exchange over HTTP failed; what the server answered, whatever its status, is no failure. */
export type HttpFailure =
  /** `wasSent`: the server may have begun to carry the request out. */
  | { readonly type: 'socket'; readonly cause: Error; readonly wasSent: boolean }
  | { readonly type: 'connect-timeout'; readonly timeoutMs: number }
  /** Nothing went in either direction for so long. */
  | { readonly type: 'silence'; readonly timeoutMs: number }
  /** The answer ended before it was whole. */
  | { readonly type: 'cut-short' }
  | { readonly type: 'too-large'; readonly bytesMax: number }
  /** What answers does not speak HTTP. */
  | { readonly type: 'not-http'; readonly cause: Error }
  | { readonly type: 'closed' }

/** Where a request went. */
export interface HttpPlace {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  /** Something has answered there before. */
  readonly wasReached: boolean
}
