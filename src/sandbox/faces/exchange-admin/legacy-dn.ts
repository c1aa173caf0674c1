import { createHash } from 'node:crypto'

const recipients = '/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients'

/** The distinguished name by which old mail and meetings address a mailbox (exchange.md 6.5); it never changes. */
export function legacyDnOf(mailboxGuid: string): string {
  const digest = createHash('sha256').update(mailboxGuid).digest('hex')
  return `${recipients}/cn=${digest.slice(0, 32)}-${mailboxGuid.slice(0, 8)}`
}
