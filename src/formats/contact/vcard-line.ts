import { escapeText } from './vcard-value.ts'

/** One property of a vCard: `item1.TEL;TYPE=home,voice:+1 555 0101`. */
export interface VcardLine {
  /** What ties lines together; as written. */
  readonly group?: string
  /** In capitals. */
  readonly name: string
  /** By name in capitals; the values as written, without quotes. */
  readonly parameters: ReadonlyMap<string, readonly string[]>
  /** Still escaped, as it stands in vCard 3.0 and 4.0. */
  readonly value: string
}

/** Longer heads are no vCard. */
const headCharactersMax = 16_384
const lineBytesMax = 75

const encodings = new Set(['QUOTED-PRINTABLE', 'BASE64', 'B', '8BIT', '7BIT'])
const valueTypes = new Set(['URL', 'INLINE', 'CONTENT-ID', 'CID'])

/**
 * An unfolded line, or undefined when it is none: without a colon, or with a name that no property can have. Reads the
 * bare parameters of vCard 2.1 (`TEL;HOME;FAX:`) as `TYPE`, `ENCODING` or `VALUE`.
 */
export function parseLine(text: string): VcardLine | undefined {
  const end = findColon(text)
  if (end === undefined) return undefined
  const [first = '', ...rest] = splitOutsideQuotes(text.slice(0, end), ';')
  const match = /^(?:([\w-]+)\.)?([A-Za-z][\w-]*)$/.exec(first.trim())
  if (match === null) return undefined
  const parameters = new Map<string, string[]>()
  for (const part of rest) addParameter(parameters, part)
  const [, group, name = ''] = match
  return { ...(group === undefined ? {} : { group }), name: name.toUpperCase(), parameters, value: text.slice(end + 1) }
}

/** A line of this name and text value. */
export function textLine(name: string, text: string, parameters: Readonly<Record<string, string>> = {}): VcardLine {
  return valueLine(name, escapeText(text), parameters)
}

/** A line of this name and escaped value. */
export function valueLine(name: string, value: string, parameters: Readonly<Record<string, string>> = {}): VcardLine {
  return { name, parameters: new Map(Object.entries(parameters).map(([key, text]) => [key, text.split(',')])), value }
}

/** The line, unfolded and without a line end. Parameter values are quoted, and escaped by RFC 6868, where they must be. */
export function formatLine({ group, name, parameters, value }: VcardLine): string {
  let head = group === undefined ? name : `${group}.${name}`
  for (const [key, values] of parameters) head += `;${key}=${values.map(formatParameter).join(',')}`
  return `${head}:${value}`
}

/** Cut into lines of at most 75 bytes of UTF-8, the following ones starting with a space; characters stay whole. */
export function foldLine(line: string): string {
  if (line.length * 3 <= lineBytesMax) return line
  const pieces: string[] = []
  let start = 0
  let sizeBytes = 0
  for (let index = 0; index < line.length;) {
    const code = line.codePointAt(index) ?? 0
    const characterBytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (sizeBytes + characterBytes > lineBytesMax) {
      pieces.push(line.slice(start, index))
      start = index
      sizeBytes = 1
    }
    sizeBytes += characterBytes
    index += code < 0x10000 ? 1 : 2
  }
  pieces.push(line.slice(start))
  return pieces.join('\r\n ')
}

/** The types of a line in small letters, whichever way they are written; `PREF=1` counts as the type `pref`. */
export function typesOf(line: VcardLine): ReadonlySet<string> {
  const types = new Set<string>()
  for (const value of line.parameters.get('TYPE') ?? []) {
    for (const type of value.split(',')) types.add(type.trim().toLowerCase())
  }
  if (line.parameters.has('PREF')) types.add('pref')
  return types
}

/** The lines, those that are preferred (type `pref`, `PREF=1` to `PREF=100`) first. */
export function preferredFirst(lines: readonly VcardLine[]): readonly VcardLine[] {
  return lines
    .map((line) => ({ line, preference: preferenceOf(line) }))
    .toSorted((one, other) => one.preference - other.preference)
    .map(({ line }) => line)
}

function preferenceOf(line: VcardLine): number {
  const pref = Number(line.parameters.get('PREF')?.[0] ?? Number.NaN)
  if (pref >= 1) return pref
  return typesOf(line).has('pref') ? 0 : 1000
}

/** The colon after name and parameters; quotes count only when they are closed. */
function findColon(text: string): number | undefined {
  let isQuoted = false
  const end = Math.min(text.length, headCharactersMax)
  for (let index = 0; index < end; index++) {
    const character = text[index]
    if (character === '"') isQuoted = !isQuoted
    else if (character === ':' && !isQuoted) return index
  }
  const plain = text.indexOf(':')
  return isQuoted && plain >= 0 && plain < end ? plain : undefined
}

function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let isQuoted = false
  let start = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '"') isQuoted = !isQuoted
    else if (text[index] === separator && !isQuoted) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, text.slice(start)]
}

function addParameter(parameters: Map<string, string[]>, part: string): void {
  const equals = part.indexOf('=')
  const bare = part.trim().toUpperCase()
  if (bare === '') return
  const key = equals >= 0 ? part.slice(0, equals).trim().toUpperCase() : bareParameter(bare)
  const values = equals >= 0 ? splitOutsideQuotes(part.slice(equals + 1), ',').map(readParameter) : [part.trim()]
  const known = parameters.get(key)
  if (known === undefined) parameters.set(key, [...values])
  else known.push(...values)
}

function bareParameter(bare: string): string {
  if (encodings.has(bare)) return 'ENCODING'
  return valueTypes.has(bare) ? 'VALUE' : 'TYPE'
}

function readParameter(text: string): string {
  const plain = text.trim().replace(/^"(.*)"$/s, '$1')
  return plain.replace(/\^[n'^]/g, (escape) => (escape === '^n' ? '\n' : escape === "^'" ? '"' : '^'))
}

function formatParameter(text: string): string {
  const escaped = text.replace(/[\^"]|\r?\n/g, (found) => (found === '^' ? '^^' : found === '"' ? "^'" : '^n'))
  return /[:;,]/.test(escaped) ? `"${escaped}"` : escaped
}
