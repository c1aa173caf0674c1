import { hash } from 'node:crypto'
import type { MailboxName } from '../store/mailbox-ledger.ts'

const slugLengthMax = 60

/** A mailbox's name in file names: readable, safe on any file system, and another one for every pair of URLs. */
export function mailboxSlug({ sourceUrl, targetUrl }: MailboxName): string {
  const readable = sourceUrl
    .replace(/^[a-z][a-z0-9+.-]*:(?:\/\/)?/i, '')
    .replace(/%40/g, '@')
    .replace(/[^A-Za-z0-9@.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
  const digest = hash('sha256', JSON.stringify([sourceUrl, targetUrl]), 'hex').slice(0, 8)
  return `${readable.slice(-slugLengthMax) || 'mailbox'}-${digest}`
}
