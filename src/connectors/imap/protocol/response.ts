import { garbage } from './garbage.ts'

export type Status = 'OK' | 'NO' | 'BAD' | 'PREAUTH' | 'BYE'

/** A response code in brackets (RFC 9051 section 7.1): its upper-case name and what follows, as a byte string. */
export interface ResponseCode {
  readonly name: string
  readonly text: string
}

/** What OK, NO, BAD, PREAUTH and BYE have in common, tagged or not. */
export interface StatusResponse {
  readonly status: Status
  readonly code: ResponseCode | undefined
  /** For people; may be in any language, and hostile. */
  readonly text: string
}

/** How the server answered a command. NO and BAD are answers, not errors. */
export interface TaggedAnswer extends StatusResponse {
  readonly status: 'OK' | 'NO' | 'BAD'
}

const statusWord = /^(OK|NO|BAD|PREAUTH|BYE)(?: |$)/i

/** Reads the status that begins at `start`; undefined when there is none. */
export function parseStatus(text: string, start: number): StatusResponse | undefined {
  const word = statusWord.exec(text.slice(start, start + 8))?.[1]
  if (word === undefined) return undefined
  const status = word.toUpperCase() as Status
  const at = start + word.length + 1
  if (text.charCodeAt(at) !== 91) return { status, code: undefined, text: text.slice(at) }
  const end = codeEnd(text, at + 1)
  if (end < 0) return { status, code: undefined, text: text.slice(at) }
  const inside = text.slice(at + 1, end)
  const nameEnd = inside.indexOf(' ')
  const code =
    nameEnd < 0
      ? { name: inside.toUpperCase(), text: '' }
      : { name: inside.slice(0, nameEnd).toUpperCase(), text: inside.slice(nameEnd + 1) }
  return { status, code, text: text.slice(end + 1).trimStart() }
}

/** Brackets may stand within quotes and lists of a code: `[PERMANENTFLAGS (\Seen a]b)]`, `[BADCHARSET ("x]")]`. */
function codeEnd(text: string, start: number): number {
  let depth = 0
  let isQuoted = false
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (isQuoted) {
      if (char === '\\') at++
      else if (char === '"') isQuoted = false
    } else if (char === '"') isQuoted = true
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === ']' && depth <= 0) return at
  }
  return text.indexOf(']', start)
}

/** Reads a tagged answer whose status begins at `start`; throws `imap.protocol.garbage` when there is none. */
export function parseTagged(text: string, start: number): TaggedAnswer {
  const answer = parseStatus(text, start)
  if (answer === undefined || answer.status === 'BYE' || answer.status === 'PREAUTH') {
    throw garbage('an answer that is neither OK nor NO nor BAD')
  }
  return answer as TaggedAnswer
}
