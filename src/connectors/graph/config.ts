import { MigrationError } from '../../core/errors.ts'
import type { MicrosoftAccess } from '../kit/microsoft/microsoft-access.ts'
import { m365UrlOf, parseM365Url } from '../kit/microsoft/m365-url.ts'
import type { MailboxLimits } from './mailbox-pace.ts'

/**
 * Ways for mail into a mailbox (exchange.md 8.1): Exchange's own streams made here, MIME where that makes no drafts, Graph's JSON,
 * or IMAP.
 */
export type MailWay = 'auto' | 'stream' | 'mime' | 'json' | 'imap'

const mailWays: readonly MailWay[] = ['auto', 'stream', 'mime', 'json', 'imap']

/** A mailbox of Microsoft 365 to open. */
export interface GraphConfig {
  /** The name of the stored endpoint. */
  readonly endpoint: string
  /** Absent: the endpoint is not known here, and the mailbox cannot be opened. */
  readonly access?: MicrosoftAccess
  /** The address or object id of its user. */
  readonly mailbox: string
  readonly isArchive: boolean
  /** How mail goes in; `auto` finds the best way that the mailbox has. */
  readonly via: MailWay
  /** Streams that carry items at once. */
  readonly sessionsMax: number
  /** Other limits than the published ones. */
  readonly limits?: MailboxLimits
}

const sessionsDefault = 2
const sessionsLimit = 4
const parameters = ['archive', 'sessions', 'via'] as const

/**
 * Reads `m365://ENDPOINT/MAILBOX`: the name of a stored endpoint, and the address or object id of a user. Parameters:
 * `archive=1` for the in-place archive, `sessions=N`, `via=stream|mime|json|imap` for the way that mail goes in. Throws `config` when the URL cannot be meant.
 */
export function parseGraphUrl(
  text: string,
  given: { readonly access?: unknown; readonly sessionsMax?: number },
): GraphConfig {
  const { endpoint, mailbox, options } = parseM365Url(text)
  for (const name of options.keys()) {
    if (!(parameters as readonly string[]).includes(name)) {
      throw badUrl(`The URL has an unknown parameter "${name.slice(0, 40)}".`, `Known ones are ${parameters.join(', ')}.`)
    }
  }
  const archive = options.get('archive') ?? '0'
  if (archive !== '0' && archive !== '1') throw badUrl('archive is 1 for the in-place archive, and left out otherwise.')
  const sessions = options.get('sessions') ?? given.sessionsMax?.toString() ?? String(sessionsDefault)
  return {
    endpoint,
    ...(given.access === undefined ? {} : { access: given.access as MicrosoftAccess }),
    mailbox,
    isArchive: archive === '1',
    via: parseWay(options.get('via') ?? 'auto'),
    sessionsMax: parseSessions(sessions),
  }
}

/** The mailbox's one name in the ledger. */
export function canonicalGraphUrl(config: GraphConfig): string {
  return `${m365UrlOf(config)}${config.isArchive ? '?archive=1' : ''}`
}

/** The access of an endpoint that has to be known now. Throws `config` when it is not. */
export function accessOf({ access, endpoint }: GraphConfig): MicrosoftAccess {
  if (access !== undefined) return access
  throw new MigrationError('config', 'graph.endpoint-unknown', {
    message: `No endpoint named "${endpoint.slice(0, 80)}" is set up here.`,
    hint: 'Set it up with mailvan endpoint bootstrap NAME, or list those that there are with mailvan endpoint list.',
  })
}

function parseWay(text: string): MailWay {
  const way = mailWays.find((one) => one === text)
  if (way === undefined) throw badUrl(`via is one of ${mailWays.join(', ')}.`)
  return way
}

function parseSessions(text: string): number {
  const sessions = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (sessions < 1) throw badUrl(`sessions must be a number from 1 to ${sessionsLimit}.`)
  return Math.min(sessions, sessionsLimit)
}

function badUrl(message: string, hint = 'It looks like m365://ENDPOINT/user@contoso.com.'): MigrationError {
  return new MigrationError('config', 'graph.url', { message, hint })
}
