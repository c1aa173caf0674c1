import { UsageError } from '../usage-error.ts'
import { withoutFormulaMark } from './csv-text.ts'
import { badlyQuoted, parseListRows } from './list-rows.ts'

/** One mailbox to move, as a row of the file says it. */
export interface Pair {
  /** Where the row begins in the file, counted from 1. */
  readonly line: number
  readonly name?: string
  readonly source: string
  readonly target: string
  readonly sourcePassword?: string
  readonly targetPassword?: string
  readonly sourcePasswordFile?: string
  readonly targetPasswordFile?: string
  /** Of the person whose mailbox it is, where a user may have to be made. */
  readonly firstName?: string
  readonly lastName?: string
  readonly displayName?: string
  /** Two letters (ISO 3166). */
  readonly usageLocation?: string
}

/** A row that names no mailbox, and why. */
interface FaultyRow {
  readonly line: number
  readonly reason: string
}

/** The rows of a list, good and faulty. */
export interface Pairs {
  readonly pairs: readonly Pair[]
  readonly faulty: readonly FaultyRow[]
}

const columns = {
  source: 'source',
  target: 'target',
  sourcepassword: 'sourcePassword',
  targetpassword: 'targetPassword',
  sourcepasswordfile: 'sourcePasswordFile',
  targetpasswordfile: 'targetPasswordFile',
  name: 'name',
  firstname: 'firstName',
  lastname: 'lastName',
  displayname: 'displayName',
  usagelocation: 'usageLocation',
} as const

/** Columns that say something to people only, as "mailvan discover" and "mailvan match" write them. */
const remarks: ReadonlySet<string> = new Set(['match', 'reason', 'address', 'kind', 'licences', 'items', 'sizebytes', 'archive', 'lastchange'])

type Column = (typeof columns)[keyof typeof columns]

/** The order of the columns where no header row names them. */
const unnamedColumns: readonly Column[] = ['source', 'target', 'sourcePassword', 'targetPassword']

const delimitersToGuess = [',', ';', '\t', '|', ' ']

/**
 * The rows of a list of mailboxes, in any delimiter, quoted or not. A first row that says `source` and `target` names the
 * columns, in any order: also `source_password`, `target_password`, `source_password_file`, `target_password_file`,
 * `name`, `display_name`, `first_name`, `last_name` and `usage_location`. Faulty rows are given with their line and reason;
 * no reason repeats what may be a password. Throws `UsageError`
 * when the file as a whole cannot be meant.
 */
export function parsePairs(fileText: string, delimiter: string | undefined): Pairs {
  const rows = parseListRows(fileText, { delimiter: delimiter ?? delimiterOfHeader(fileText), delimitersToGuess })
  const header = rows[0] === undefined ? undefined : toHeader(rows[0].cells)
  const order = header ?? unnamedColumns
  const pairs: Pair[] = []
  const faulty: FaultyRow[] = []
  const seen = new Map<string, number>()
  for (const { line, cells, isBadlyQuoted } of header === undefined ? rows : rows.slice(1)) {
    const pair = toPair(line, cells, order, isBadlyQuoted)
    const key = 'reason' in pair ? '' : JSON.stringify([pair.source, pair.target])
    const firstLine = seen.get(key)
    if ('reason' in pair) faulty.push(pair)
    else if (firstLine !== undefined) faulty.push({ line, reason: `the same source and target as in line ${firstLine}` })
    else {
      seen.set(key, line)
      pairs.push(pair)
    }
  }
  if (pairs.length + faulty.length === 0) {
    throw new UsageError('pairs', 'The list names no mailbox.', 'Write one row per mailbox: its source URL and its target URL.')
  }
  return { pairs, faulty }
}

function toPair(line: number, cells: readonly string[], order: readonly (Column | undefined)[], isBadlyQuoted: boolean): Pair | FaultyRow {
  if (isBadlyQuoted) return { line, reason: badlyQuoted }
  const surplus = cells.slice(order.length).some((cell) => cell !== '')
  if (surplus) return { line, reason: `${cells.length} cells, but only ${order.length} columns` }
  const row: Partial<Record<Column, string>> = {}
  for (const [index, column] of order.entries()) {
    const cell = cells[index]
    if (column !== undefined && cell !== undefined && cell !== '') row[column] = /name$/i.test(column) ? withoutFormulaMark(cell) : cell
  }
  const { source, target } = row
  if (source === undefined) return { line, reason: 'no source URL' }
  if (target === undefined) return { line, reason: 'no target URL' }
  for (const side of ['source', 'target'] as const) {
    if (row[`${side}Password`] !== undefined && row[`${side}PasswordFile`] !== undefined) {
      return { line, reason: `both a ${side} password and a ${side} password file` }
    }
  }
  return { ...row, line, source, target }
}

function toHeader(cells: readonly string[]): readonly (Column | undefined)[] | undefined {
  const words = cells.map((cell) => cell.toLowerCase().replace(/[\s_-]/g, ''))
  if (!words.includes('source') || !words.includes('target')) return undefined
  return words.map((word, index) => {
    const column = Object.hasOwn(columns, word) ? columns[word as keyof typeof columns] : undefined
    if (column === undefined && word !== '' && !remarks.has(word)) {
      throw new UsageError(
        'pairs',
        `The list has a column "${cells[index]}" that is not known.`,
        'Columns are source, target, source_password, target_password, source_password_file, target_password_file, name, display_name, first_name, last_name and usage_location, and what mailvan match adds.',
      )
    }
    return column
  })
}

/** What stands after the first column's name in a header row, be it the most unusual character. */
function delimiterOfHeader(text: string): string | undefined {
  const first = /^\ufeff?([^\r\n]*)/.exec(text)?.[1] ?? ''
  if (!/source/i.test(first) || !/target/i.test(first)) return undefined
  return /^\s*"?(?:source|target|name)(?:[ _-]password(?:[ _-]file)?)?"?\s*([^\w"])/i.exec(first)?.[1]
}
