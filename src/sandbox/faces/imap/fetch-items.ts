import type { ArgumentCursor } from './argument-cursor.ts'
import type { SectionSpec } from './message-parts.ts'
import { badArguments } from './refusal.ts'

/** A part of a section's bytes. */
export interface PartialRange {
  readonly startByte: number
  readonly sizeBytes: number
}

/** One thing that FETCH is asked for. */
export type FetchItem =
  | { readonly type: 'FLAGS' | 'INTERNALDATE' | 'UID' | 'RFC822.SIZE' | 'ENVELOPE' | 'BODYSTRUCTURE' | 'BODY' }
  | {
      readonly type: 'section'
      /** As the answer names it. */
      readonly label: string
      readonly spec: SectionSpec
      readonly partial: PartialRange | undefined
      readonly marksSeen: boolean
    }

const simple = ['FLAGS', 'INTERNALDATE', 'UID', 'RFC822.SIZE', 'ENVELOPE', 'BODYSTRUCTURE', 'BODY'] as const
const macros: Readonly<Record<string, readonly (typeof simple)[number][]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
}
const oldNames: Readonly<Record<string, { readonly type: SectionSpec['type']; readonly marksSeen: boolean }>> = {
  RFC822: { type: '', marksSeen: true },
  'RFC822.HEADER': { type: 'HEADER', marksSeen: false },
  'RFC822.TEXT': { type: 'TEXT', marksSeen: true },
}

const itemsMax = 100
const partsDeepMax = 100

/** Reads what FETCH asks for (RFC 3501 section 6.4.5); throws `badArguments`. */
export function parseFetchItems(args: ArgumentCursor): readonly FetchItem[] {
  if (args.next === '(') {
    const items = args.list(() => parseItem(args))
    if (items.length === 0 || items.length > itemsMax) throw badArguments()
    return items
  }
  const word = itemName(args)
  const macro = macros[word]
  return macro === undefined ? [toItem(word, args)] : macro.map((type) => ({ type }))
}

function parseItem(args: ArgumentCursor): FetchItem {
  return toItem(itemName(args), args)
}

/** The name up to a section's bracket, in capitals. */
function itemName(args: ArgumentCursor): string {
  let name = ''
  while (/^[A-Za-z0-9.]$/.test(args.next)) {
    name += args.next
    args.skip(args.next)
  }
  return name.toUpperCase()
}

function toItem(name: string, args: ArgumentCursor): FetchItem {
  if (args.next === '[' && (name === 'BODY' || name === 'BODY.PEEK')) return parseSection(name === 'BODY', args)
  const type = simple.find((candidate) => candidate === name)
  if (type !== undefined) return { type }
  const old = oldNames[name]
  if (old === undefined) throw badArguments()
  const spec = { path: [], type: old.type, fields: [] }
  return { type: 'section', label: name, spec, partial: undefined, marksSeen: old.marksSeen }
}

function parseSection(marksSeen: boolean, args: ArgumentCursor): FetchItem {
  args.expect('[')
  const written = itemSpec(args)
  const [, numbers = '', word = ''] = /^((?:[1-9]\d{0,4}\.?)*)([A-Z.]*)$/.exec(written) ?? [undefined, undefined, '?']
  if (numbers !== '' && (word === '') === numbers.endsWith('.')) throw badArguments()
  const path = numbers === '' ? [] : numbers.replace(/\.$/, '').split('.').map(Number)
  if (path.length > partsDeepMax) throw badArguments()
  const spec = { path, ...parseSectionType(word, path.length > 0, args) }
  args.expect(']')
  const names = spec.fields.length === 0 ? '' : ` (${spec.fields.map((field) => field.toUpperCase()).join(' ')})`
  const partial = parsePartial(args)
  const origin = partial === undefined ? '' : `<${partial.startByte}>`
  return { type: 'section', label: `BODY[${written}${names}]${origin}`, spec, partial, marksSeen }
}

function itemSpec(args: ArgumentCursor): string {
  return itemName(args)
}

function parseSectionType(word: string, isPart: boolean, args: ArgumentCursor): Pick<SectionSpec, 'type' | 'fields'> {
  switch (word) {
    case '':
    case 'HEADER':
    case 'TEXT':
      return { type: word, fields: [] }
    case 'MIME':
      if (!isPart) throw badArguments()
      return { type: word, fields: [] }
    case 'HEADER.FIELDS':
    case 'HEADER.FIELDS.NOT': {
      args.space()
      const fields = args.list(() => args.astring().toLowerCase())
      if (fields.length === 0) throw badArguments()
      return { type: word, fields }
    }
    default:
      throw badArguments()
  }
}

function parsePartial(args: ArgumentCursor): PartialRange | undefined {
  if (!args.skip('<')) return undefined
  const [, start, size] = /^(\d{1,10})\.([1-9]\d{0,9})>$/.exec(args.word()) ?? []
  if (start === undefined || size === undefined) throw badArguments()
  return { startByte: Number(start), sizeBytes: Number(size) }
}
