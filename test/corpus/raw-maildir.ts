import { Buffer } from 'node:buffer'
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CorpusMessage } from './corpus.ts'

/** To whom written files belong. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

const letters: readonly (readonly [flag: string, letter: string])[] = [
  ['\\Draft', 'D'],
  ['\\Flagged', 'F'],
  ['\\Answered', 'R'],
  ['\\Seen', 'S'],
  ['\\Deleted', 'T'],
]
/** "Passed", which some programs write beside the keyword. */
const passed: readonly (readonly [flag: string, letter: string])[] = [['$Forwarded', 'P']]
/** Letters a, b, ... in every folder written. */
const keywords: readonly string[] = ['$Forwarded', 'corpus']
const parts = ['cur', 'new', 'tmp']

/** Writes messages into a Maildir++ tree, adding to what is there: the bytes as they are. Folder names must be plain. */
export function writeRawMaildir(root: string, messages: Iterable<CorpusMessage>, owner?: Owner): void {
  const own = (path: string): void => {
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
  }
  const ensureFolder = (folder: string): void => {
    if (existsSync(join(folder, 'cur'))) return
    for (const part of ['', ...parts]) {
      mkdirSync(join(folder, part), { recursive: true })
      own(join(folder, part))
    }
    const keywordsFile = join(folder, 'dovecot-keywords')
    writeFileSync(keywordsFile, keywords.map((keyword, index) => `${index} ${keyword}\n`).join(''))
    own(keywordsFile)
  }
  ensureFolder(root)
  let count = 0
  for (const { folder, bytes, receivedAt, flags } of messages) {
    const directory = join(root, folder.map((name) => `.${name}`).join(''))
    ensureFolder(directory)
    const flagLetters = letters.flatMap(([flag, letter]) => (flags.includes(flag) ? [letter] : []))
    const keywordLetters = keywords.flatMap((keyword, at) => (flags.includes(keyword) ? [String.fromCharCode(97 + at)] : []))
    const path = join(directory, 'cur', `1000000000.${++count}.corpus:2,${[...flagLetters, ...keywordLetters].join('')}`)
    writeFileSync(path, bytes)
    utimesSync(path, receivedAt, receivedAt)
    own(path)
  }
}

/** Reads every message of a Maildir++ tree, in no order. */
export function readRawMaildir(root: string): readonly CorpusMessage[] {
  const directories = readdirSync(root).filter((name) => name.startsWith('.') && existsSync(join(root, name, 'cur')))
  return ['', ...directories].flatMap((directory) => {
    const folder = directory === '' ? ['INBOX'] : directory.slice(1).split('.')
    return ['cur', 'new'].flatMap((part) => {
      const place = join(root, directory, part)
      const names = existsSync(place) ? readdirSync(place) : []
      return names.map((name) => readOne(join(place, name), folder, keywordsOf(join(root, directory))))
    })
  })
}

function readOne(path: string, folder: readonly string[], folderKeywords: ReadonlyMap<string, string>): CorpusMessage {
  const info = /:2,([A-Za-z]*)$/.exec(path)?.[1] ?? ''
  const flagOf = (letter: string): string =>
    [...letters, ...passed].find(([, one]) => one === letter)?.[0] ?? folderKeywords.get(letter) ?? letter
  const flags = [...new Set([...info].map(flagOf))]
  const receivedAt = new Date(Math.round(statSync(path).mtimeMs / 1_000) * 1_000)
  return { name: path, folder, bytes: readFileSync(path), receivedAt, flags: flags.sort() }
}

function keywordsOf(directory: string): ReadonlyMap<string, string> {
  const file = join(directory, 'dovecot-keywords')
  const lines = existsSync(file) ? Buffer.from(readFileSync(file)).toString('utf8').split('\n') : []
  return new Map(
    lines.flatMap((line) => {
      const [, index, keyword] = /^(\d+) (.+)$/.exec(line) ?? []
      return index === undefined || keyword === undefined ? [] : [[String.fromCharCode(97 + Number(index)), keyword] as const]
    }),
  )
}
