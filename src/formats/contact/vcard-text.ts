import { Buffer } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { MigrationError } from '../../core/errors.ts'
import { formatLine, parseLine, type VcardLine } from './vcard-line.ts'
import { escapeText } from './vcard-value.ts'

/** Limits of one text: beyond the first two it is refused, beyond the others the rest of a card is left out or untold. */
const vcardLimits = { charactersMax: 64 * 1024 * 1024, cardsMax: 100_000, linesMax: 20_000, lossesMax: 1000 } as const

/** One card as lines that vCard 3.0 and 4.0 can hold: no quoted-printable, no charsets, no bare parameters. */
export interface VcardCard {
  readonly lines: readonly VcardLine[]
  /** What could not be read, in words; never a value. */
  readonly losses: readonly string[]
}

interface OpenCard {
  readonly lines: VcardLine[]
  readonly losses: string[]
}

/**
 * The cards in a text, of vCard 2.1, 3.0 and 4.0, whatever is wrong with them. Bytes may be UTF-8, UTF-16 with its
 * mark, or a charset that the lines name (2.1); else they are read as windows-1252. An `AGENT` written as a card inside
 * the card becomes a text, as in 3.0.
 *
 * Throws an item error: `vcard.no-card` when there is none, `vcard.too-large` beyond `vcardLimits`.
 */
export function readCards(input: string | Uint8Array): readonly VcardCard[] {
  if (input.length > vcardLimits.charactersMax) throw tooLarge()
  const { text, areBytes } = toText(input)
  const cards: VcardCard[] = []
  let open: OpenCard | undefined
  let agent: string[] | undefined
  const close = (loss?: string) => {
    if (open === undefined) return
    if (agent !== undefined) open.lines.push(agentLine(agent))
    agent = undefined
    if (loss !== undefined) open.losses.push(loss)
    if (open.lines.length > 0) cards.push(open)
    open = undefined
  }
  for (const raw of unfold(text)) {
    const mark = /^\s*(BEGIN|END)\s*:\s*VCARD\s*$/i.exec(raw)?.[1]?.toUpperCase()
    if (mark === 'BEGIN' && open !== undefined && isAgent(open.lines.at(-1))) {
      open.lines.pop()
      agent = []
    } else if (mark === 'BEGIN') {
      close('END:VCARD is missing')
      if (cards.length === vcardLimits.cardsMax) throw tooLarge()
      open = { lines: [], losses: [] }
    } else if (mark === 'END' && agent !== undefined && open !== undefined) {
      open.lines.push(agentLine(agent))
      agent = undefined
    } else if (mark === 'END') close()
    else if (open !== undefined) readLine(raw, open, agent, areBytes)
  }
  close('END:VCARD is missing')
  if (cards.length > 0) return cards
  throw new MigrationError('item', 'vcard.no-card', {
    message: 'The file has no vCard in it.',
    hint: 'A vCard starts with the line BEGIN:VCARD.',
  })
}

function readLine(raw: string, open: OpenCard, agent: string[] | undefined, areBytes: boolean): void {
  if (raw.trim() === '') return
  const line = parseLine(raw)
  const hasRoom = open.lines.length + (agent?.length ?? 0) < vcardLimits.linesMax
  if (line !== undefined && hasRoom && agent !== undefined) agent.push(formatLine(decodeLine(line, areBytes)))
  else if (line !== undefined && hasRoom) open.lines.push(decodeLine(line, areBytes))
  else if (open.losses.length < vcardLimits.lossesMax) open.losses.push(line?.name ?? 'a line that is no property')
}

function isAgent(line: VcardLine | undefined): boolean {
  return line !== undefined && line.name === 'AGENT' && line.value.trim() === ''
}

function agentLine(lines: readonly string[]): VcardLine {
  const card = ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\n')
  return { name: 'AGENT', parameters: new Map(), value: escapeText(card) }
}

/**
 * Whole lines. A line goes on in one that starts with white space (of which vCard 2.1 keeps what was there before the
 * fold), after the `=` at the end of quoted-printable, and in base64 that some programs do not indent.
 */
function* unfold(text: string): Generator<string> {
  let parts: string[] = []
  let isQuotedPrintable = false
  let isBase64 = false
  let keepsSpace = false
  for (const line of eachLine(text)) {
    const last = parts.at(-1)
    if (last !== undefined && isQuotedPrintable && last.endsWith('=')) {
      parts[parts.length - 1] = last.slice(0, -1)
      parts.push(line)
    } else if (last !== undefined && (line.startsWith(' ') || line.startsWith('\t'))) {
      parts.push(keepsSpace && !isBase64 ? line : line.slice(1))
    } else if (last !== undefined && isBase64 && /^[A-Za-z0-9+/]+=*$/.test(line)) {
      parts.push(line)
    } else {
      if (parts.length > 0) yield parts.join('')
      parts = [line]
      const head = line.slice(0, Math.max(0, line.indexOf(':')))
      isQuotedPrintable = /;(?:ENCODING=)?"?QUOTED-PRINTABLE/i.test(head)
      isBase64 = /;(?:ENCODING=)?"?(?:BASE64|B)(?=[;"]|$)/i.test(head)
      const version = /^VERSION\s*:\s*(\S+)/i.exec(line)?.[1]
      if (version !== undefined) keepsSpace = version === '2.1'
    }
  }
  if (parts.length > 0) yield parts.join('')
}

function* eachLine(text: string): Generator<string> {
  let start = 0
  while (start <= text.length) {
    const lineFeed = text.indexOf('\n', start)
    const end = lineFeed < 0 ? text.length : lineFeed
    // A carriage return alone ends lines on old Macs; several before a line feed are a broken copy of one.
    yield* text.slice(start, end).replace(/\r+$/, '').split('\r')
    start = end + 1
  }
}

/** Takes the encoding and the charset off a line. Base64 stays, as `b`. */
function decodeLine(line: VcardLine, areBytes: boolean): VcardLine {
  const parameters = new Map(line.parameters)
  const encoding = parameters.get('ENCODING')?.[0]?.toUpperCase()
  const charset = parameters.get('CHARSET')?.[0]
  parameters.delete('CHARSET')
  const isBase64 = encoding === 'BASE64' || encoding === 'B'
  if (isBase64) parameters.set('ENCODING', ['b'])
  else parameters.delete('ENCODING')
  if (isBase64) return { ...line, parameters, value: line.value.replace(/\s+/g, '') }
  const decoded = decodeValue(line.value, encoding === 'QUOTED-PRINTABLE', charset, areBytes)
  return { ...line, parameters, value: decoded.replace(/\r\n|[\r\n]/g, '\\n') }
}

function decodeValue(value: string, isQuotedPrintable: boolean, charset: string | undefined, areBytes: boolean): string {
  // ISO-2022 writes every character in ASCII.
  if (!isQuotedPrintable && (!areBytes || isAscii(value)) && !/^iso-2022/i.test(charset ?? '')) return value
  // In a text that is already decoded, only what is written in ASCII can stand for bytes.
  const run = areBytes ? /[\s\S]+/g : /[\u0000-\u007f]+/g
  return value.replace(run, (part) => decodeBytes(Buffer.from(isQuotedPrintable ? toBytes(part) : part, 'latin1'), charset))
}

function toBytes(text: string): string {
  return text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function decodeBytes(bytes: Buffer, charset: string | undefined): string {
  if (charset !== undefined) {
    try {
      return new TextDecoder(charset).decode(bytes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  return decodeUtf8(bytes) ?? new TextDecoder('windows-1252').decode(bytes)
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\u0000-\u007f]*$/.test(text)
}

/** The text; when its charset is only told line by line, one character for each byte. */
function toText(input: string | Uint8Array): { readonly text: string; readonly areBytes: boolean } {
  if (typeof input === 'string') return { text: input.replace(/^\ufeff/, ''), areBytes: false }
  if (input[0] === 0xff && input[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(input), areBytes: false }
  if (input[0] === 0xfe && input[1] === 0xff) return { text: new TextDecoder('utf-16be').decode(input), areBytes: false }
  const text = decodeUtf8(input)
  if (text !== undefined) return { text, areBytes: false }
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  return { text: bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, ''), areBytes: true }
}

function tooLarge(): MigrationError {
  return new MigrationError('item', 'vcard.too-large', {
    message: 'The vCard file is larger than what is read at once.',
    hint: `Split it: at most ${vcardLimits.charactersMax / 1024 / 1024} MB and ${vcardLimits.cardsMax} cards.`,
  })
}
