import { badRequest } from '../graph-error.ts'

/** One token of a filter: `text` as written, a string's without its quotes. */
export interface FilterToken {
  readonly type: 'string' | 'date' | 'guid' | 'number' | 'name' | 'punctuation' | 'end'
  readonly text: string
  readonly position: number
}

/** In the order in which they are tried: a GUID may begin like a number, a date always does. */
const patterns: readonly (readonly [FilterToken['type'], RegExp])[] = [
  ['string', /'(?:[^']|'')*'/y],
  ['guid', /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/iy],
  ['date', /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?(?:Z|[+-]\d{2}:\d{2})?)?(?![\w-])/iy],
  ['number', /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w-])/iy],
  ['name', /[A-Za-z_$@][\w.$@]*(?:\/[A-Za-z_$@][\w.$@]*)*/y],
  ['punctuation', /[(),:;=]/y],
]

/** Takes a filter apart; the last token is `end`. Throws 400 `BadRequest` naming the place. */
export function readFilterTokens(text: string): readonly FilterToken[] {
  const tokens: FilterToken[] = []
  let position = 0
  while (position < text.length) {
    if (/\s/.test(text[position] as string)) {
      position++
      continue
    }
    const token = readToken(text, position)
    tokens.push(token)
    position += token.type === 'string' ? token.text.replaceAll("'", "''").length + 2 : token.text.length
  }
  return [...tokens, { type: 'end', text: '', position }]
}

function readToken(text: string, position: number): FilterToken {
  for (const [type, pattern] of patterns) {
    pattern.lastIndex = position
    const [matched] = pattern.exec(text) ?? []
    if (matched === undefined) continue
    return { type, text: type === 'string' ? matched.slice(1, -1).replaceAll("''", "'") : matched, position }
  }
  if (text[position] === "'") {
    throw badRequest(`There is an unterminated string literal at position ${text.length} in '${text}'.`, 'BadRequest')
  }
  throw badRequest(
    `Syntax error: character '${text[position]}' is not valid at position ${position} in '${text}'.`,
    'BadRequest',
  )
}
