import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../modified-utf7.ts'
import type { LineHook, MeddledSession } from '../meddler.ts'
import { announcing } from './announcing.ts'
import type { Meddling } from './fault-rig.ts'

/** How a server deals with UTF8=ACCEPT. */
export interface Utf8ServerOptions {
  readonly enable?: 'honoured' | 'refused'
  /** RFC 6855 demands UTF8 data for UTF-8 headers, RFC 9755 no longer knows it. */
  readonly utf8Data?: 'taken' | 'unknown'
  /** The first session's ENABLE is answered only once it has asked for something else. */
  readonly answersLate?: boolean
}

const toBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const fromBytes = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')
const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name)
const quoted = (name: string): string => `"${name.replace(/[\\"]/g, '\\$&')}"`

const naming = /^(\S+ (?:EXAMINE|SELECT|CREATE|STATUS|SUBSCRIBE|APPEND|UID (?:COPY|MOVE) \S+) )("(?:[^"\\]|\\.)*"|[^" ]+)(.*)$/
const named = /^(\* (?:LIST|LSUB) \([^)]*\) \S+ |\* STATUS )("(?:[^"\\]|\\.)*"|[^" ]+)(.*)$/

/**
 * Makes a Dovecot behind a meddler a server with UTF8=ACCEPT (RFC 6855): names are UTF-8 both ways for whoever enabled
 * it, and modified UTF-7 is then just letters; UTF8 data is stored. The literals themselves are not looked at.
 */
export function utf8Server(options: Utf8ServerOptions = {}): Meddling {
  const speaking = new WeakSet<MeddledSession>()
  const enabling = new WeakMap<MeddledSession, string>()
  const held = new WeakMap<MeddledSession, string>()
  const hasListed = new WeakSet<MeddledSession>()
  const closing = new WeakSet<MeddledSession>()
  const announces = announcing((names) => [...names, 'UTF8=ACCEPT'])

  const onClientLine: LineHook = (line, session) => {
    const [tag = '', command] = line.split(' ')
    if (command === 'ENABLE' && line.includes('UTF8=')) {
      if (options.enable === 'refused') {
        session.sendToClient(`${tag} BAD Unknown extension`)
        return null
      }
      enabling.set(session, tag)
      return `${tag} NOOP`
    }
    if (command === 'LIST') hasListed.add(session)
    const late = held.get(session)
    if (late !== undefined && command === 'LIST') {
      held.delete(session)
      speaking.add(session)
      session.sendToClient(late)
    }
    if (closing.delete(session)) {
      if (!line.startsWith(')')) throw new Error(`UTF8 data does not end: ${line}`)
      return inUtf7(line.slice(1), session)
    }
    return inUtf7(line, session)
  }

  /** The line in modified UTF-7 and without UTF8 data. */
  function inUtf7(line: string, session: MeddledSession): string | null {
    const [, before = '', name = '', after = ''] = naming.exec(line) ?? []
    const isUtf8 = speaking.has(session)
    const translated = before === '' || !isUtf8 ? line : before + quoted(encodeModifiedUtf7(fromBytes(unquoted(name)))) + after
    if (!isUtf8 && /[\x80-\xff]/.test(line)) {
      session.sendToClient(`${line.split(' ')[0]} BAD 8-bit without UTF8=ACCEPT`)
      return null
    }
    const data = / UTF8 \(~(\{\d+\+?\})$/.exec(translated)
    if (data === null) return translated
    if (options.utf8Data === 'unknown' || !isUtf8) {
      session.sendToClient(`${line.split(' ')[0]} BAD Unknown argument UTF8`)
      return null
    }
    closing.add(session)
    return `${translated.slice(0, data.index)} ${data[1]}`
  }

  const onServerLine: LineHook = (line, session) => {
    const tag = enabling.get(session)
    if (tag !== undefined && line.startsWith(`${tag} OK`)) {
      enabling.delete(session)
      const answer = `* ENABLED UTF8=ACCEPT\r\n${tag} OK Enabled`
      if (options.answersLate === true && session.number === 1 && !hasListed.has(session)) {
        held.set(session, answer)
        return null
      }
      speaking.add(session)
      return answer
    }
    const [, before, name = '', after = ''] = (speaking.has(session) && named.exec(line)) || []
    if (before === undefined) return announces(line, session)
    return before + quoted(toBytes(decodeModifiedUtf7(unquoted(name)))) + after
  }

  return { onClientLine, onServerLine }
}
