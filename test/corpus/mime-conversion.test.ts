import { Buffer } from 'node:buffer'
import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attachmentProperties as attachment } from '../../src/formats/mapi/attachment-properties.ts'
import type { MapiMessage } from '../../src/formats/mapi/message.ts'
import { messageProperties as message } from '../../src/formats/mapi/message-properties.ts'
import { essenceDigest, mailEssence } from '../../src/formats/mime/mail-essence.ts'
import { mapiToMime } from '../../src/formats/mime/mapi-to-mime.ts'
import { mimeToMapi } from '../../src/formats/mime/mime-to-mapi.ts'
import { corpusIsThere, corpusNote, emlMessages, mboxMessages } from './corpus.ts'
import type { CorpusMessage } from './corpus.ts'

/** What Python's email package found in a message: see `mime-judge.py`. */
interface Judgement {
  readonly error?: string
  readonly subject: string
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly leaves: readonly {
    type: string
    name: string | null
    size: number | null
    digest: string | null
  }[]
}

interface Case extends CorpusMessage {
  readonly item: MapiMessage
  readonly judgement: Judgement
}

/** Why we and the judge differ. Each rule is met by some message of the corpus, and no difference is without a rule. */
const rules = {
  'judge failed': 'Python cannot parse the message at all',
  'header with strange lines': 'Python ends the header at the first line that is no field; we go on when a field follows',
  '8-bit header': 'Python gives U+FFFD; we read UTF-8, or the charset of the body',
  'address syntax':
    'groups, comments, names without an address, unquoted @, folds within quotes: Python drops or splits them',
  'From is missing': 'MAPI takes the Sender for it',
  'charset of an encoded word': 'Python knows utf-7 and labels that are none, and reads single words of a split character',
  'broken structure':
    'delimiters without an empty line, doubled boundaries, nested equal boundaries: Python gives up on all',
  'message as text': 'Python opens message/* parts that are no message, we keep their bytes',
  'base64 that is none':
    'Python gives the text, or what was decoded so far, where we skip the wrong digits or the other way round',
  'named body': 'a text that is the whole message, or a form of the body, stays the body although it has a name',
  'file name': 'Python keeps 8-bit names as U+FFFD, and folds within quoted names',
  'malformed type': 'Python takes a type that it cannot read for text/plain',
} as const
type Rule = keyof typeof rules

describe.skipIf(!corpusIsThere)(`mail and MAPI objects${corpusNote}`, () => {
  let cases: readonly Case[] = []
  const told = new Map<Rule, string[]>()

  beforeAll(() => {
    const all = [...emlMessages(), ...mboxMessages()]
    const judge = join(import.meta.dirname, 'mime-judge.py')
    const input = all.map(({ bytes }) => bytes.toString('base64')).join('\n')
    const { stdout } = spawnSync('python3', [judge], { input, maxBuffer: 1 << 30 })
    const judgements = stdout
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Judgement)
    expect(judgements).toHaveLength(all.length)
    cases = all.map((each, index) => ({
      ...each,
      item: mimeToMapi(each.bytes),
      judgement: judgements[index]!,
    }))
  })

  afterAll(() => {
    const lines = Object.keys(rules).map(
      (rule) => `${String(told.get(rule as Rule)?.length ?? 0).padStart(4)}  ${rule}: ${rules[rule as Rule]}`,
    )
    console.log(`${cases.length} messages; differences to Python's email package:\n${lines.join('\n')}`)
  })

  test('every message comes back the same', () => {
    const changed = cases.filter(({ item }) => {
      const back = mimeToMapi(mapiToMime(item))
      const hasSameClass = back.properties.get(message.messageClass) === item.properties.get(message.messageClass)
      return !hasSameClass || essenceDigest(mailEssence(back)) !== essenceDigest(mailEssence(item))
    })
    expect(changed.map(({ name }) => name)).toEqual([])
  })

  test('every message comes back the same from its properties alone', () => {
    const changed = cases.filter(({ item }) => {
      const properties = item.properties.copy()
      properties.delete(message.transportHeaders)
      const back = mimeToMapi(mapiToMime({ ...item, properties }))
      return essenceDigest(mailEssence(back)) !== essenceDigest(mailEssence(item))
    })
    expect(changed.map(({ name }) => name)).toEqual([])
  })

  test('what was written is written again to the byte', () => {
    const changed = cases.filter(({ item }) => {
      const once = mapiToMime(item)
      return (
        !once.equals(mapiToMime(item)) ||
        !mapiToMime(mimeToMapi(once)).equals(mapiToMime(mimeToMapi(mapiToMime(mimeToMapi(once)))))
      )
    })
    expect(changed.map(({ name }) => name)).toEqual([])
  })

  test('signed mail keeps its signed bytes', () => {
    const signed = cases.filter(({ item }) => item.properties.get(message.messageClass) === 'IPM.Note.SMIME.MultipartSigned')
    expect(signed.length).toBeGreaterThan(5)
    for (const { name, bytes, item } of signed) {
      const canonical = Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
      const body = canonical.subarray(canonical.indexOf('\r\n\r\n') + 4)
      expect(mapiToMime(item).subarray(-body.length).equals(body), name).toBe(true)
    }
  })

  test('subjects and addresses are those that Python finds', () => {
    const unexplained: string[] = []
    for (const each of cases) {
      const { judgement } = each
      const essence = mailEssence(each.item)
      const differing = [
        collapse(essence.subject) === collapse(judgement.subject ?? '') ? '' : 'subject',
        essence.from.toLowerCase() === (lower(judgement.from)[0] ?? '') ? '' : 'from',
        same(lower(essence.to), lower(judgement.to)) ? '' : 'to',
        same(lower(essence.cc), lower(judgement.cc)) ? '' : 'cc',
      ].filter((field) => field !== '')
      for (const field of differing) explain(each, headerRule(each, field), field, unexplained)
    }
    expect(unexplained).toEqual([])
  })

  test('files have the names, sizes and digests that Python finds', () => {
    const unexplained: string[] = []
    for (const each of cases) {
      // The parts of these stay in their one attachment.
      if (each.item.properties.get(message.messageClass)!.includes('SMIME')) continue
      const theirs = (each.judgement.leaves ?? [])
        .filter(({ name }) => name !== null && !isMade(name))
        .map(({ name, size, digest, type }) => fileLine(name!, type, size, digest))
      const ours = each.item.attachments.flatMap(({ properties, embedded }) => {
        const name = properties.get(attachment.longFileName) ?? ''
        if (name === '' || isMade(name)) return []
        const data = properties.get(attachment.data)
        const digest = data === undefined ? null : hash('sha256', data)
        return [
          fileLine(
            name,
            properties.get(attachment.mimeType)!,
            embedded === undefined ? (data?.byteLength ?? 0) : null,
            digest,
          ),
        ]
      })
      if (!same(ours, theirs)) explain(each, fileRule(each, ours, theirs), 'files', unexplained)
    }
    expect(unexplained).toEqual([])
  })

  test('each rule is needed', () => {
    expect((Object.keys(rules) as Rule[]).filter((rule) => !told.has(rule))).toEqual([])
  })

  function explain(each: Case, rule: Rule | undefined, field: string, unexplained: string[]): void {
    if (rule === undefined) unexplained.push(`${each.name}: ${field}`)
    else told.set(rule, [...(told.get(rule) ?? []), each.name])
  }
})

function headerRule({ bytes, judgement, item }: Case, field: string): Rule | undefined {
  if (judgement.error !== undefined) return 'judge failed'
  const header = headerOf(bytes)
  const theirs = field === 'subject' ? judgement.subject : judgement[field as 'from' | 'to' | 'cc'].join('')
  if (field === 'from' && theirs === '' && /^sender:/im.test(header)) return 'From is missing'
  if (theirs === '' && hasStrangeLine(header)) return 'header with strange lines'
  const written = header.match(new RegExp(`^${field}[ \\t]*:[^\\n]*(?:\\n[ \\t][^\\n]*)*`, 'im'))?.[0] ?? ''
  if (/[\x80-\xff]/.test(written)) return '8-bit header'
  if (field === 'subject') return /=\?/.test(written) ? 'charset of an encoded word' : undefined
  const essence = mailEssence(item)
  const ours = field === 'from' ? [essence.from] : essence[field as 'to' | 'cc']
  const all = [...ours, ...judgement[field as 'from' | 'to' | 'cc']]
  return all.some((address) => !/^[^@\s]+@[^@\s]+$/.test(address)) || /\(|@[^,>]*@|"[^"]*\n[^"]*"/.test(written)
    ? 'address syntax'
    : undefined
}

function fileRule({ bytes, judgement, item }: Case, ours: readonly string[], theirs: readonly string[]): Rule | undefined {
  if (judgement.error !== undefined) return 'judge failed'
  const text = bytes.toString('latin1')
  if (theirs.length === 0 && judgement.leaves.length === 1 && hasStrangeLine(headerOf(bytes)))
    return 'header with strange lines'
  const onlyOurs = ours.filter((line) => !theirs.includes(line))
  const onlyTheirs = theirs.filter((line) => !ours.includes(line))
  if (onlyOurs.length === onlyTheirs.length && onlyOurs.every((line) => line.includes(' message/'))) return 'message as text'
  if (onlyTheirs.some((line) => line.includes('\ufffd')) || same(onlyOurs.map(nameless), onlyTheirs.map(nameless)))
    return 'file name'
  const isNamedText = onlyTheirs.length > 0 && onlyTheirs.every((line) => line.includes(' text/'))
  const hasBody = item.properties.has(message.body) || item.properties.has(message.html)
  if (onlyOurs.length === 0 && isNamedText && hasBody) return 'named body'
  if (/^content-type:[ \t]*[\w-]+[ \t]*;/im.test(text) && same(onlyOurs.map(typeless), onlyTheirs.map(typeless)))
    return 'malformed type'
  if (onlyOurs.length === onlyTheirs.length && /base64/i.test(text)) return 'base64 that is none'
  return onlyTheirs.length === 0 ? 'broken structure' : undefined
}

function nameless(line: string): string {
  return line.replace(/^.* (?=\S+ \S+ \S+$)/, '')
}

function typeless(line: string): string {
  return line.replace(/ \S+(?= \S+ \S+$)/, '')
}

function fileLine(name: string, type: string, size: number | null, digest: string | null): string {
  return `${collapse(name)} ${type} ${size ?? '-'} ${size === null ? '-' : digest}`
}

/** A name that Exchange makes, and some senders were Exchange. */
function isMade(name: string): boolean {
  return /^(?:ATT\d{5}\b.*)?$/.test(name)
}

function headerOf(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  return text.slice(0, /\n\r*\n/.exec(text)?.index ?? text.length)
}

function hasStrangeLine(header: string): boolean {
  const lines = header.split(/\r*\n|\r/)
  return lines.slice(lines[0]!.startsWith('From ') ? 1 : 0).some((line) => !/^(?:[\x21-\x39\x3b-\x7e]+:|[ \t])/.test(line))
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function lower(list: readonly string[] | undefined): readonly string[] {
  return (list ?? []).filter((text) => text !== '').map((text) => text.toLowerCase())
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index])
}
