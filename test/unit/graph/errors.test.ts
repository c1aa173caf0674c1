import { describe, expect, it } from 'vitest'
import { exportError, importError, saysMissing, transferRows } from '../../../src/connectors/graph/errors.ts'

/** What an item of `exportItems` says, and what it must become. */
const exported: readonly (readonly [code: string, kind: string, error: string])[] = [
  ['ErrorInternalServerTransientError', 'transient', 'graph.unavailable'],
  ['ErrorTimeoutExpired', 'transient', 'graph.unavailable'],
  ['ErrorMailboxStoreUnavailable', 'transient', 'graph.mailbox.unavailable'],
  ['ErrorServerBusy', 'throttled', 'graph.throttled'],
  ['ErrorAccessDenied', 'item', 'graph.item-denied'],
  ['ErrorInvalidIdMalformed', 'item', 'graph.item-unknown'],
  ['ErrorCorruptData', 'item', 'graph.item-corrupt'],
  ['ErrorItemCorrupt', 'item', 'graph.item-corrupt'],
  ['ErrorMessageSizeExceeded', 'item', 'graph.too-large'],
  ['ErrorOfTomorrow', 'transient', 'graph.unclassified'],
  ['', 'transient', 'graph.unclassified'],
]

/** What an import URL answers. */
const imported: readonly (readonly [status: number, code: string, waitMs: number | undefined, kind: string, error: string])[] = [
  [429, 'ApplicationThrottled', 2128, 'throttled', 'graph.throttled'],
  [503, '', 1000, 'throttled', 'graph.busy'],
  [504, 'UnknownError', undefined, 'transient', 'graph.unavailable'],
  [400, 'ErrorCorruptData', undefined, 'item', 'graph.item-corrupt'],
  [400, 'ErrorItemSavePropertyError', undefined, 'item', 'graph.item-denied'],
  [403, 'ErrorAccessDenied', undefined, 'item', 'graph.item-denied'],
  [413, 'ErrorMessageSizeExceeded', undefined, 'item', 'graph.too-large'],
  [507, 'ErrorQuotaExceeded', undefined, 'config', 'graph.quota-exceeded'],
  [404, 'ErrorItemNotFound', undefined, 'item', 'graph.not-found'],
  [400, 'ErrorInvalidRequest', undefined, 'item', 'graph.refused'],
  [302, '', undefined, 'transient', 'graph.unclassified'],
]

const answer = (status: number, code: string) => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify({ error: { code, message: 'names somebody@example.org' } })),
})

describe('what export and import refuse', () => {
  it.each(exported)('an item: %s', (code, kind, error) => {
    expect(exportError(code)).toMatchObject({ kind, code: error })
  })

  it.each(imported)('an import: %s %s', (status, code, waitMs, kind, error) => {
    const said = importError(answer(status, code), waitMs)
    expect(said).toMatchObject({ kind, code: error })
    expect(said.message).not.toContain('somebody')
  })

  it('every row has a line above', () => {
    const known = new Set([...exported.map(([code]) => code), ...imported.map(([, code]) => code)])
    for (const { codes } of transferRows) expect(codes.some((code) => known.has(code)), codes.join()).toBe(true)
  })

  it('what is gone is no error', () => {
    expect([saysMissing('ErrorItemNotFound'), saysMissing('ErrorAccessDenied')]).toEqual([true, false])
  })
})
