import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { percentEncoded, withCrlf, type ArchiveDriver, type FileMessage } from './archive-driver.ts'
import type { SeedMessage } from './harness.ts'

interface Line {
  readonly id: string
  readonly keywords: readonly string[]
  readonly receivedAt: string
  readonly isExact?: boolean
  readonly storedBytes: number
}

let made = 0

const fileOf = (root: string, path: readonly string[]): string =>
  `${join(root, ...path.slice(0, -1).map((name) => `${percentEncoded(name)}.sbd`), percentEncoded(path.at(-1)!))}.mbox`

const factsOf = (file: string): Line[] => {
  const text = existsSync(`${file}.mailvan.jsonl`) ? readFileSync(`${file}.mailvan.jsonl`, 'latin1') : ''
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.id !== undefined)
}

/** The format's date: `Sat Feb 29 23:59:58 2020`, in UTC. */
function fromLine(sender: string, atMs: number): string {
  const [, weekday, day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(atMs).toUTCString())!
  return `From ${sender} ${weekday} ${month} ${day!.replace(/^0/, ' ')} ${time} ${year}`
}

/** A message in the middle of a file, named by its From_ line. */
function addTo(file: string, message: SeedMessage, sender: string): void {
  const offset = existsSync(file) ? statSync(file).size : 0
  const first = fromLine(sender, message.receivedAt?.epochMs ?? 1_600_000_000_000)
  const content = Buffer.from(message.bytes)
    .toString('latin1')
    .replace(/^(?=>*From )/gm, '>')
  const line: Line = {
    id: `${offset}-${BigInt(`0x${createHash('sha256').update(first).digest('hex').slice(0, 14)}`)}`,
    keywords: message.keywords ?? [],
    receivedAt: new Date(message.receivedAt?.epochMs ?? 1_600_000_000_000).toISOString(),
    storedBytes: content.length,
  }
  appendFileSync(file, `${first}\r\n${content}${content.endsWith('\n') ? '' : '\r\n'}\r\n`, 'latin1')
  appendFileSync(`${file}.mailvan.jsonl`, `${JSON.stringify(line)}\n`)
}

/** mbox files as this product documents them: mboxrd with CRLF, and a file of facts beside. */
export const mboxDriver: ArchiveDriver = {
  addFolder(root, path, role) {
    const file = fileOf(root, path)
    mkdirSync(join(file, '..'), { recursive: true })
    appendFileSync(file, '')
    if (role !== undefined) writeFileSync(file.replace(/\.mbox$/, '.mailvan.json'), JSON.stringify({ role }))
  },
  add(root, message) {
    this.addFolder(root, message.path)
    addTo(fileOf(root, message.path), message, `seed${++made}@mailvan`)
  },
  list(root) {
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mbox'))
    return names.flatMap((name) => {
      const path = name
        .replace(/\.mbox$/, '')
        .split('.sbd/')
        .map((part) => part.replace(/%(2F|25|2E)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))))
      const text = readFileSync(join(root, name), 'latin1')
      const lines = new Map(factsOf(join(root, name)).map((line) => [line.id, line]))
      return [...lines.values()].map((line): FileMessage => {
        const offset = Number(line.id.split('-')[0])
        const start = text.indexOf('\n', offset) + 1
        if (!text.startsWith('From ', offset)) throw new Error('no From_ line where the facts say')
        const stored = text.slice(start, start + line.storedBytes)
        const bytes = Buffer.from(stored.replace(/^>(?=>*From )/gm, ''), 'latin1')
        return {
          path,
          bytes: line.isExact === true ? bytes : withCrlf(bytes),
          keywords: line.keywords.toSorted(),
          receivedAtMs: Date.parse(line.receivedAt),
          handle: line.id,
        }
      })
    })
  },
  setKeywords(root, message, keywords) {
    const file = fileOf(root, message.path)
    const line = factsOf(file).findLast((one) => one.id === message.handle)
    appendFileSync(`${file}.mailvan.jsonl`, `${JSON.stringify({ ...line, keywords })}\n`)
  },
  renumber(root, path) {
    const file = fileOf(root, path)
    const messages = this.list(root).filter((one) => one.path.join('/') === path.join('/'))
    for (const name of [file, `${file}.mailvan.jsonl`]) writeFileSync(name, '')
    for (const one of messages) {
      addTo(file, { ...one, receivedAt: { epochMs: one.receivedAtMs, offsetMinutes: 0 } }, `again${++made}@mailvan`)
    }
  },
}
