import type { HeaderBlock } from '../../../formats/mime/header-block.ts'
import { parseAddresses } from '../../../formats/mime/mail-addresses.ts'
import { encodedText, nstring } from './strings.ts'

/** The ENVELOPE of a header (RFC 3501 section 7.4.2), with text in encoded words. */
export function formatEnvelope(header: HeaderBlock): string {
  const field = (key: string) => {
    const value = header.first(key)
    return nstring(value === undefined ? undefined : encodedText(value))
  }
  const from = formatAddresses(header, 'from')
  const orFrom = (key: string) => {
    const list = formatAddresses(header, key)
    return list === 'NIL' ? from : list
  }
  const people = [from, orFrom('sender'), orFrom('reply-to'), ...['to', 'cc', 'bcc'].map((key) => formatAddresses(header, key))]
  return `(${field('date')} ${field('subject')} ${people.join(' ')} ${field('in-reply-to')} ${field('message-id')})`
}

function formatAddresses(header: HeaderBlock, key: string): string {
  const list = header.all(key).flatMap((value) => parseAddresses(value))
  const written = list.map(({ name, address }) => {
    const at = address.lastIndexOf('@')
    const local = at < 0 ? address : address.slice(0, at)
    const host = at < 0 ? '.MISSING-HOST-NAME.' : address.slice(at + 1)
    const label = name === '' ? undefined : encodedText(name)
    return `(${nstring(label)} NIL ${nstring(encodedText(local))} ${nstring(encodedText(host))})`
  })
  return written.length === 0 ? 'NIL' : `(${written.join('')})`
}
