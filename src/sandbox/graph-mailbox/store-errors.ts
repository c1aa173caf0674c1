import { FastTransferError } from '../../formats/fast-transfer/fast-transfer-error.ts'
import { JsonRefusal } from '../graph-json/refusal.ts'
import { GraphError } from '../http/graph-error.ts'
import { MailboxError, type MailboxErrorCode } from '../mailbox/errors.ts'

const refusals: Readonly<Record<MailboxErrorCode, readonly [status: number, code: string, message: string]>> = {
  'folder-not-found': [404, 'ErrorItemNotFound', 'The specified object was not found in the store.'],
  'item-not-found': [404, 'ErrorItemNotFound', 'The specified object was not found in the store.'],
  'attachment-not-found': [
    404,
    'ErrorInvalidAttachmentId',
    'The attachment id is invalid, or the attachment was not found.',
  ],
  'folder-exists': [409, 'ErrorFolderExists', 'A folder with the specified name already exists.'],
  'folder-is-default': [403, 'ErrorDeleteDistinguishedFolder', 'Distinguished folders cannot be deleted, moved or renamed.'],
  'folder-name-invalid': [400, 'ErrorInvalidFolderName', 'The folder name is empty or too long.'],
  'folder-too-deep': [400, 'ErrorCreateItemAccessDenied', 'The folder hierarchy is too deep.'],
  'folder-moves-into-itself': [
    400,
    'ErrorMoveCopyFailed',
    'A folder cannot be moved into itself or into one of its sub-folders.',
  ],
  'change-key-stale': [
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  ],
  'message-too-large': [413, 'ErrorMessageSizeExceeded', 'The message exceeds the maximum supported size.'],
  'quota-exceeded': [507, 'ErrorQuotaExceeded', 'The mailbox quota has been exceeded.'],
  'folder-full': [507, 'ErrorQuotaExceeded', 'The folder holds as many items as it may.'],
  'folder-holds-no-items': [400, 'ErrorInvalidRequest', 'Search folders hold no items of their own.'],
}

/** Runs work on a mailbox; what the store or a conversion refuses is refused in Graph's words. */
export function inGraphWords<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof MailboxError) throw toGraphRefusal(error)
    if (error instanceof JsonRefusal) throw new GraphError(error.status, error.code, error.message)
    if (error instanceof FastTransferError)
      throw new GraphError(400, 'ErrorCorruptData', 'The item cannot be stored: it is nested too deep.')
    throw error
  }
}

/** A store's refusal as Graph says it. */
export function toGraphRefusal(error: MailboxError): GraphError {
  const [status, code, message] = refusals[error.code]
  return new GraphError(status, code, message)
}
