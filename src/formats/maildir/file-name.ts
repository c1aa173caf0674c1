/** What a message's file name says (https://cr.yp.to/proto/maildir.html, and Dovecot's `S=` and `W=` fields). */
export interface MaildirFileName {
  /** Everything before the info part: names the message for as long as it lives. */
  readonly base: string
  /** Letters after `:2,`, as they stand; empty without an info part. */
  readonly flags: string
  /** `S=`: bytes of the file. */
  readonly sizeBytes: number | undefined
  /** `W=`: bytes of the message with CRLF line ends. */
  readonly crlfBytes: number | undefined
  /** Whether `exactMark` stands in it. */
  readonly isExact: boolean
}

/**
 * Stands in the base name of a message that holds bare LF on purpose: its bytes are to be given as they are, where
 * other files are given with CRLF. Servers skip fields they do not know.
 */
export const exactMark = ',X=exact'

/** Reads a name; total, as a Maildir may hold anything. A dot file is no message and is for the caller to leave out. */
export function parseMaildirFileName(name: string): MaildirFileName {
  const colon = name.indexOf(':')
  const base = colon < 0 ? name : name.slice(0, colon)
  const flags = colon >= 0 && name.startsWith('2,', colon + 1) ? name.slice(colon + 3) : ''
  return {
    base,
    flags,
    sizeBytes: numberField(base, ',S='),
    crlfBytes: numberField(base, ',W='),
    isExact: base.includes(exactMark),
  }
}

function numberField(base: string, mark: string): number | undefined {
  const start = base.indexOf(mark)
  const digits = start < 0 ? undefined : /^\d{1,15}(?=,|$)/.exec(base.slice(start + mark.length))?.[0]
  return digits === undefined ? undefined : Number(digits)
}

/** The name for `base` with these letters: sorted, each once, as the specification asks. */
export function formatMaildirFileName(base: string, flags: string): string {
  return `${base}:2,${[...new Set(flags)].sort().join('')}`
}
