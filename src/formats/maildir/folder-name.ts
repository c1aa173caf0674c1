import { Buffer, isUtf8 } from 'node:buffer'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../modified-utf7.ts'

/** In which encoding a Maildir++ tree writes folder names; Dovecot's default is modified UTF-7. */
export type FolderNameEncoding = 'modified-utf7' | 'utf8'

/** What Dovecot's `listescape` plugin writes for the separator, the slash and its own mark. */
const escaped: readonly (readonly [string, string])[] = [
  ['\\', '\\5c'],
  ['.', '\\2e'],
  ['/', '\\2f'],
]

/** A tree with a name that holds a byte over 127 writes UTF-8; modified UTF-7 is ASCII throughout. */
export function detectFolderNameEncoding(names: readonly string[]): FolderNameEncoding {
  return names.some((name) => /[\x80-\xff]/.test(name)) ? 'utf8' : 'modified-utf7'
}

/**
 * The path behind a Maildir++ directory name such as `.Archive.2026` (https://www.courier-mta.org/maildir.html). `name`
 * is bytes, one character each. What is not valid in the tree's encoding is taken as it stands. Empty parts (`.A..B`)
 * stay empty names, so that two directories never give one path.
 */
export function parseMaildirFolderName(name: string, encoding: FolderNameEncoding): string[] {
  return name
    .slice(1)
    .split('.')
    .map((part) => unescapeName(decodeFolderName(part, encoding)))
}

/** A directory's own name, in which a dot is nothing special. `name` is bytes, one character each. */
export function decodeFolderName(name: string, encoding: FolderNameEncoding): string {
  if (encoding === 'modified-utf7') return decodeModifiedUtf7(name) ?? name
  const bytes = Buffer.from(name, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : name
}

/** The directory name for a path below the root, as bytes, one character each. */
export function formatMaildirFolderName(path: readonly string[], encoding: FolderNameEncoding): string {
  const name = path.map((part) => `.${encodePart(part, encoding)}`).join('')
  return encoding === 'utf8' ? Buffer.from(name, 'utf8').toString('latin1') : name
}

function encodePart(part: string, encoding: FolderNameEncoding): string {
  let text = part
  for (const [character, escape] of escaped) text = text.replaceAll(character, escape)
  return encoding === 'utf8' ? text : encodeModifiedUtf7(text)
}

function unescapeName(name: string): string {
  return name.replace(/\\(2e|2f|5c)/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
