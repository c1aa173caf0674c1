import type { StructuredField } from './structured-field.ts'
import { mimeLimits } from './mime-limits.ts'

const extensions: Readonly<Record<string, string>> = {
  'text/plain': '.txt',
  'text/html': '.htm',
  'text/calendar': '.ics',
  'text/vcard': '.vcf',
  'text/x-vcard': '.vcf',
  'text/directory': '.vcf',
  'text/csv': '.csv',
  'text/rtf': '.rtf',
  'text/xml': '.xml',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'application/json': '.json',
  'application/xml': '.xml',
  'application/msword': '.doc',
  'application/rtf': '.rtf',
  'application/pgp-signature': '.asc',
  'application/pgp-keys': '.asc',
  'application/pkcs7-signature': '.p7s',
  'application/x-pkcs7-signature': '.p7s',
  'application/pkcs7-mime': '.p7m',
  'application/x-pkcs7-mime': '.p7m',
  'application/ms-tnef': '.dat',
  'message/rfc822': '.eml',
  'image/jpeg': '.jpg',
  'image/jpg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/bmp': '.bmp',
  'image/tiff': '.tif',
  'image/svg+xml': '.svg',
  'audio/mpeg': '.mp3',
  'audio/wav': '.wav',
  'video/mp4': '.mp4',
}

/** The name that a part gives its file, without controls and not too long; undefined when it gives none. */
export function writtenFileName(contentType: StructuredField, disposition: StructuredField | undefined): string | undefined {
  const written = disposition?.parameters.get('filename') ?? contentType.parameters.get('name')
  const name = written
    ?.replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .slice(0, mimeLimits.fileNameCharactersMax)
    .toWellFormed()
  return name === '' ? undefined : name
}

/** The name that Exchange gives a file without one: `ATT00001.txt` (MS-OXCMAIL section 2.2.3.4.1.1). */
export function madeFileName(mediaType: string, number: number): string {
  return `ATT${String(number).padStart(5, '0')}${extensions[mediaType] ?? (mediaType.startsWith('text/') ? '.txt' : '.dat')}`
}

/** With its dot; empty when there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot <= 0 || name.length - dot > 20 ? '' : name.slice(dot)
}

/** A name of eight characters and three, for PidTagAttachFilename. */
export function shortFileName(name: string): string {
  const extension = extensionOf(name)
  const stem = name.slice(0, name.length - extension.length)
  if (/^[\w-]{1,8}$/.test(stem) && /^(?:\.\w{1,3})?$/.test(extension)) return name
  const plain = stem
    .replace(/[^A-Za-z0-9_-]/g, '')
    .slice(0, 6)
    .toUpperCase()
  return `${plain === '' ? 'FILE' : plain}~1${extension
    .replace(/[^A-Za-z0-9.]/g, '')
    .slice(0, 4)
    .toUpperCase()}`
}
