import { Buffer, isUtf8 } from 'node:buffer'
import type { FolderId } from '../../core/model/ids.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../../formats/modified-utf7.ts'
import { toAstring, toByteString } from './protocol/quote.ts'
import type { Command, LiteralPart, Session } from './protocol/session.ts'
import { speaksUtf8 } from './enable-extensions.ts'

/** How the names of a person's own folders are put together. */
export interface Naming {
  /** Null on a server without hierarchy. */
  readonly delimiter: string | null
  /** Personal namespace, as a name: `INBOX.` on servers that keep everything below INBOX, mostly empty. */
  readonly prefix: string
}

/**
 * A name as this session's server wrote it, in the one form that names have everywhere else: modified UTF-7. So a folder's
 * id stays the same when a server learns UTF8=ACCEPT, or two sessions speak differently.
 */
export function fromWire(name: string, session: Session): string {
  if (!speaksUtf8(session)) return name
  const bytes = Buffer.from(name, 'latin1')
  return isUtf8(bytes) ? encodeModifiedUtf7(bytes.toString('utf8')) : name
}

/** The path of a name. INBOX is one name in any case; the personal namespace's prefix is not part of a path. */
export function toPath(name: string, naming: Naming): readonly string[] {
  const { delimiter, prefix } = naming
  if (name.toUpperCase() === 'INBOX') return ['INBOX']
  const rest = prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length) : name
  const segments = (delimiter === null ? [rest] : rest.split(delimiter)).map(decode)
  if (segments.length > 1 && segments[0]?.toUpperCase() === 'INBOX') segments[0] = 'INBOX'
  return segments
}

/** The name of a path; the reverse of `toPath`. */
export function toName(path: readonly string[], naming: Naming): string {
  const { delimiter, prefix } = naming
  if (path.length === 1 && path[0]?.toUpperCase() === 'INBOX') return 'INBOX'
  return prefix + path.map(encodeModifiedUtf7).join(delimiter ?? '')
}

/** A folder's id is its name. */
export function toFolderId(name: string): FolderId {
  return (name.toUpperCase() === 'INBOX' ? 'INBOX' : name) as FolderId
}

/** A folder as an argument of a command of this session, see `whenEnabled`. */
export function mailboxArgument(id: FolderId, session: Session): string | LiteralPart {
  if (!speaksUtf8(session)) return toAstring(id)
  const text = decodeModifiedUtf7(id)
  // What is no modified UTF-7 came in some other encoding, and goes back as it came.
  const name = text === undefined || !text.isWellFormed() ? id : toByteString(text)
  return toAstring(name, isUtf8(Buffer.from(name, 'latin1')))
}

function decode(segment: string): string {
  // A name that is not modified UTF-7 is shown as the bytes it has, which RFC 3501 section 5.1.3 forbids and servers do.
  return decodeModifiedUtf7(segment) ?? Buffer.from(segment, 'latin1').toString('utf8')
}

/** Joins parts; a command without literals stays one byte string, which is sent without waiting for its turn to write. */
export function commandOf(...parts: readonly (string | LiteralPart)[]): Command {
  return parts.every((part) => typeof part === 'string') ? parts.join('') : parts
}
