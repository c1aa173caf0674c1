import { UsageError } from '../usage-error.ts'

/** A keyword is an atom of RFC 9051 section 9, and at most this long so that any server takes it. */
const keywordLengthMax = 255

/** The keyword itself when it can be one. Throws `UsageError`; `option` names the place. */
export function parseKeyword(text: string, option: string): string {
  if (!/^[^\s\x00-\x1f\x7f-\uffff(){%*"\\\]]+$/.test(text) || text.length > keywordLengthMax) {
    throw new UsageError(
      'keyword',
      `${option}: "${text}" cannot be a keyword.`,
      'A keyword is made of letters, digits and marks such as $ - _ . without spaces, for example $Forwarded.',
    )
  }
  return text
}

/** `OLD=NEW`. Throws `UsageError`. */
export function parseKeywordMap(text: string, option: string): { from: string; to: string } {
  const at = text.indexOf('=')
  if (at <= 0 || at === text.length - 1) {
    throw new UsageError('keyword', `${option}: "${text}" is not OLD=NEW.`, `Write for example ${option} "$Label1=Important".`)
  }
  return { from: parseKeyword(text.slice(0, at), option), to: parseKeyword(text.slice(at + 1), option) }
}
