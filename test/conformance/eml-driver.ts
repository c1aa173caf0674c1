import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { percentEncoded, withCrlf, type ArchiveDriver, type FileMessage } from './archive-driver.ts'

let made = 0

interface Line {
  readonly id: string
  readonly keywords: readonly string[]
  readonly receivedAt?: string
  readonly isExact?: boolean
}

const factsOf = (directory: string): Map<string, Line> => {
  const file = join(directory, 'mailvan-messages.jsonl')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
  return new Map(lines.map((line) => JSON.parse(line) as Line).map((line) => [line.id, line]))
}

const directoryOf = (root: string, path: readonly string[]): string => join(root, ...path.map(percentEncoded))

const idOf = (handle: string): string => basename(handle, '.eml')

function addLine(handle: string, line: Omit<Line, 'id'>): void {
  const text = `${JSON.stringify({ id: idOf(handle), ...line })}\n`
  appendFileSync(join(dirname(handle), 'mailvan-messages.jsonl'), text)
}

/** A tree of .eml files as this product documents it; without the file of facts, as any program would make it. */
export const emlDriver: ArchiveDriver = {
  addFolder(root, path, role) {
    mkdirSync(directoryOf(root, path), { recursive: true })
    if (role !== undefined)
      writeFileSync(join(directoryOf(root, path), 'mailvan-folder.json'), JSON.stringify({ role }))
  },
  add(root, { path, bytes, keywords = [], receivedAt }) {
    this.addFolder(root, path)
    const handle = join(directoryOf(root, path), `letter ${++made}.eml`)
    writeFileSync(handle, bytes)
    const date = new Date(receivedAt?.epochMs ?? 1_600_000_000_000)
    utimesSync(handle, date, date)
    if (keywords.length > 0) addLine(handle, { keywords })
  },
  list(root) {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.name.endsWith('.eml') && !entry.name.startsWith('.'))
      .map((entry): FileMessage => {
        const handle = join(entry.parentPath, entry.name)
        const facts = factsOf(entry.parentPath).get(idOf(handle))
        const stored = readFileSync(handle)
        const names = entry.parentPath.slice(root.length + 1).split('/')
        return {
          path: names.map((name) =>
            name.replace(/%(2F|25|2E|00)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          ),
          bytes: facts?.isExact === true ? stored : withCrlf(stored),
          keywords: (facts?.keywords ?? []).toSorted(),
          receivedAtMs:
            facts?.receivedAt === undefined ? Math.round(statSync(handle).mtimeMs) : Date.parse(facts.receivedAt),
          handle,
        }
      })
  },
  remove: (_root, message) => rmSync(message.handle),
  setKeywords: (_root, { handle }, keywords) =>
    addLine(handle, { ...factsOf(dirname(handle)).get(idOf(handle)), keywords }),
  move(root, { handle }, into) {
    const moved = join(directoryOf(root, into), basename(handle))
    const facts = factsOf(dirname(handle)).get(idOf(handle))
    if (facts) addLine(moved, facts)
    renameSync(handle, moved)
  },
  renumber(root, path) {
    for (const message of this.list(root).filter((one) => one.path.join('/') === path.join('/'))) {
      renameSync(message.handle, join(dirname(message.handle), `renamed ${++made}.eml`))
    }
  },
}
