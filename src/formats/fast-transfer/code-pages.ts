import type { Buffer } from 'node:buffer'
import { TextDecoder } from 'node:util'

/** Windows code pages by the label under which the Encoding Standard knows them. */
const labels: Readonly<Record<number, string>> = {
  866: 'ibm866',
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  1200: 'utf-16le',
  1201: 'utf-16be',
  1250: 'windows-1250',
  1251: 'windows-1251',
  1252: 'windows-1252',
  1253: 'windows-1253',
  1254: 'windows-1254',
  1255: 'windows-1255',
  1256: 'windows-1256',
  1257: 'windows-1257',
  1258: 'windows-1258',
  10000: 'macintosh',
  10007: 'x-mac-cyrillic',
  20127: 'windows-1252',
  20866: 'koi8-r',
  20932: 'euc-jp',
  21866: 'koi8-u',
  28591: 'windows-1252',
  28592: 'iso-8859-2',
  28593: 'iso-8859-3',
  28594: 'iso-8859-4',
  28595: 'iso-8859-5',
  28596: 'iso-8859-6',
  28597: 'iso-8859-7',
  28598: 'iso-8859-8',
  28599: 'windows-1254',
  28603: 'iso-8859-13',
  28605: 'iso-8859-15',
  38598: 'iso-8859-8-i',
  50220: 'iso-2022-jp',
  50221: 'iso-2022-jp',
  50222: 'iso-2022-jp',
  51932: 'euc-jp',
  51949: 'euc-kr',
  54936: 'gb18030',
  65001: 'utf-8',
}

/** The code page of 8-bit text that says nothing else. */
export const defaultCodePage = 1252
/** UTF-16, little endian. */
export const unicodeCodePage = 1200

const codePageFlag = 0x8000
const multipleFlag = 0x1000
const decoders = new Map<number, TextDecoder>()
const stringTypes = new Map<number, CodePageString>()
for (const codePage of Object.keys(labels).map(Number)) {
  const type = codePageFlag | codePage
  stringTypes.set(type, { codePage, isMultiple: false })
  // The bit that says "many" is part of the number of some code pages: those have no form with many values.
  if ((type & multipleFlag) === 0) stringTypes.set(type | multipleFlag, { codePage, isMultiple: true })
}

/** A property type that names a code page. */
export interface CodePageString {
  readonly codePage: number
  readonly isMultiple: boolean
}

/** The code page of a property type of 0x8000 and more (MS-OXCFXICS section 2.2.4.1.1.1); undefined when not known. */
export function codePageStringOf(type: number): CodePageString | undefined {
  return stringTypes.get(type)
}

/** Text in a Windows code page; undefined when the code page is not known. Bytes that are no text become U+FFFD. */
export function decodeCodePage(bytes: Buffer, codePage: number): string | undefined {
  // Not by TextDecoder, which replaces the unpaired surrogates that stores do hold.
  if (codePage === unicodeCodePage) return bytes.toString('utf16le')
  let decoder = decoders.get(codePage)
  if (decoder === undefined) {
    const label = labels[codePage]
    if (label === undefined) return undefined
    decoders.set(codePage, (decoder = new TextDecoder(label, { ignoreBOM: true })))
  }
  return decoder.decode(bytes)
}
