import { parseHeaderDate } from '../mail-date.ts'
import { decodeEncodedWordsExactly } from '../encoded-words.ts'
import type { HeaderBlock } from './header-block.ts'
import { parseAddresses } from './mail-addresses.ts'
import type { MailAddress } from './mail-addresses.ts'

/** What a header says and properties say too. */
export interface Envelope {
  readonly subject: string | undefined
  readonly from: MailAddress | undefined
  readonly sender: MailAddress | undefined
  readonly replyTo: readonly MailAddress[]
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly bcc: readonly MailAddress[]
  readonly messageId: string | undefined
  /** ms since 1970. */
  readonly submittedMs: number | undefined
  /** 0 low, 1 normal, 2 high. */
  readonly importance: number
}

/** Reads a header as Exchange does (MS-OXCMAIL section 2.2.3). Of several From and Sender addresses the first counts. */
export function readEnvelope(header: HeaderBlock): Envelope {
  const from = addressesOf(header, 'from')[0]
  const sender = addressesOf(header, 'sender')[0]
  const subject = header.first('subject')
  return {
    subject: subject === undefined ? undefined : withoutControls(decodeEncodedWordsExactly(subject)),
    from: from ?? sender,
    sender: sender ?? from,
    replyTo: addressesOf(header, 'reply-to'),
    to: addressesOf(header, 'to'),
    cc: addressesOf(header, 'cc'),
    bcc: addressesOf(header, 'bcc'),
    messageId: nonEmpty(withoutControls(header.first('message-id') ?? '')),
    submittedMs: submittedMsOf(header),
    importance: importanceOf(header),
  }
}

/** All fields of the name count. */
function addressesOf(header: HeaderBlock, key: string): readonly MailAddress[] {
  const values = header.all(key)
  if (values.length === 0) return []
  return values.length === 1 ? parseAddresses(values[0]!) : values.flatMap((value) => parseAddresses(value))
}

/** The years that a MAPI time can hold and clients can show. */
const submittedMsMin = Date.UTC(1601, 0, 2)
const submittedMsMax = Date.UTC(4500, 0)

function submittedMsOf(header: HeaderBlock): number | undefined {
  for (const value of header.all('date')) {
    const ms = parseHeaderDate(value)?.epochMs
    if (ms !== undefined && ms >= submittedMsMin && ms < submittedMsMax) return ms
  }
  return undefined
}

const importances: Readonly<Record<string, number>> = { low: 0, normal: 1, high: 2 }
const priorities: Readonly<Record<string, number>> = { 'non-urgent': 0, normal: 1, urgent: 2 }

/** MS-OXCMAIL section 2.2.3.2.5: an Importance field is preferred to all others. */
function importanceOf(header: HeaderBlock): number {
  const importance = header.first('importance')
  if (importance !== undefined) return importances[importance.toLowerCase()] ?? 1
  const number = /^[1-5]/.exec(header.first('x-priority') ?? '')?.[0]
  if (number !== undefined) return number < '3' ? 2 : number > '3' ? 0 : 1
  const outlook = importances[header.first('x-msmail-priority')?.toLowerCase() ?? '']
  return outlook ?? priorities[header.first('priority')?.toLowerCase() ?? ''] ?? 1
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

/** Controls would end the field when it is written again. */
function withoutControls(text: string): string {
  return /[\x00-\x1f\x7f]/.test(text) ? text.replace(/[\x00-\x1f\x7f]+/g, ' ').trim() : text
}
