import type { PropertyEntry } from '../mapi/property-bag.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import { defaultCodePage, unicodeCodePage } from './code-pages.ts'
import { dnPrefixId, isMarker, isMetaProperty, metaProperties } from './markers.ts'
import { messageCodePage, readHeader, type ReadHeader } from './read-header.ts'
import { readValue } from './read-value.ts'
import type { StreamReader } from './stream-reader.ts'

/**
 * Reads properties up to a marker, to what says which part of a message follows, or to the end. 8-bit text is in the
 * code page that the list itself names (PidTagMessageCodepage), else in `codePage`. The address book prefix is passed
 * over. Throws `FastTransferError`.
 */
export function readProperties(reader: StreamReader, codePage = defaultCodePage): PropertyBag {
  const bag = new PropertyBag()
  let undecoded: Undecoded[] | undefined
  while (!reader.isAtEnd) {
    const tag = reader.peek()
    if (tag === metaProperties.warning) {
      reader.take(8)
      continue
    }
    if (isMarker(tag) || isMetaProperty(tag)) break
    reader.countValues(1)
    const header = readHeader(reader)
    const start = reader.at
    const isOfMessage = header.codePage === messageCodePage
    const value = readValue(reader, header, isOfMessage ? defaultCodePage : header.codePage)
    if (tag >>> 16 === dnPrefixId && header.property.type === 'string') continue
    bag.set(header.property, value)
    // The code page comes after most of the text, since properties are in the order of their numbers.
    if (isOfMessage) (undecoded ??= []).push({ header, value, start })
  }
  if (undecoded !== undefined) decode(reader, bag, undecoded, codePageOf(bag) ?? codePage)
  return bag
}

/** The code page of the 8-bit text in a message; undefined when it names none that 8-bit text can have. */
export function codePageOf(bag: PropertyBag): number | undefined {
  const codePage = bag.get(messageProperties.messageCodePage)
  return codePage === undefined || codePage === 0 || codePage === unicodeCodePage ? undefined : codePage
}

interface Undecoded extends Pick<PropertyEntry, 'value'> {
  readonly header: ReadHeader
  readonly start: number
}

function decode(reader: StreamReader, bag: PropertyBag, texts: readonly Undecoded[], codePage: number): void {
  if (codePage === defaultCodePage) return
  const end = reader.at
  for (const { header, value, start } of texts) {
    // A later property of the same name has taken its place.
    if (bag.get(header.property) !== value) continue
    reader.at = start
    bag.set(header.property, readValue(reader, header, codePage))
  }
  reader.at = end
}
