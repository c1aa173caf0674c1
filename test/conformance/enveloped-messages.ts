import { Buffer } from 'node:buffer'
import { attachmentProperties } from '../../src/formats/mapi/attachment-properties.ts'
import { messageProperties as known } from '../../src/formats/mapi/message-properties.ts'
import { mimeToMapi } from '../../src/formats/mime/mime-to-mapi.ts'
import { type MailState, setStateProperties } from '../../src/formats/mime/state-properties.ts'
import type { Wrapping } from './wrapping.ts'

const separator = 'conformance-envelope'
const fieldBytesMax = 600

/** A mail with a message of the suite as its file, which is recognised by the same header fields. */
function envelope(bytes: Uint8Array): Buffer {
  const fields = identifying(bytes)
  const lines = [
    ...fields,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary=${separator}`,
    '',
    // Nobody reads what stands before the parts: it makes all envelopes of equal contents equally long.
    '.'.repeat(fieldBytesMax - lengthOf(fields)),
    `--${separator}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    'A message of the suite is attached.',
    `--${separator}`,
    'Content-Type: application/octet-stream; name=message.bin',
    'Content-Disposition: attachment; filename=message.bin',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(bytes).toString('base64').replace(/.{76}(?=.)/g, '$&\r\n'),
    `--${separator}--`,
    '',
  ]
  return Buffer.from(lines.join('\r\n'), 'latin1')
}

function identifying(bytes: Uint8Array): readonly string[] {
  const [header = ''] = Buffer.from(bytes).toString('latin1', 0, 2_000).split('\r\n\r\n')
  const fields = header.split('\r\n').filter((line) => /^(?:Date|From|To|Subject|Message-ID): [\x20-\x7e]*$/.test(line))
  return lengthOf(fields) <= fieldBytesMax ? fields : []
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, { length }) => sum + length + 2, 0)
}

/** Takes the file out again, by its own reading of the lines: whoever wrote the mail anew chose other separators. */
function fromEnvelope(mail: Uint8Array): Buffer {
  const lines = Buffer.from(mail).toString('latin1').split('\r\n')
  const name = lines.findIndex((line) => /name="?message\.bin"?/.test(line))
  const start = lines.indexOf('', name) + 1
  const end = lines.findIndex((line, index) => index >= start && line.startsWith('--'))
  if (name < 0 || end < 0) throw new Error('the mail carries no message of the suite')
  return Buffer.from(lines.slice(start, end).join(''), 'base64')
}

const flagged = 2
const verbs: Readonly<Record<number, string>> = { 102: '$answered', 103: '$answered', 104: '$forwarded' }

function stateOf(keywords: readonly string[]): MailState {
  const has = (keyword: string): boolean => keywords.includes(keyword)
  return {
    isRead: has('$seen'),
    isDraft: has('$draft'),
    isFlagged: has('$flagged'),
    isAnswered: has('$answered'),
    isForwarded: has('$forwarded'),
    keywords: keywords.filter((keyword) => !keyword.startsWith('$')),
  }
}

/** A mail that carries a message of the suite as its file. */
export const envelopes: Wrapping = {
  form: 'mail',
  pack: envelope,
  unpack: fromEnvelope,
  toStored: ({ bytes, keywords = [], receivedAt }) =>
    mimeToMapi(envelope(bytes), { receivedMs: receivedAt?.epochMs, ...stateOf(keywords) }),
  fromStored: ({ attachments }) => {
    const data = attachments[0]?.properties.get(attachmentProperties.data)
    if (data === undefined) throw new Error('the mail carries no message of the suite')
    return data
  },
  keywordsOf: ({ messageFlags, flagStatus, lastVerb, categories }) =>
    [
      ...((messageFlags & 1) === 0 ? [] : ['$seen']),
      ...((messageFlags & 8) === 0 ? [] : ['$draft']),
      ...(flagStatus === flagged ? ['$flagged'] : []),
      ...(verbs[lastVerb] === undefined ? [] : [verbs[lastVerb]]),
      ...categories,
    ].toSorted(),
  receivedMsOf: ({ receivedMs = 0 }) => receivedMs,
  setKeywords(properties, keywords) {
    for (const property of [known.flagStatus, known.lastVerbExecuted, known.keywords]) properties.delete(property)
    setStateProperties(properties, stateOf(keywords))
  },
}
