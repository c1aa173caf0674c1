import { MigrationError } from '../../../core/errors.ts'
import type { LiteralPart } from './session.ts'

const atomOnly = /^[A-Za-z0-9!#$&'+,\-./:;<=>?@[\]^_`|~]+$/
const quotable = /^[\t -~]*$/
const quotableEightBit = /^[\t -~\u0080-\u00ff]*$/
const quotedLengthMax = 1000

/**
 * A byte string as an astring (RFC 9051): an atom, a quoted string, or a literal when neither can hold it. CR, LF and NUL
 * never reach the command line; NUL, which not even a literal can hold, throws a `config` error. Bytes above 127 may be
 * quoted only after ENABLE UTF8=ACCEPT (RFC 6855).
 */
export function toAstring(bytes: string, acceptsUtf8 = false): string | LiteralPart {
  if (bytes.includes('\0')) throw unsendable()
  if (bytes !== '' && bytes.length < quotedLengthMax && atomOnly.test(bytes) && bytes.toUpperCase() !== 'NIL') return bytes
  if (bytes.length < quotedLengthMax && (acceptsUtf8 ? quotableEightBit : quotable).test(bytes)) return quote(bytes)
  return { literal: Buffer.from(bytes, 'latin1') }
}

/** A byte string in quotes; the caller has made sure that it can be quoted. */
function quote(bytes: string): string {
  return `"${bytes.replace(/[\\"]/g, '\\$&')}"`
}

const systemFlag = /^\\(?:Answered|Flagged|Deleted|Seen|Draft)$/i
const keyword = /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|~]+$/

/** True for what may stand in the flag list of APPEND and STORE: the five flags a client may set, and keyword atoms. */
export function isStorableFlag(flag: string): boolean {
  return systemFlag.test(flag) || keyword.test(flag)
}

/** A Unicode string as the byte string of its UTF-8. */
export function toByteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function unsendable(): MigrationError {
  return new MigrationError('config', 'imap.unsendable', {
    message: 'A name or password holds a NUL character, which IMAP cannot carry.',
    hint: 'Remove the character.',
  })
}
