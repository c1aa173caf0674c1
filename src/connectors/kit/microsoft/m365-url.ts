import { MigrationError } from '../../../core/errors.ts'

/** A mailbox of Microsoft 365 as URLs name it. */
export interface M365Url {
  /** The endpoint's name in the home. */
  readonly endpoint: string
  /** An address or an object id. */
  readonly mailbox: string
  readonly options: URLSearchParams
}

/** Reads `m365://ENDPOINT/MAILBOX`. Throws `config` when it cannot be meant. */
export function parseM365Url(text: string): M365Url {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const mailbox = decode(url?.pathname.slice(1) ?? '')
  if (url?.protocol !== 'm365:' || url.username !== '' || url.port !== '' || url.hostname === '' || mailbox === '' || mailbox.includes('/')) {
    throw new MigrationError('config', 'microsoft.url', {
      message: 'This is not a URL of a mailbox of Microsoft 365.',
      hint: 'It looks like m365://ENDPOINT/anna@contoso.com, with a name of "mailvan endpoint list".',
    })
  }
  return { endpoint: url.hostname.toLowerCase(), mailbox, options: url.searchParams }
}

/** The one spelling of a mailbox in the ledger. */
export function m365UrlOf({ endpoint, mailbox }: Pick<M365Url, 'endpoint' | 'mailbox'>): string {
  return `m365://${endpoint}/${encodeURIComponent(mailbox.toLowerCase()).replaceAll('%40', '@')}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
