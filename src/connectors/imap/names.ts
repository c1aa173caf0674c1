import type { FolderId } from '../../core/model/ids.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../../formats/modified-utf7.ts'
import { toAstring, toByteString } from './protocol/quote.ts'
import type { Command, LiteralPart } from './protocol/session.ts'

/** How a server writes the names of a person's own folders. */
export interface Naming {
  /** Null on a server without hierarchy. */
  readonly delimiter: string | null
  /** Personal namespace, as a wire name: `INBOX.` on servers that keep everything below INBOX, mostly empty. */
  readonly prefix: string
  /** RFC 6855: names are UTF-8 instead of modified UTF-7. */
  readonly isUtf8: boolean
}

/** The path of a wire name. INBOX is one name in any case; the personal namespace's prefix is not part of a path. */
export function toPath(name: string, naming: Naming): readonly string[] {
  const { delimiter, prefix } = naming
  if (name.toUpperCase() === 'INBOX') return ['INBOX']
  const rest = prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length) : name
  const segments = (delimiter === null ? [rest] : rest.split(delimiter)).map((segment) => decode(segment, naming))
  if (segments.length > 1 && segments[0]?.toUpperCase() === 'INBOX') segments[0] = 'INBOX'
  return segments
}

/** The wire name of a path; the reverse of `toPath`. */
export function toName(path: readonly string[], naming: Naming): string {
  const { delimiter, prefix } = naming
  if (path.length === 1 && path[0]?.toUpperCase() === 'INBOX') return 'INBOX'
  return prefix + path.map((segment) => encode(segment, naming)).join(delimiter ?? '')
}

/** A folder's id is its wire name. */
export function toFolderId(name: string): FolderId {
  return (name.toUpperCase() === 'INBOX' ? 'INBOX' : name) as FolderId
}

/** A folder as an argument of a command. */
export function mailboxArgument(id: FolderId, isUtf8: boolean): string | LiteralPart {
  return toAstring(id, isUtf8)
}

function decode(segment: string, naming: Naming): string {
  if (naming.isUtf8) return Buffer.from(segment, 'latin1').toString('utf8')
  // A name that is not modified UTF-7 is shown as the bytes it has, which RFC 3501 section 5.1.3 forbids and servers do.
  return decodeModifiedUtf7(segment) ?? Buffer.from(segment, 'latin1').toString('utf8')
}

function encode(segment: string, naming: Naming): string {
  return naming.isUtf8 ? toByteString(segment) : encodeModifiedUtf7(segment)
}

/** Joins parts; a command without literals stays one byte string, which is sent without waiting for its turn to write. */
export function commandOf(...parts: readonly (string | LiteralPart)[]): Command {
  return parts.every((part) => typeof part === 'string') ? parts.join('') : parts
}
