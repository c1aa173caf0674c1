import { createHash } from 'node:crypto'
import type { FolderNaming } from '../model/folder.ts'

/** Why a name or its place was changed; the words of `folderMapped` events. */
export type NameChange =
  | 'folder-map'
  | 'earlier-pass'
  | 'role'
  | 'prefix'
  | 'inbox-child'
  | 'illegal-character'
  | 'blank'
  | 'empty-name'
  | 'reserved'
  | 'too-long'
  | 'too-deep'
  | 'existing-spelling'
  | 'collision'
  | 'refused-name'

const replacement = '_'
const digestLength = 8

/** Control characters, line and paragraph separators and halves of a surrogate pair stand in no folder name. */
const neverLegal = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u

const outerBlanks = /^[\p{Zs}\t]+|[\p{Zs}\t]+$/gu

/**
 * One path segment as `naming` allows it, with the reasons for each change. Each forbidden character becomes `_`,
 * blanks at the ends go, an empty name and the names `.` and `..` become `_`, and a name that is too long is cut and
 * gets eight hexadecimal digits of the SHA-256 of `origin`, so that two cut names stay apart. Pure; a legal name stays
 * as it is.
 */
export function toLegalName(
  name: string,
  naming: FolderNaming,
  origin: string,
): { readonly name: string; readonly changes: readonly NameChange[] } {
  const changes: NameChange[] = []
  const step = (changed: string, change: NameChange) => {
    if (changed !== legal) changes.push(change)
    legal = changed
  }
  let legal = name
  const characters = [...legal]
  step(
    characters.map((character, at) => (isLegal(character, at, naming) ? character : replacement)).join(''),
    'illegal-character',
  )
  step(legal.replace(outerBlanks, ''), 'blank')
  if (legal === '') step(replacement, name === '' ? 'empty-name' : 'blank')
  if (legal === '.' || legal === '..') step(replacement.repeat(legal.length), 'reserved')
  step(shorten(legal, naming.nameBytesMax, origin), 'too-long')
  return { name: legal, changes: [...new Set(changes)] }
}

/** `name` with ` (n)` behind it, within `nameBytesMax`. */
export function numberedName(name: string, number: number, naming: FolderNaming): string {
  const suffix = ` (${number})`
  return `${cutToBytes(name, naming.nameBytesMax - suffix.length)}${suffix}`
}

/** `name` with `_` behind it, within `nameBytesMax`: for names that the server keeps for itself. */
export function setApartName(name: string, naming: FolderNaming): string {
  return `${cutToBytes(name, naming.nameBytesMax - replacement.length)}${replacement}`
}

function isLegal(character: string, at: number, { forbidden, forbiddenInFront = '' }: FolderNaming): boolean {
  if (neverLegal.test(character) || forbidden.includes(character)) return false
  return at > 0 || !forbiddenInFront.includes(character)
}

function shorten(name: string, bytesMax: number, origin: string): string {
  if (Buffer.byteLength(name) <= bytesMax) return name
  const digest = createHash('sha256').update(origin).digest('hex').slice(0, digestLength)
  return `${cutToBytes(name, bytesMax - digestLength - 1)}-${digest}`
}

/** The longest start of at most `bytesMax` bytes of UTF-8 that ends between two characters and not in a blank. */
function cutToBytes(name: string, bytesMax: number): string {
  let bytes = 0
  let kept = ''
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  for (const { segment } of graphemes.segment(name)) {
    bytes += Buffer.byteLength(segment)
    if (bytes > bytesMax) break
    kept += segment
  }
  return kept.replace(outerBlanks, '')
}

/** Made at the first use: it is slow to make, and few names are cut. */
let graphemes: Intl.Segmenter | undefined
