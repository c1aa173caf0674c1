import { Buffer } from 'node:buffer'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** Where the mail of other projects is, when it is there at all: beside the checkout, never in it. */
export const corpusRoot = join(import.meta.dirname, '../../../shared/corpus')

/** Put behind the names of tests, so that their being skipped says why. */
export const corpusIsThere = existsSync(corpusRoot)
export const corpusNote = corpusIsThere ? '' : ' (skipped: there is no ../shared/corpus)'

/** A message of the corpus as it is to stand in a mailbox. */
export interface CorpusMessage {
  /** The file in the corpus, and the place in it. */
  readonly name: string
  readonly folder: readonly string[]
  readonly bytes: Buffer
  /** Whole seconds; made up. */
  readonly receivedAt: Date
  /** IMAP flags and keywords, sorted; made up. */
  readonly flags: readonly string[]
}

/** The `.eml` files. */
export function emlMessages(): readonly CorpusMessage[] {
  return filesIn('eml').map((path, index) => toMessage(path, dirnames(path), readFileSync(path), index))
}

/** The messages of the mbox files, quoted and with line ends as they stand. */
export function mboxMessages(): readonly CorpusMessage[] {
  return filesIn('mbox')
    .flatMap((path) => splitMbox(readFileSync(path)).map((bytes, n) => ({ path, name: `${path}#${n + 1}`, bytes })))
    .map(({ path, name, bytes }, index) => toMessage(name, dirnames(path), bytes, index + 7))
}

const flagSets: readonly (readonly string[])[] = [
  ['\\Seen'],
  [],
  ['\\Answered', '\\Seen'],
  ['\\Flagged', 'corpus'],
  ['\\Draft'],
  ['$Forwarded', '\\Seen'],
  ['\\Deleted'],
]
const firstMs = Date.UTC(1997, 2, 30, 1, 59, 58)
/** No whole number of days, so that every time of day and every season occurs. */
const stepMs = 205_337_000

function toMessage(name: string, folder: readonly string[], bytes: Buffer, index: number): CorpusMessage {
  const flags = flagSets[index % flagSets.length] ?? []
  return { name: relative(corpusRoot, name), folder, bytes, receivedAt: new Date(firstMs + index * stepMs), flags }
}

/** Of the files of one kind, sorted. */
function filesIn(kind: 'eml' | 'mbox'): readonly string[] {
  const root = join(corpusRoot, kind)
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Kind and origin: `['eml', 'enmime']`. */
function dirnames(path: string): readonly string[] {
  return relative(corpusRoot, path).split(sep).slice(0, 2)
}

const separator =
  /(?<=^(?:\xef\xbb\xbf)?|\n\r?\n)From [^\n]*\d\d:\d\d[^\n]*\n|(?<=^(?:\xef\xbb\xbf)?|\n)From (?:-|[^\n]*[@\d])[^\n]*\n(?=[A-Z][\w-]*:)/g

/**
 * The messages between lines `From `: with a time at the start or after an empty line, or with a digit, an `@` or a dash
 * before a line of a header. Simpler than what the product does, and good enough to make real messages of all the bytes.
 */
function splitMbox(file: Buffer): readonly Buffer[] {
  const text = file.toString('latin1')
  const found = [...text.matchAll(separator)]
  return found.map((line, n) => {
    const end = found[n + 1]?.index ?? text.length
    return Buffer.from(text.slice(line.index + line[0].length, end).replace(/(?<=\n)\r?\n$/, ''), 'latin1')
  })
}
