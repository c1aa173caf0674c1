import type { FailureKind } from '../../../core/errors.ts'

/** A row of the translation table: which answers it is for, and what they mean. */
export interface GraphRow {
  /** All that are given must hold. */
  readonly when: {
    readonly statuses?: readonly number[]
    readonly statusMin?: number
    /** Graph's `error.code`; case does not matter. */
    readonly codes?: readonly string[]
    readonly text?: RegExp
    readonly asksToWait?: true
  }
  readonly kind: FailureKind
  readonly error: string
  /** A sentence without its full stop. */
  readonly says: string
  readonly hint: string
}

const waits = 'Nothing to do: the work goes on by itself, more slowly.'
const again = 'It is tried again.'

/**
 * What Graph answers and what it means, first match first (exchange.md 2.3, 3.3, 4.1, 5.3, 6.2). Every row has a test.
 */
export const graphRows: readonly GraphRow[] = [
  // --- asked to slow down ----------------------------------------------------------------------------------------------
  {
    when: { statuses: [429] },
    kind: 'throttled',
    error: 'graph.throttled',
    says: 'Microsoft asks to slow down',
    hint: waits,
  },
  {
    when: { codes: ['TooManyRequests', 'ApplicationThrottled', 'ErrorServerBusy', 'ErrorExceededConnectionCount'] },
    kind: 'throttled',
    error: 'graph.throttled',
    says: 'Microsoft asks to slow down',
    hint: waits,
  },
  {
    when: { statuses: [500, 502, 503, 504], asksToWait: true },
    kind: 'throttled',
    error: 'graph.busy',
    says: 'Microsoft is busy and asks to wait',
    hint: waits,
  },
  // --- room and size ---------------------------------------------------------------------------------------------------
  {
    when: { codes: ['ErrorRulesOverQuota'] },
    kind: 'item',
    error: 'graph.rules-over-quota',
    says: 'The rules of the mailbox take more room than Exchange gives them',
    hint: 'Remove rules that are not needed any more, or set the rest up by hand.',
  },
  {
    when: { codes: ['Directory_QuotaExceeded'] },
    kind: 'config',
    error: 'graph.directory-full',
    says: 'The directory of the tenant may hold no more objects',
    hint: 'Remove what is not needed, the deleted objects too, or verify a domain of your own, which raises the limit.',
  },
  {
    when: { statuses: [507] },
    kind: 'config',
    error: 'graph.quota-exceeded',
    says: 'The mailbox is full',
    hint: 'Make room, assign a licence with a larger mailbox, or switch its archive on; then run again: it goes on where it stopped.',
  },
  {
    when: { codes: ['ErrorQuotaExceeded', 'ErrorMailboxQuotaExceeded'] },
    kind: 'config',
    error: 'graph.quota-exceeded',
    says: 'The mailbox is full',
    hint: 'Make room, assign a licence with a larger mailbox, or switch its archive on; then run again: it goes on where it stopped.',
  },
  {
    when: { statuses: [413] },
    kind: 'item',
    error: 'graph.too-large',
    says: 'The item is larger than Microsoft accepts',
    hint: 'Raise the mailbox\'s limit (Set-Mailbox -MaxReceiveSize 150MB), or leave the item out.',
  },
  {
    when: { codes: ['ErrorMessageSizeExceeded', 'ErrorAttachmentSizeLimitExceeded', 'RequestEntityTooLarge'] },
    kind: 'item',
    error: 'graph.too-large',
    says: 'The item is larger than Microsoft accepts',
    hint: 'Raise the mailbox\'s limit (Set-Mailbox -MaxReceiveSize 150MB), or leave the item out.',
  },
  // --- the mailbox -----------------------------------------------------------------------------------------------------
  {
    when: { codes: ['MailboxNotEnabledForRESTAPI', 'MailboxNotSupportedForRESTAPI', 'ErrorNonExistentMailbox'] },
    kind: 'config',
    error: 'graph.mailbox.none',
    says: 'The user has no mailbox in Exchange Online',
    hint: 'Assign a licence with Exchange Online and wait until the mailbox is there; one that is still on your own servers is read by EWS.',
  },
  {
    when: { codes: ['ErrorInvalidUser', 'Request_ResourceNotFound', 'ResourceNotFound'], statuses: [404] },
    kind: 'config',
    error: 'graph.no-such-object',
    says: 'The tenant has no such user or object',
    hint: 'Check the address; somebody who was created a moment ago is known everywhere after some minutes.',
  },
  {
    when: { codes: ['ErrorMailboxMoveInProgress', 'ErrorMailboxStoreUnavailable', 'MailboxInfoStale', 'ErrorMailboxFailover'] },
    kind: 'transient',
    error: 'graph.mailbox.unavailable',
    says: 'The mailbox is not available for the moment',
    hint: again,
  },
  // --- who may what ----------------------------------------------------------------------------------------------------
  {
    when: { statuses: [401] },
    kind: 'auth',
    error: 'graph.token-refused',
    says: 'Microsoft refuses the access token, and a new one too',
    hint: 'Check the endpoint (mailvan endpoint check NAME): the app may have been disabled, or is of another tenant.',
  },
  {
    when: { statuses: [403], codes: ['ErrorDeleteDistinguishedFolder', 'ErrorCannotDeleteObject'] },
    kind: 'item',
    error: 'graph.refused',
    says: 'Microsoft does not allow this change',
    hint: 'Do it by hand if it is needed.',
  },
  {
    when: { statuses: [403], codes: ['ErrorAccessDenied', 'ErrorAccessDeniedByApplicationPolicy', 'AccessDenied'] },
    kind: 'auth',
    error: 'graph.mailbox.denied',
    says: 'The app may not do this in the mailbox',
    hint: 'Grant the permission (mailvan endpoint check NAME shows which), or widen the scope that Exchange\'s RBAC for Applications gives the app.',
  },
  {
    when: { statuses: [403] },
    kind: 'auth',
    error: 'graph.permission-missing',
    says: 'The app lacks a permission for this',
    hint: 'See which with mailvan endpoint check NAME, and have it granted with mailvan endpoint bootstrap NAME.',
  },
  // --- what is asked for -----------------------------------------------------------------------------------------------
  {
    when: { statuses: [410] },
    kind: 'transient',
    error: 'graph.sync-state-lost',
    says: 'Microsoft has forgotten the place from which changes were asked for',
    hint: 'Nothing to do: the folder is listed anew.',
  },
  {
    when: { codes: ['SyncStateInvalid', 'SyncStateNotFound', 'ResyncRequired', 'ErrorInvalidSyncStateData'] },
    kind: 'transient',
    error: 'graph.sync-state-lost',
    says: 'Microsoft has forgotten the place from which changes were asked for',
    hint: 'Nothing to do: the folder is listed anew.',
  },
  {
    when: { codes: ['ErrorInvalidIdMalformed', 'ErrorInvalidId'] },
    kind: 'item',
    error: 'graph.id-malformed',
    says: 'Microsoft does not know such an id',
    hint: 'Run again: the folder is listed anew.',
  },
  {
    when: { statuses: [404] },
    kind: 'item',
    error: 'graph.not-found',
    says: 'It is not there any more',
    hint: 'It may have been deleted or moved meanwhile; the next pass shows.',
  },
  {
    when: { statuses: [412] },
    kind: 'item',
    error: 'graph.changed-meanwhile',
    says: 'It was changed by somebody else meanwhile',
    hint: 'The next pass takes it up again.',
  },
  {
    when: { codes: ['ErrorIrresolvableConflict'] },
    kind: 'item',
    error: 'graph.changed-meanwhile',
    says: 'It was changed by somebody else meanwhile',
    hint: 'The next pass takes it up again.',
  },
  {
    when: { statuses: [409] },
    kind: 'item',
    error: 'graph.exists',
    says: 'It exists already',
    hint: 'Look at what is there; it was not changed.',
  },
  {
    when: { statuses: [400], codes: ['BadRequest', 'Request_UnsupportedQuery'], text: /resource not found for the segment/i },
    kind: 'config',
    error: 'graph.not-offered',
    says: 'This interface is not offered by the tenant\'s cloud',
    hint: 'Use another way for this work: mailvan endpoint check NAME shows which there are.',
  },
  {
    when: { codes: ['ErrorCorruptData', 'ErrorItemCorrupt', 'ErrorMimeContentInvalid', 'ErrorMimeContentInvalidBase64String', 'ErrorContentConversionFailed'] },
    kind: 'item',
    error: 'graph.item-corrupt',
    says: 'Exchange cannot store or read the item as it is',
    hint: 'Look at it at the source with a mail program; it can be moved by hand or left out.',
  },
  {
    when: { statuses: [400, 405, 406, 411, 415, 416, 422] },
    kind: 'item',
    error: 'graph.refused',
    says: 'Microsoft refuses the request',
    hint: 'Look at the item with a mail program; if nothing is wrong with it, tell us the code that is named.',
  },
  // --- trouble of Microsoft's ------------------------------------------------------------------------------------------
  {
    when: { statuses: [408, 423, 424] },
    kind: 'transient',
    error: 'graph.unavailable',
    says: 'Microsoft cannot do this for the moment',
    hint: again,
  },
  {
    when: { statusMin: 500 },
    kind: 'transient',
    error: 'graph.unavailable',
    says: 'Microsoft cannot do this for the moment',
    hint: again,
  },
]

/** For what no row is for. */
export const unclassifiedRow: GraphRow = {
  when: {},
  kind: 'transient',
  error: 'graph.unclassified',
  says: 'Microsoft answered in a way that is not known to this program',
  hint: 'Tell us about it, with the code that is named.',
}
