/** The way to a client. */
export interface SessionOutput {
  write(bytes: Buffer): void
  /** Undefined while more may be written; otherwise when that is so again. */
  drained(): Promise<void> | undefined
  /** Whether the client's bytes are left where they are for now. May be called again. */
  setHeld(isHeld: boolean): void
  /** Sends what was written and closes. */
  end(): void
  /** Closes at once; what was not sent is lost. */
  reset(): void
  /** Goes on in TLS after what was written; only where it was announced. */
  startTls(): void
}
