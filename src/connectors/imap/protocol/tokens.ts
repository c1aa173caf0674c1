import { garbage } from './garbage.ts'

/** A quoted string or a literal, as a byte string. Its own type, since the string "NIL" is not NIL. */
export interface StringValue {
  readonly string: string
}

/** A parsed value: NIL is null, an atom (a number, a flag, a section name) is its text, a list is an array. */
export type Value = null | string | StringValue | readonly Value[]

const nestingMax = 128
const empty = new Uint8Array(0)

const space = 32
const quote = 34
const openParenthesis = 40
const closeParenthesis = 41
const openBracket = 91
const backslash = 92
const closeBracket = 93
const openBrace = 123
const tilde = 126

/**
 * Reads values from the text of a response as `ResponseReader` gives it (RFC 9051 section 9). Every method throws
 * `imap.protocol.garbage` when the text does not continue as asked. Reading is iterative or bounded in depth.
 */
export class Scanner {
  readonly text: string
  readonly #literals: readonly Uint8Array[]
  at: number
  #literalsTaken = 0

  constructor(text: string, literals: readonly Uint8Array[] = [], at = 0) {
    this.text = text
    this.#literals = literals
    this.at = at
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  /** Character code of what comes next; NaN at the end. */
  peek(): number {
    return this.text.charCodeAt(this.at)
  }

  skipSpaces(): void {
    while (this.text.charCodeAt(this.at) === space) this.at++
  }

  /** Steps over `expected` (one character). */
  expect(expected: string): void {
    if (this.text[this.at] !== expected) throw this.#unexpected(`no "${expected}" where one belongs`)
    this.at++
  }

  /** Any value; leading spaces are passed over. */
  value(nesting = 0): Value {
    this.skipSpaces()
    const code = this.peek()
    if (code === openParenthesis) return this.list(nesting)
    if (code === quote) return { string: this.#quoted() }
    if (code === openBrace || (code === tilde && this.text.charCodeAt(this.at + 1) === openBrace)) return this.#literal()
    const atom = this.atom()
    return atom.length === 3 && atom.toUpperCase() === 'NIL' ? null : atom
  }

  /** All values up to the end. */
  values(): Value[] {
    const values: Value[] = []
    for (this.skipSpaces(); !this.isAtEnd; this.skipSpaces()) values.push(this.value())
    return values
  }

  /** A list in parentheses. */
  list(nesting = 0): Value[] {
    if (nesting >= nestingMax) throw this.#unexpected(`lists more than ${nestingMax} deep`)
    this.skipSpaces()
    this.expect('(')
    const values: Value[] = []
    for (;;) {
      this.skipSpaces()
      if (this.peek() === closeParenthesis) break
      if (this.isAtEnd) throw this.#unexpected('a list without its end')
      values.push(this.value(nesting + 1))
    }
    this.at++
    return values
  }

  /**
   * What stands up to a space or parenthesis. A pair of brackets belongs to it with all it holds, as in
   * `BODY[HEADER.FIELDS (DATE)]<0>` and `[Gmail]`; a lone bracket is a character like any other.
   */
  atom(): string {
    const start = this.at
    for (;;) {
      const code = this.peek()
      if (code !== code || code === space || code === openParenthesis || code === closeParenthesis) break
      if (code === openBracket) {
        const end = this.#bracketEnd()
        if (end > 0) {
          this.at = end
          continue
        }
      }
      this.at++
    }
    if (this.at === start) throw this.#unexpected('nothing where a word belongs')
    return this.text.slice(start, this.at)
  }

  /** A number of up to 2^53. */
  number(): number {
    this.skipSpaces()
    const number = toNumber(this.atom())
    if (number === undefined) throw this.#unexpected('no number where one belongs')
    return number
  }

  /** A string or an atom as a byte string, where NIL cannot stand: the atom NIL is a name like any other. */
  astring(): string {
    this.skipSpaces()
    const code = this.peek()
    if (code === quote || code === openBrace || code === tilde || code === openParenthesis) {
      const string = toByteString(this.value())
      if (string === undefined) throw this.#unexpected('a list where a string belongs')
      return string
    }
    return this.atom()
  }

  /** A string or an atom as a byte string, or undefined for NIL. */
  nilOrString(): string | undefined {
    const value = this.value()
    if (value === null) return undefined
    const string = toByteString(value)
    if (string === undefined) throw this.#unexpected('a list where a string belongs')
    return string
  }

  #bracketEnd(): number {
    const { text } = this
    for (let at = this.at + 1, isQuoted = false; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === quote) isQuoted = !isQuoted
      else if (isQuoted && code === backslash) at++
      else if (!isQuoted && code === closeBracket) return at + 1
    }
    return -1
  }

  #quoted(): string {
    const { text } = this
    const start = ++this.at
    let string = ''
    let copied = start
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === quote) {
        this.at = at + 1
        return string + text.slice(copied, at)
      }
      if (code === backslash) {
        string += text.slice(copied, at)
        copied = ++at
      }
    }
    throw this.#unexpected('a quoted string without its end')
  }

  #literal(): StringValue {
    const end = this.text.indexOf('\n', this.at)
    if (end < 0) throw this.#unexpected('a literal without its bytes')
    // Without bytes: a taker has them.
    const literal = this.#literals[this.#literalsTaken++] ?? empty
    this.at = end + 1
    return { string: Buffer.from(literal.buffer, literal.byteOffset, literal.byteLength).toString('latin1') }
  }

  #unexpected(problem: string): Error {
    return garbage(problem)
  }
}

/** The byte string of an atom or a string; undefined for NIL and lists. */
export function toByteString(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (value === null || value === undefined || isList(value)) return undefined
  return value.string
}

/** The number an atom or a string spells, if it is one. */
export function toNumber(value: Value | undefined): number | undefined {
  const text = toByteString(value)
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : undefined
}

/** Tells a list from the other values. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}
