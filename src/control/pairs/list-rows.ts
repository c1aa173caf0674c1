import Papa from 'papaparse'
import { UsageError } from '../usage-error.ts'

/** A row of a list, its cells trimmed. */
export interface ListRow {
  /** Where it begins in the file, counted from 1. */
  readonly line: number
  readonly cells: readonly string[]
  readonly isBadlyQuoted: boolean
}

/** How a list is taken apart. */
export interface ListFormat {
  /** What separates the cells; found out by itself when absent. */
  readonly delimiter: string | undefined
  readonly delimitersToGuess: string[]
}

const rowsMax = 100_000

/** Why a row whose quotes do not fit is no good. */
export const badlyQuoted = 'a quote is opened and never closed, or closed in the middle'

/** The rows of a list in any delimiter, empty ones left out. Throws `UsageError` when there are more than 100,000. */
export function parseListRows(fileText: string, { delimiter, delimitersToGuess }: ListFormat): readonly ListRow[] {
  // An empty row at the end would count against every delimiter that is guessed.
  const text = fileText.replace(/^\ufeff/, '').replace(/[\r\n]+$/, '')
  const lines = new LineCounter(text)
  const rows: ListRow[] = []
  Papa.parse<string[]>(text, {
    delimiter: delimiter ?? '',
    delimitersToGuess,
    step({ data, errors, meta }) {
      const line = lines.passTo(meta.cursor)
      const cells = data.map((cell) => cell.trim())
      if (cells.every((cell) => cell === '')) return
      // One more, for a header.
      if (rows.length > rowsMax) throw new UsageError('pairs', `The list has more than ${rowsMax} rows.`, 'Split it into several files.')
      rows.push({ line, cells, isBadlyQuoted: errors.some((error) => error.type === 'Quotes') })
    },
  })
  return rows
}

/** Turns positions in a text into line numbers, going forward only. */
class LineCounter {
  readonly #text: string
  #position = 0
  #line = 1

  constructor(text: string) {
    this.#text = text
  }

  /** The line at which the row that ends at `position` began. */
  passTo(position: number): number {
    const line = this.#line
    for (; this.#position < position && this.#position < this.#text.length; this.#position++) {
      const isBreak = this.#text.charCodeAt(this.#position) === 10
      const isLoneReturn = this.#text.charCodeAt(this.#position) === 13 && this.#text.charCodeAt(this.#position + 1) !== 10
      if (isBreak || isLoneReturn) this.#line++
    }
    return line
  }
}
