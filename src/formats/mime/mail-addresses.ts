import { decodeEncodedWordsExactly } from '../encoded-words.ts'

/** Somebody whom a header names. Either text may be empty, not both. */
export interface MailAddress {
  readonly name: string
  readonly address: string
}

const encodedWordAt = /=\?[^?\s]{1,100}\?[bBqQ]\?[^?]*\?=/y

/**
 * The addresses of a header's unfolded value (RFC 5322 section 3.4 with its obsolete forms). Never throws. Members of
 * groups are given, the groups' names are not; comments become the name of an address that has no other; a name without an
 * address stays a name; commas and semicolons both separate. Names are decoded.
 */
export function parseAddresses(text: string): readonly MailAddress[] {
  const found: MailAddress[] = []
  const scan = new AddressScan(text)
  while (!scan.isAtEnd) {
    const address = scan.next()
    if (address !== undefined) found.push(address)
  }
  return found
}

class AddressScan {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length
  }

  /** Reads up to the next separator; undefined when nobody is named there. */
  next(): MailAddress | undefined {
    const text = this.#text
    /** As written, for finding an address in it; and without quotes, for the name. */
    let written = ''
    let name = ''
    let comment = ''
    let angle: string | undefined
    while (this.#at < text.length) {
      const character = text[this.#at]!
      if (character === ',' || character === ';') {
        this.#at++
        break
      } else if (character === '"') {
        const quoted = this.#quoted()
        written += `"${quoted}"`
        name += quoted
      } else if (character === '>') {
        this.#at++
      } else if (character === '(') {
        comment = comment === '' ? this.#comment() : `${comment} ${this.#comment()}`
      } else if (character === '<') {
        const inner = this.#angle()
        angle ??= inner
      } else if (character === ':' && angle === undefined && !written.includes('@')) {
        this.#at++
        written = ''
        name = ''
        comment = ''
      } else {
        const word = character === '=' ? this.#encodedWord() : undefined
        if (word === undefined) this.#at++
        written += word ?? character
        name += word ?? character
      }
    }
    return toAddress(written, name, comment, angle)
  }

  #encodedWord(): string | undefined {
    encodedWordAt.lastIndex = this.#at
    const word = encodedWordAt.exec(this.#text)?.[0]
    if (word !== undefined) this.#at += word.length
    return word
  }

  #quoted(): string {
    const text = this.#text
    let value = ''
    let at = this.#at + 1
    let from = at
    while (at < text.length && text[at] !== '"') {
      if (text[at] === '\\') {
        value += text.slice(from, at)
        from = ++at
      }
      at++
    }
    this.#at = at + 1
    return value + text.slice(from, at)
  }

  #comment(): string {
    const text = this.#text
    let depth = 0
    let at = this.#at
    let value = ''
    for (; at < text.length; at++) {
      const character = text[at]!
      if (character === '\\') value += text[++at] ?? ''
      else if (character === '(' && depth++ === 0) continue
      else if (character === ')' && --depth === 0) break
      else value += character
    }
    this.#at = at + 1
    return value.trim()
  }

  /** Without an obsolete route in front (RFC 5322 section 4.4). */
  #angle(): string {
    const text = this.#text
    const endMax = Math.min(text.length, this.#at + angleCharactersMax)
    let end = this.#at + 1
    let isQuoted = false
    let comma = -1
    for (; end < endMax && (isQuoted || text[end] !== '>'); end++) {
      if (text[end] === '"') isQuoted = !isQuoted
      else if (text[end] === ',' && !isQuoted && comma < 0) comma = end
      // An angle bracket that was forgotten must not swallow the addresses after it.
      else if (text[end] === '<' && !isQuoted && comma >= 0) end = endMax
    }
    // Nor must an unclosed quote.
    if (text[end] !== '>') end = comma >= 0 ? comma : closingFrom(text, this.#at + 1, endMax)
    const isClosed = text[end] === '>'
    const inner = tidy(text.slice(this.#at + 1, end))
    this.#at = isClosed ? end + 1 : end
    const route = /^@[^:<>"]*:/.exec(inner)
    return tidy(route === null ? inner : inner.slice(route[0].length))
  }
}

/** What stands in angle brackets is looked at as far as this; the longest address that SMTP carries has 254. */
const angleCharactersMax = 2_000

/** Comments and blanks may stand anywhere in an address (RFC 5322 section 4.4); what they leave may be some again. */
function withoutComments(address: string): string {
  if (address.includes('"') || !/[( ]/.test(address) || address.length > angleCharactersMax) return address
  const shorter = address.replace(/\([^()]*\)/g, '').replace(/ *([.@]) */g, '$1')
  return shorter === address ? address : withoutComments(tidy(shorter))
}

function closingFrom(text: string, from: number, endMax: number): number {
  const piece = text.slice(from, endMax)
  const close = piece.indexOf('>')
  const end = close >= 0 ? close : piece.indexOf(',')
  return end >= 0 ? from + end : endMax
}

function toAddress(written: string, name: string, comment: string, angle: string | undefined): MailAddress | undefined {
  if (angle !== undefined) return named(tidy(name) === '' ? comment : name, angle)
  if (!written.includes('@')) return named(name, '')
  const found = plainAddressIn(written)
  if (found === undefined) return named(comment, tidy(name))
  const [start, end] = found
  const rest = `${written.slice(0, start)} ${written.slice(end)}`.replaceAll('"', '')
  return named(tidy(rest) === '' ? comment : rest, written.slice(start, end))
}

/** Where the first address without angle brackets stands, whose local part may be quoted. */
function plainAddressIn(written: string): [start: number, end: number] | undefined {
  for (let at = written.indexOf('@'); at >= 0; at = written.indexOf('@', at + 1)) {
    let start = at
    if (written[at - 1] === '"') start = Math.max(0, written.lastIndexOf('"', at - 2))
    else while (start > 0 && !isDelimiter(written.charCodeAt(start - 1))) start--
    let end = at + 1
    while (end < written.length && !isDelimiter(written.charCodeAt(end))) end++
    if (start < at) return [start, end]
  }
  return undefined
}

/** White space, quote and angle brackets. */
function isDelimiter(code: number): boolean {
  return code <= 0x20 || code === 0x22 || code === 0x3c || code === 0x3e || code === 0xa0
}

function named(name: string, address: string): MailAddress | undefined {
  const tidied = tidy(decodeEncodedWordsExactly(tidy(name)))
  const decoded = address.includes('=?') ? decodeEncodedWordsExactly(address) : address
  const bare = withoutComments(tidy(/[<>]/.test(decoded) ? decoded.replace(/[<>]+/g, '') : decoded))
  return tidied === '' && bare === '' ? undefined : { name: tidied, address: bare }
}

const blanksOrControls = /[\x00-\x20\x7f]+/g
const needsTidying = /^\x20|\x20$|\x20\x20|[\x00-\x1f\x7f]/

function tidy(text: string): string {
  return needsTidying.test(text) ? text.replace(blanksOrControls, ' ').trim() : text
}
