import type { GraphAnswer } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphError, readGraphRefusal } from '../../../connectors/kit/microsoft/graph-errors.ts'
import { MigrationError } from '../../../core/errors.ts'

/** A row of the table: a refusal by what it says, and what it means. */
interface RefusalRow {
  readonly text: RegExp
  readonly error: string
  /** Completes "anna@contoso.com ...". */
  readonly says: string
  readonly hint: string
}

/** What the directory refuses with 400 `Request_BadRequest`, told apart by its text alone (exchange.md 6.2; texts as answered in 2023 to 2026). */
const rows: readonly RefusalRow[] = [
  {
    text: /same value for property userPrincipalName/i,
    error: 'provision.address-taken',
    says: 'cannot be made: a user who is not listed, as a deleted one, has the name already',
    hint: 'Restore or erase the deleted user (Entra: Users, Deleted users), or choose another address in the list.',
  },
  {
    text: /same value for property|proxyaddress.*(?:already|in use)|ObjectConflict/i,
    error: 'provision.address-taken',
    says: 'cannot be made: a group, a contact or another user has the address or alias already',
    hint: 'Find it in the Exchange admin center by searching for the address and free it, or choose another address in the list.',
  },
  {
    text: /password/i,
    error: 'provision.password-refused',
    says: 'cannot be made: the tenant refuses every initial password that was tried',
    hint: 'Look at the tenant\'s password protection (Entra: Authentication methods, Password protection), or make this user by hand.',
  },
  {
    text: /domain portion of the userPrincipalName|verified domain/i,
    error: 'provision.domain-foreign',
    says: 'cannot be made: its domain is none of the tenant\'s verified ones',
    hint: 'Add and verify the domain in the tenant first, or map it to another one (mailvan match --map-domain old.example=new.example).',
  },
  {
    text: /userPrincipalName.*invalid|mailNickname/i,
    error: 'provision.address-invalid',
    says: 'cannot be the name of a user in Microsoft 365',
    hint: 'Letters, digits and . _ - \' ! # ^ ~ may stand before the @; choose another address in the list.',
  },
  {
    text: /usage ?location/i,
    error: 'provision.usage-location',
    says: 'gets no licence: its usage location is missing or no country',
    hint: 'Give two letters such as DE by --usage-location or in the column usage_location.',
  },
  {
    text: /available licen[sc]es|LicenseQuotaExceeded|count violation/i,
    error: 'provision.no-seats',
    says: 'gets no licence: no seat of it is free',
    hint: 'Buy more seats or free some, then run the same command again: it goes on where it stopped.',
  },
  {
    text: /mutually exclusive|conflicting service plans/i,
    error: 'provision.licence-conflict',
    says: 'gets no licence: it does not go with one that the user has',
    hint: 'Take the other licence away, or choose one that goes with it (--licence).',
  },
  {
    text: /depend(?:s|ency|ent)/i,
    error: 'provision.licence-conflict',
    says: 'gets no licence: it needs another one that the user has not',
    hint: 'Give the licence that it builds on first, or choose a whole one (--licence).',
  },
  {
    text: /Directory Sync|on-?premises mastered|synchroni[sz]ed/i,
    error: 'provision.synchronised',
    says: 'is looked after by your own Active Directory, which does not let it be changed here',
    hint: 'Change it there; the next synchronisation brings it along.',
  },
]

/** Whether a refusal is for the password alone. */
export function isPasswordRefusal(answer: GraphAnswer): boolean {
  return rowOf(answer)?.error === 'provision.password-refused'
}

/** Whether a refusal is for a user principal name that is taken. */
export function isNameTaken(answer: GraphAnswer): boolean {
  return /same value for property userPrincipalName/i.test(textOf(answer))
}

/** The error that a refusal of the directory stands for; about the user of this address. */
export function provisionError(address: string, answer: GraphAnswer, permission: string): MigrationError {
  const row = rowOf(answer)
  if (row === undefined) return graphError(readGraphRefusal(answer.status, answer.headers, answer.json), { retryAfterMs: undefined, permission })
  return new MigrationError('config', row.error, { message: `${address} ${row.says}.`, hint: row.hint })
}

function rowOf(answer: GraphAnswer): RefusalRow | undefined {
  const text = textOf(answer)
  return rows.find((row) => row.text.test(text))
}

function textOf({ status, headers, json }: GraphAnswer): string {
  return readGraphRefusal(status, headers, json).text
}
