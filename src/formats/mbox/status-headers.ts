import type { ZonedTime } from '../../core/model/item.ts'
import { readHeaderFields } from '../header-fields.ts'
import { parseHeaderDate } from '../mail-date.ts'

/** What mail programs write about a message into its header, because an mbox has no other place for it. */
export interface MboxHeaderFacts {
  /** RFC 8621 keywords, sorted. */
  readonly keywords: readonly string[]
  /** `Content-Length`: bytes of the body, as mboxcl and mboxcl2 have it. */
  readonly bodyBytes?: number
  /** When it arrived or, failing that, was written; for a From_ line without a date. */
  readonly datedAt?: ZonedTime
}

const fieldNames = [
  'status',
  'x-status',
  'x-keywords',
  'x-mozilla-status',
  'x-mozilla-keys',
  'x-gmail-labels',
  'content-length',
  'received',
  'date',
]

/** By letter, in `Status` (R) and `X-Status` (all others): Dovecot's mbox format, and mutt's. */
const statusLetters: Readonly<Record<string, string>> = {
  R: '$seen',
  A: '$answered',
  F: '$flagged',
  T: '$draft',
  D: '$deleted',
}

/** Bits of `X-Mozilla-Status` (https://www-archive.mozilla.org/mailnews/arch/mail-message-headers). */
const mozillaBits: readonly (readonly [bit: number, keyword: string])[] = [
  [0x0001, '$seen'],
  [0x0002, '$answered'],
  [0x0004, '$flagged'],
  [0x0008, '$deleted'],
  [0x1000, '$Forwarded'],
]

/** `X-Gmail-Labels` as Google Takeout writes them in English. */
const gmailLabels: Readonly<Record<string, string>> = { Opened: '$seen', Starred: '$flagged', Drafts: '$draft' }

/** Reads the facts from the first bytes of a message. Never throws; the header stays part of the message as it is. */
export function readMboxHeaderFacts(head: Uint8Array): MboxHeaderFacts {
  const fields = readHeaderFields(head, fieldNames)
  const text = (name: string) => fields.get(name) ?? ''
  const keywords = new Map<string, string>()
  const add = (keyword: string | undefined) => {
    if (keyword !== undefined && !keywords.has(keyword.toLowerCase())) keywords.set(keyword.toLowerCase(), keyword)
  }
  if (/^[A-Z]{1,6}$/.test(text('status')) && text('status').includes('R')) add('$seen')
  if (/^[A-Z]{1,6}$/.test(text('x-status'))) for (const letter of text('x-status')) add(statusLetters[letter])
  const bits = /^[0-9a-f]{4}$/i.test(text('x-mozilla-status')) ? Number.parseInt(text('x-mozilla-status'), 16) : 0
  for (const [bit, keyword] of mozillaBits) if ((bits & bit) !== 0) add(keyword)
  for (const label of text('x-gmail-labels').split(',')) add(gmailLabels[label.trim()])
  for (const keyword of `${text('x-keywords')} ${text('x-mozilla-keys')}`.split(/[\s,]+/)) {
    if (isKeyword(keyword)) add(keyword)
  }
  const bodyBytes = /^\d{1,15}$/.test(text('content-length')) ? Number(text('content-length')) : undefined
  const datedAt = parseHeaderDate(text('received')) ?? parseHeaderDate(text('date'))
  return {
    keywords: [...keywords.values()].sort(),
    ...(bodyBytes !== undefined && { bodyBytes }),
    ...(datedAt !== undefined && { datedAt }),
  }
}

/** RFC 9051 section 9, `flag-keyword`: what can be carried over as one. */
function isKeyword(text: string): boolean {
  return text.length <= 50 && /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/.test(text)
}
