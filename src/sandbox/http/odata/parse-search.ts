import { badRequest } from '../graph-error.ts'

/** A word or a phrase, in one property or anywhere. */
export interface SearchTerm {
  readonly property: string | undefined
  readonly text: string
}

/**
 * Parses a `$search`: terms in double quotes or bare, `"displayName:miller"`, joined by AND (or nothing) and OR. The
 * answer is alternatives of terms that all have to fit. Throws 400.
 */
export function parseSearch(text: string): readonly (readonly SearchTerm[])[] {
  const alternatives: SearchTerm[][] = [[]]
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[^\s"]+|"/g)) {
    if (token === '"') throw badRequest(`Syntax error: unterminated phrase in the $search clause '${text}'.`, 'BadRequest')
    if (/^and$/i.test(token)) continue
    if (/^or$/i.test(token)) alternatives.push([])
    else alternatives.at(-1)?.push(toTerm(token))
  }
  if (alternatives.some((terms) => terms.length === 0))
    throw badRequest(`Syntax error in the $search clause '${text}'.`, 'BadRequest')
  return alternatives
}

function toTerm(token: string): SearchTerm {
  const bare = token.startsWith('"') ? token.slice(1, -1).replaceAll(/\\(.)/g, '$1') : token
  const match = /^([A-Za-z]\w*):(.*)$/s.exec(bare)
  return match === null ? { property: undefined, text: bare } : { property: match[1], text: match[2] as string }
}
