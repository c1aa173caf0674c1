/** Why the store refuses something; each face says it in its protocol's words. */
export type MailboxErrorCode =
  | 'folder-not-found'
  | 'item-not-found'
  | 'attachment-not-found'
  | 'folder-exists'
  | 'folder-is-default'
  | 'folder-name-invalid'
  | 'folder-too-deep'
  | 'folder-moves-into-itself'
  | 'change-key-stale'
  | 'message-too-large'
  | 'quota-exceeded'
  | 'folder-full'
  | 'folder-holds-no-items'

/** Thrown by the mailbox store for what a client did, never for a defect. */
export class MailboxError extends Error {
  readonly code: MailboxErrorCode

  constructor(code: MailboxErrorCode, message: string) {
    super(message)
    this.name = 'MailboxError'
    this.code = code
  }
}
