import { Buffer } from 'node:buffer'
import type { CommandParts } from './command-reader.ts'
import { badArguments } from './refusal.ts'

const atomCharacters = /[^\x00-\x20\x7f-\xff(){%*"\\\]]+/y
const astringCharacters = /[^\x00-\x20\x7f-\xff(){%*"\\]+/y
const patternCharacters = /[^\x00-\x20\x7f-\xff(){"\\]+/y
const quotedCharacters = /[^\x00\r\n"\\]*/y
const wordCharacters = /[^\x00-\x20\x7f-\xff()"]+/y

/** Reads the arguments of a command one after the other; throws `badArguments` for what does not fit. */
export class ArgumentCursor {
  readonly #parts: CommandParts
  #part = 0
  #at: number

  constructor(parts: CommandParts, start: number) {
    this.#parts = parts
    this.#at = start
  }

  get isAtEnd(): boolean {
    return this.#part === this.#parts.length - 1 && this.#at >= this.#text.length
  }

  /** The next character; empty before a literal and at the end. */
  get next(): string {
    return this.#text[this.#at] ?? ''
  }

  end(): void {
    if (!this.isAtEnd) throw badArguments()
  }

  space(): void {
    this.expect(' ')
  }

  expect(character: string): void {
    if (!this.skip(character)) throw badArguments()
  }

  /** Goes over the character if it is the next one. */
  skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  atom(): string {
    return this.#match(atomCharacters) ?? fail()
  }

  /** Anything without space, parenthesis and quote: a FETCH item's name, a flag, a sequence set. */
  word(): string {
    return this.#match(wordCharacters) ?? fail()
  }

  /** One character a byte. */
  astring(): string {
    return this.#string() ?? this.#match(astringCharacters) ?? fail()
  }

  /** A folder pattern, in which wildcards may stand. */
  pattern(): string {
    return this.#string() ?? this.#match(patternCharacters) ?? fail()
  }

  quoted(): string {
    if (this.next !== '"') throw badArguments()
    return this.#string() ?? fail()
  }

  literal(): Buffer {
    const found = this.#at >= this.#text.length ? this.#parts[this.#part + 1] : undefined
    if (!(found instanceof Buffer)) throw badArguments()
    this.#part += 2
    this.#at = 0
    return found
  }

  /** What stands in parentheses, read one by one. */
  list<T>(read: () => T): readonly T[] {
    this.expect('(')
    const found: T[] = []
    while (!this.skip(')')) {
      if (found.length > 0) this.space()
      found.push(read())
    }
    return found
  }

  get #text(): string {
    const part = this.#parts[this.#part]
    return typeof part === 'string' ? part : ''
  }

  #string(): string | undefined {
    if (this.next === '') return this.isAtEnd ? undefined : this.literal().toString('latin1')
    if (!this.skip('"')) return undefined
    let text = ''
    for (;;) {
      text += this.#match(quotedCharacters) ?? ''
      if (this.skip('"')) return text
      if (!this.skip('\\') || (this.next !== '"' && this.next !== '\\')) throw badArguments()
      text += this.next
      this.#at++
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }
}

function fail(): never {
  throw badArguments()
}
