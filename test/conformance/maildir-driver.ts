import {
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
import { join } from 'node:path'
import { withCrlf, type ArchiveDriver, type FileMessage } from './archive-driver.ts'

const letters: Readonly<Record<string, string>> = {
  $draft: 'D',
  $flagged: 'F',
  $answered: 'R',
  $seen: 'S',
  $deleted: 'T',
}
let made = 0

/** Modified UTF-7 with Dovecot's `listescape`, written down once more. */
function directoryName(path: readonly string[]): string {
  const encode = (name: string) =>
    name
      .replace(/[\\./]/g, (character) => `\\${character.charCodeAt(0).toString(16)}`)
      .replaceAll('&', '&-')
      .replace(/[^\x20-\x7e]+/g, (run) => {
        const utf16 = Buffer.from([...Buffer.from(run, 'utf16le')].map((_, at, all) => all[at ^ 1]!))
        return `&${utf16.toString('base64').replaceAll('=', '').replaceAll('/', ',')}-`
      })
  return path.length === 1 && path[0] === 'INBOX' ? '' : path.map((name) => `.${encode(name)}`).join('')
}

function pathOf(name: string): string[] {
  const decode = (part: string) =>
    part
      .replace(/&([^-]*)-/g, (_, base64: string) => {
        const utf16 = Buffer.from(base64.replaceAll(',', '/'), 'base64')
        return base64 === '' ? '&' : Buffer.from(utf16.map((_byte, at) => utf16[at ^ 1]!)).toString('utf16le')
      })
      .replace(/\\([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return name === '' ? ['INBOX'] : name.slice(1).split('.').map(decode)
}

function readLetters(folder: string): string[] {
  const file = join(folder, 'dovecot-keywords')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
  return lines.map((line) => line.slice(line.indexOf(' ') + 1))
}

function toFlags(folder: string, keywords: readonly string[]): string {
  const known = readLetters(folder)
  const flags = keywords.map((keyword) => {
    const letter = letters[keyword]
    if (letter !== undefined) return letter
    if (!known.includes(keyword)) known.push(keyword)
    return String.fromCharCode(97 + known.indexOf(keyword))
  })
  if (known.length > 0)
    writeFileSync(join(folder, 'dovecot-keywords'), known.map((one, at) => `${at} ${one}\n`).join(''))
  return flags.sort().join('')
}

function toKeywords(folder: string, flags: string): string[] {
  const known = readLetters(folder)
  const byLetter = new Map(Object.entries(letters).map(([keyword, letter]) => [letter, keyword]))
  return [...flags].flatMap((flag) => byLetter.get(flag) ?? known[flag.charCodeAt(0) - 97] ?? []).sort()
}

function ensure(root: string, path: readonly string[]): string {
  const folder = join(root, directoryName(path))
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(folder, name), { recursive: true })
  return folder
}

/** Maildir++ as Dovecot lays it out. */
export const maildirDriver: ArchiveDriver = {
  addFolder(root, path, role) {
    const folder = ensure(root, path)
    if (role !== undefined) writeFileSync(join(folder, 'mailvan-folder.json'), JSON.stringify({ role }))
  },
  add(root, { path, bytes, keywords = [], receivedAt }) {
    ensure(root, ['INBOX'])
    const folder = ensure(root, path)
    const name = `16${String(++made).padStart(8, '0')}.M1P1.test,S=${bytes.byteLength}`
    const file =
      keywords.length === 0 && made % 2 === 0
        ? join('new', name)
        : join('cur', `${name}:2,${toFlags(folder, keywords)}`)
    writeFileSync(join(folder, file), bytes)
    const date = new Date(receivedAt?.epochMs ?? 1_600_000_000_000)
    utimesSync(join(folder, file), date, date)
  },
  list(root) {
    const directories = ['', ...readdirSync(root).filter((name) => name.startsWith('.'))]
    return directories.flatMap((directory) =>
      ['cur', 'new'].flatMap((half) => {
        const folder = join(root, directory)
        if (!existsSync(join(folder, half))) return []
        return readdirSync(join(folder, half)).map((name): FileMessage => {
          const handle = join(folder, half, name)
          const stored = readFileSync(handle)
          return {
            path: pathOf(directory),
            bytes: name.includes(',X=exact') ? stored : withCrlf(stored),
            keywords: toKeywords(folder, name.split(':2,')[1] ?? ''),
            receivedAtMs: Math.round(statSync(handle).mtimeMs),
            handle,
          }
        })
      }),
    )
  },
  remove: (_root, message) => rmSync(message.handle),
  setKeywords(root, message, keywords) {
    const folder = ensure(root, message.path)
    const base = message.handle.split('/').at(-1)!.split(':')[0]!
    renameSync(message.handle, join(folder, 'cur', `${base}:2,${toFlags(folder, keywords)}`))
  },
  move(root, message, into) {
    renameSync(message.handle, join(ensure(root, into), 'cur', message.handle.split('/').at(-1)!))
  },
  renumber(root, path) {
    for (const message of this.list(root).filter((one) => one.path.join('/') === path.join('/'))) {
      renameSync(message.handle, message.handle.replace('.test', `.again${++made}`))
    }
  },
}
