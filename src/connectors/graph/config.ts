import { MigrationError } from '../../core/errors.ts'
import type { MicrosoftAccess } from '../kit/microsoft/microsoft-access.ts'
import type { MailboxLimits } from './mailbox-pace.ts'

/** A mailbox of Microsoft 365 to open. */
export interface GraphConfig {
  /** The name of the stored endpoint. */
  readonly endpoint: string
  /** Absent: the endpoint is not known here, and the mailbox cannot be opened. */
  readonly access?: MicrosoftAccess
  /** The address or object id of its user. */
  readonly mailbox: string
  readonly isArchive: boolean
  /** Streams that carry items at once. */
  readonly sessionsMax: number
  /** Other limits than the published ones. */
  readonly limits?: MailboxLimits
}

const sessionsDefault = 2
const sessionsLimit = 4
const parameters = ['archive', 'sessions'] as const

/**
 * Reads `m365://ENDPOINT/MAILBOX`: the name of a stored endpoint, and the address or object id of a user. Parameters:
 * `archive=1` for the in-place archive, `sessions=N`. Throws `config` when the URL cannot be meant.
 */
export function parseGraphUrl(
  text: string,
  given: { readonly access?: unknown; readonly sessionsMax?: number },
): GraphConfig {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.protocol !== 'm365:') throw badUrl('This is not a URL of a mailbox in Microsoft 365.')
  if (url.username !== '' || url.password !== '' || url.port !== '' || url.hash !== '') {
    throw badUrl('The URL of a mailbox in Microsoft 365 has an endpoint and a mailbox, and nothing else.')
  }
  const endpoint = decode(url.hostname)
  if (endpoint === '') throw badUrl('The URL names no endpoint.')
  const mailbox = decode(url.pathname.replace(/^\//, ''))
  if (mailbox === '' || mailbox.includes('/')) throw badUrl('The URL names no mailbox, or more than one.')
  for (const name of url.searchParams.keys()) {
    if (!(parameters as readonly string[]).includes(name)) {
      throw badUrl(`The URL has an unknown parameter "${name.slice(0, 40)}".`, `Known ones are ${parameters.join(', ')}.`)
    }
  }
  const archive = url.searchParams.get('archive') ?? '0'
  if (archive !== '0' && archive !== '1') throw badUrl('archive is 1 for the in-place archive, and left out otherwise.')
  const sessions = url.searchParams.get('sessions') ?? given.sessionsMax?.toString() ?? String(sessionsDefault)
  return {
    endpoint,
    ...(given.access === undefined ? {} : { access: given.access as MicrosoftAccess }),
    mailbox,
    isArchive: archive === '1',
    sessionsMax: parseSessions(sessions),
  }
}

/** The mailbox's one name in the ledger. */
export function canonicalGraphUrl({ endpoint, mailbox, isArchive }: GraphConfig): string {
  const name = encodeURIComponent(mailbox.toLowerCase()).replaceAll('%40', '@')
  return `m365://${encodeURIComponent(endpoint.toLowerCase())}/${name}${isArchive ? '?archive=1' : ''}`
}

/** The access of an endpoint that has to be known now. Throws `config` when it is not. */
export function accessOf({ access, endpoint }: GraphConfig): MicrosoftAccess {
  if (access !== undefined) return access
  throw new MigrationError('config', 'graph.endpoint-unknown', {
    message: `No endpoint named "${endpoint.slice(0, 80)}" is set up here.`,
    hint: 'Set it up with mailvan endpoint bootstrap NAME, or list those that there are with mailvan endpoint list.',
  })
}

function parseSessions(text: string): number {
  const sessions = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (sessions < 1) throw badUrl(`sessions must be a number from 1 to ${sessionsLimit}.`)
  return Math.min(sessions, sessionsLimit)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw badUrl('The URL is not encoded well.', 'Write % as %25 and / as %2F.')
  }
}

function badUrl(message: string, hint = 'It looks like m365://ENDPOINT/user@contoso.com.'): MigrationError {
  return new MigrationError('config', 'graph.url', { message, hint })
}
