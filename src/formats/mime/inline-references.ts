import { Buffer } from 'node:buffer'
import { attachmentProperties as attachment } from '../mapi/attachment-properties.ts'
import type { ReadonlyPropertyBag } from '../mapi/property-bag.ts'

const contentIdReference = /cid:([^"'\s<>)\\]{1,500})/gi
const locationReference = /\b(?:src|background|href)\s{0,8}=\s{0,8}["']?([^"'\s<>]{1,2000})/gi

/** What a HTML body refers to; it is looked through when somebody asks first. */
export class InlineReferences {
  readonly #html: Uint8Array | undefined
  #contentIds: ReadonlySet<string> | undefined
  #locations: ReadonlySet<string> | undefined

  constructor(html: Uint8Array | undefined) {
    this.#html = html
  }

  /**
   * Whether the body refers to an attachment by its content id or its location, so that it is a picture in the text and
   * not a file beside it (MS-OXCMAIL section 2.2.3.4.1.4.1).
   */
  shows(properties: ReadonlyPropertyBag): boolean {
    if (this.#html === undefined) return false
    const contentId = properties.get(attachment.contentId)
    if (contentId !== undefined) {
      this.#contentIds ??= writtenIn(this.#html, contentIdReference)
      if (this.#contentIds.has(contentId)) return true
    }
    const location = properties.get(attachment.contentLocation)
    if (location === undefined) return false
    this.#locations ??= writtenIn(this.#html, locationReference)
    return this.#locations.has(location)
  }
}

/** As written, and as the escapes of HTML and of URLs mean it. */
function writtenIn(html: Uint8Array, reference: RegExp): ReadonlySet<string> {
  const text = Buffer.from(html.buffer, html.byteOffset, html.byteLength).toString('utf8')
  const found = new Set<string>()
  for (const [, written = ''] of text.matchAll(reference)) {
    found.add(written)
    if (written.includes('&')) found.add(written.replaceAll('&amp;', '&'))
    if (written.includes('%')) found.add(percentDecoded(written))
  }
  return found
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
