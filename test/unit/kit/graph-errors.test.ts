import { describe, expect, it } from 'vitest'
import { graphRows } from '../../../src/connectors/kit/microsoft/graph-error-rows.ts'
import { findGraphRow, graphError, readGraphRefusal } from '../../../src/connectors/kit/microsoft/graph-errors.ts'

/** Status, Graph's code, its text, `Retry-After`, and what it must become. */
const answers: readonly (readonly [status: number, code: string, text: string, waitMs: number | undefined, kind: string, error: string])[] = [
  [429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', 2128, 'throttled', 'graph.throttled'],
  [429, '', '', undefined, 'throttled', 'graph.throttled'],
  [200, 'TooManyRequests', '', 1000, 'throttled', 'graph.throttled'],
  [503, 'MailboxInfoStale', '', 1500, 'throttled', 'graph.busy'],
  [504, 'UnknownError', '', 1500, 'throttled', 'graph.busy'],
  [503, 'MailboxInfoStale', '', undefined, 'transient', 'graph.mailbox.unavailable'],
  [503, '', '', undefined, 'transient', 'graph.unavailable'],
  [504, 'UnknownError', '', undefined, 'transient', 'graph.unavailable'],
  [500, 'ErrorInternalServerTransientError', '', undefined, 'transient', 'graph.unavailable'],
  [507, 'ErrorRulesOverQuota', '', undefined, 'item', 'graph.rules-over-quota'],
  [403, 'Directory_QuotaExceeded', '', undefined, 'config', 'graph.directory-full'],
  [507, 'ErrorQuotaExceeded', '', undefined, 'config', 'graph.quota-exceeded'],
  [400, 'ErrorQuotaExceeded', '', undefined, 'config', 'graph.quota-exceeded'],
  [413, '', '', undefined, 'item', 'graph.too-large'],
  [400, 'ErrorMessageSizeExceeded', '', undefined, 'item', 'graph.too-large'],
  [404, 'MailboxNotEnabledForRESTAPI', '', undefined, 'config', 'graph.mailbox.none'],
  [404, 'ErrorInvalidUser', '', undefined, 'config', 'graph.no-such-object'],
  [404, 'Request_ResourceNotFound', '', undefined, 'config', 'graph.no-such-object'],
  [401, 'InvalidAuthenticationToken', '', undefined, 'auth', 'graph.token-refused'],
  [403, 'ErrorDeleteDistinguishedFolder', '', undefined, 'item', 'graph.refused'],
  [403, 'ErrorAccessDenied', '', undefined, 'auth', 'graph.mailbox.denied'],
  [403, 'Authorization_RequestDenied', '', undefined, 'auth', 'graph.permission-missing'],
  [410, 'SyncStateNotFound', '', undefined, 'transient', 'graph.sync-state-lost'],
  [400, 'SyncStateInvalid', '', undefined, 'transient', 'graph.sync-state-lost'],
  [400, 'ErrorInvalidIdMalformed', '', undefined, 'item', 'graph.id-malformed'],
  [404, 'ErrorItemNotFound', '', undefined, 'item', 'graph.not-found'],
  [412, 'ErrorIrresolvableConflict', '', undefined, 'item', 'graph.changed-meanwhile'],
  [409, 'ErrorIrresolvableConflict', '', undefined, 'item', 'graph.changed-meanwhile'],
  [409, 'ErrorFolderExists', '', undefined, 'item', 'graph.exists'],
  [400, 'BadRequest', "Resource not found for the segment 'exchange'.", undefined, 'config', 'graph.not-offered'],
  [400, 'ErrorCorruptData', '', undefined, 'item', 'graph.item-corrupt'],
  [400, 'ErrorInvalidArgument', '', undefined, 'item', 'graph.refused'],
  [423, '', '', undefined, 'transient', 'graph.unavailable'],
  [302, '', '', undefined, 'transient', 'graph.unclassified'],
]

const refusal = (status: number, code: string, text: string) =>
  readGraphRefusal(status, { 'request-id': '0b5bb1d3-4d2a-4f0b-9a7e-5a4c6a0c3f11' }, { error: { code, message: text } })

describe('a refusal of Graph', () => {
  it.each(answers)('%i %s %s (wait %s)', (status, code, text, retryAfterMs, kind, error) => {
    const made = graphError(refusal(status, code, text), { retryAfterMs })
    expect([made.kind, made.code]).toEqual([kind, error])
    expect(made.retryAfterMs).toBe(kind === 'throttled' || kind === 'transient' ? retryAfterMs : undefined)
    expect(String(made.cause)).toContain('0b5bb1d3')
  })

  it('names the permission that is missing, or says that it is not that', () => {
    const denied = refusal(403, 'ErrorAccessDenied', '')
    const about = { retryAfterMs: undefined, permission: 'MailboxItem.Export.All' }
    expect(graphError(denied, { ...about, granted: ['User.Read.All'] }).message).toContain('lacks the permission MailboxItem.Export.All')
    expect(graphError(denied, { ...about, granted: ['MailboxItem.Export.All'] }).message).toContain('although it has')
  })

  it('shows neither the text nor a code that is none', () => {
    const made = graphError(refusal(400, 'Ada Lovelace <ada@contoso.example>', 'Quarterly figures'), { retryAfterMs: undefined })
    expect(`${made.message} ${made.hint} ${String(made.cause)}`).not.toMatch(/ada|quarterly/i)
  })

  it('is read from what is no envelope too', () => {
    expect(readGraphRefusal(500, {}, Buffer.from('<html>'))).toEqual({ status: 500, code: '', text: '', requestId: '' })
    expect(readGraphRefusal(409, {}, { Message: 'Invalid import session.' }).text).toBe('Invalid import session.')
  })

  it('is tested row by row', () => {
    const used = new Set(answers.map(([status, code, text, waitMs]) => findGraphRow(refusal(status, code, text), waitMs !== undefined)))
    const coversNone = graphRows.filter((row) => !used.has(row)).map((row) => `${row.error} ${JSON.stringify(row.when)}`)
    expect(coversNone).toEqual([])
  })
})
