import { type FailureKind, MigrationError } from '../../../core/errors.ts'
import type { JsonObject } from './read-json.ts'

/** A row of the translation table: which refusals it is for, and what they mean. */
export interface ExchangeRow {
  /** All that are given must hold. */
  readonly when: { readonly statuses?: readonly number[]; readonly statusMin?: number; readonly text?: RegExp }
  readonly kind: FailureKind
  readonly error: string
  /** Goes before the command's name; `hint` says what to do. */
  readonly says: string
  readonly hint: string
}

/**
 * What Exchange's administration answers and what it means, first match first. Its texts are
 * `Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|...`, in `error.details`.
 */
export const exchangeRows: readonly ExchangeRow[] = [
  {
    when: { statuses: [429] },
    kind: 'throttled',
    error: 'exchange.throttled',
    says: 'Exchange asks to slow down with',
    hint: 'Nothing to do: the work goes on by itself, more slowly.',
  },
  {
    when: { text: /ManagementObjectNotFoundException|ADNoSuchObjectException|couldn.t be found/i },
    kind: 'item',
    error: 'exchange.not-found',
    says: 'Exchange does not find what is named in',
    hint: 'Check the address; what was made a moment ago is known everywhere after some minutes.',
  },
  {
    when: { text: /ProxyAddressExistsException|WLCDManagedMemberExistsException|already being used by the proxy addresses/i },
    kind: 'item',
    error: 'exchange.address-taken',
    says: 'Another recipient of the tenant has an address that is named in',
    hint: 'Free the address where it is, or leave it there.',
  },
  {
    when: { text: /NotAcceptedDomainException|not an accepted domain/i },
    kind: 'item',
    error: 'exchange.domain-foreign',
    says: 'The tenant does not accept mail for a domain that is named in',
    hint: 'Add and verify the domain in the tenant first.',
  },
  {
    when: { text: /being synchroni[sz]ed from your on-premises/i },
    kind: 'config',
    error: 'exchange.synchronised',
    says: 'Your own Active Directory looks after what is named in',
    hint: 'Change it there; the next synchronisation brings it along.',
  },
  {
    when: { text: /AlreadyExistsException|already exists|already (?:been )?(?:assigned|a member)|NonUnique/i },
    kind: 'item',
    error: 'exchange.exists',
    says: 'It is there already, says Exchange to',
    hint: 'Nothing to do.',
  },
  {
    when: { text: /CommandNotFoundException|isn.t recognized|role.*(?:isn.t|not) assigned/i },
    kind: 'auth',
    error: 'exchange.role-missing',
    says: 'Who is signed in has no role in Exchange for',
    hint: 'Sign in as an Exchange Administrator or Global Administrator; for an app, assign it the role Exchange Administrator.',
  },
  {
    when: { statuses: [401, 403] },
    kind: 'auth',
    error: 'exchange.denied',
    says: 'Exchange does not allow',
    hint: 'Sign in as an Exchange Administrator or Global Administrator; for an app, grant Exchange.ManageAsApp and the role Exchange Administrator.',
  },
  {
    when: { statusMin: 500, text: /TransientException|ServerBusy|timed? ?out|MapiExceptionNetworkError/i },
    kind: 'transient',
    error: 'exchange.unavailable',
    says: 'Exchange cannot do for the moment:',
    hint: 'It is tried again.',
  },
  {
    when: { statuses: [408, 502, 503, 504] },
    kind: 'transient',
    error: 'exchange.unavailable',
    says: 'Exchange cannot do for the moment:',
    hint: 'It is tried again.',
  },
  {
    when: { text: /\|/ },
    kind: 'item',
    error: 'exchange.refused',
    says: 'Exchange refuses',
    hint: "Run the same command in Exchange's own PowerShell: it says there what is wrong.",
  },
  {
    when: { statuses: [400, 404, 405, 409] },
    kind: 'item',
    error: 'exchange.refused',
    says: 'Exchange refuses',
    hint: "Run the same command in Exchange's own PowerShell: it says there what is wrong.",
  },
]

const unclassified: ExchangeRow = {
  when: {},
  kind: 'transient',
  error: 'exchange.unclassified',
  says: 'Exchange answered in a way that is not known to this program to',
  hint: "Run the same command in Exchange's own PowerShell, and tell us about it.",
}

/** The error that a refused command stands for. What Exchange says names people: it is read, never shown. */
export function exchangeError(
  status: number,
  json: JsonObject | undefined,
  about: { readonly command: string; readonly retryAfterMs: number | undefined },
): MigrationError {
  const texts = textsOf(json)
  const row = findExchangeRow(status, texts.join('\n'))
  const exception = texts.map((text) => /^[^|]*\|([\w.]+)\|/.exec(text)?.[1]).find((name) => name !== undefined)
  return new MigrationError(row.kind, row.error, {
    message: `${row.says} ${about.command} (HTTP ${status}).`,
    hint: row.hint,
    retryAfterMs: row.kind === 'throttled' || row.kind === 'transient' ? about.retryAfterMs : undefined,
    cause: new Error(`Exchange answered ${status} ${exception ?? 'without an exception'}`),
  })
}

/** The first row that fits, else the one for what no row is for. */
export function findExchangeRow(status: number, text: string): ExchangeRow {
  const found = exchangeRows.find(
    ({ when }) =>
      (when.statuses === undefined || when.statuses.includes(status)) &&
      (when.statusMin === undefined || status >= when.statusMin) &&
      (when.text === undefined || when.text.test(text)),
  )
  return found ?? unclassified
}

function textsOf(json: JsonObject | undefined): readonly string[] {
  const error = asObject(json?.['error'])
  const details = error?.['details']
  const inner = asObject(asObject(error?.['innererror'])?.['internalexception'])
  const all = [...(Array.isArray(details) ? details.map((one: unknown) => asObject(one)?.['message']) : []), inner?.['message'], error?.['message']]
  return all.filter((text): text is string => typeof text === 'string')
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined
}
