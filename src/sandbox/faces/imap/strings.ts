import { textLine } from '../../../formats/mime/header-writing.ts'

/** A string as IMAP writes it: quoted, or a literal where it must be; NIL for none. One character a byte. */
export function nstring(text: string | undefined): string {
  if (text === undefined) return 'NIL'
  if (text.length > 1_000 || /[\0\r\n\x80-\xff]/.test(text)) return `{${text.length}}\r\n${text}`
  return quoted(text)
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** A folder's name in modified UTF-7, quoted only where it must be, as Exchange writes it (Webklex/php-imap #515). */
export function folderAstring(name: string): string {
  return /^[\w!#$&+,./:;<=>?@^`|~-]+$/.test(name) ? name : quoted(name)
}

/** Header text in Unicode as ASCII: in encoded words where it needs them. */
export function encodedText(text: string): string {
  if (!/[^\x20-\x7e]/.test(text)) return text
  return textLine('X', text).slice(3).replace(/\r\n(?=[ \t])/g, '').trimEnd()
}
