import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attachmentProperties as attachment } from '../../../../src/formats/mapi/attachment-properties.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { messageProperties as message } from '../../../../src/formats/mapi/message-properties.ts'
import { mailEssence } from '../../../../src/formats/mime/mail-essence.ts'
import { mapiToMime } from '../../../../src/formats/mime/mapi-to-mime.ts'
import { mimeLimits } from '../../../../src/formats/mime/mime-limits.ts'
import { mimeToMapi } from '../../../../src/formats/mime/mime-to-mapi.ts'
import { mailLines } from './mail-lines.ts'

function bodyOf(bytes: Buffer): string | undefined {
  return mimeToMapi(bytes).properties.get(message.body)
}

/** A converted message comes back the same; a message that comes back is converted to the same again. */
function expectStable(bytes: Buffer): MapiMessage {
  const item = mimeToMapi(bytes)
  const written = mapiToMime(item)
  const again = mimeToMapi(written)
  expect(mailEssence(again)).toEqual(mailEssence(item))
  expect(mapiToMime(item).equals(written)).toBe(true)
  return item
}

describe('broken mail is kept', () => {
  it.each([
    ['no header at all', 'hello\r\nworld', 'hello\r\nworld'],
    ['no header, with an empty line', 'hello world\n\nmore', 'hello world\r\n\r\nmore'],
    ['nothing but a header', 'Subject: x', ''],
    ['an empty line first', '\r\nSubject: no header', 'Subject: no header'],
    ['a From_ line', 'From a@b Mon Jan  1 00:00:00 2024\nSubject: x\n\ntext', 'text'],
    [
      'no empty line before the text',
      'Subject: x\r\nThis is text\r\nand more\r\n\r\nend',
      'This is text\r\nand more\r\n\r\nend',
    ],
    ['a strange line in the header', 'Subject: x\r\nthis is no field\r\nTo: a@b\r\n\r\ntext', 'text'],
    ['a multipart without a boundary', 'Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\ntext', '--x\r\n\r\ntext'],
    ['a boundary that never comes', 'Content-Type: multipart/mixed; boundary=x\r\n\r\n--y\r\n\r\ntext', '--y\r\n\r\ntext'],
    ['a multipart without an end', 'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ntext', 'text'],
    ['an unknown charset', 'Content-Type: text/plain; charset=x-klingon\r\n\r\nGr\xc3\xbc\xdfe', 'GrÃ¼ße'],
    ['UTF-8 that is none', 'Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xfc\xdfe', 'Grüße'],
    [
      'base64 that is none',
      'Content-Transfer-Encoding: base64\r\n\r\n(This) is: not, "encoded"!',
      '(This) is: not, "encoded"!',
    ],
    ['an unknown encoding', 'Content-Transfer-Encoding: x-rot13\r\n\r\nuryyb', 'uryyb'],
    ['UTF-7', 'Content-Type: text/plain; charset=utf-7\r\n\r\n1 +- Gr+APwA3w-e', '1 + Grüße'],
  ])('%s', (_, bytes, expected) => {
    const item = expectStable(Buffer.from(bytes, 'latin1'))
    expect(item.properties.get(message.body) ?? '').toBe(expected)
  })

  it('takes the charset of the body for a header that is not UTF-8', () => {
    const item = mimeToMapi(
      mailLines('Subject: \xcf\xf0\xe8\xe2\xe5\xf2', 'Content-Type: text/plain; charset=windows-1251', '', ''),
    )
    expect(item.properties.get(message.subject)).toBe('Привет')
  })

  it.each([
    // flanker's enclosed message: one wrong byte must not make all of a Russian text unreadable.
    ['a wrong byte in UTF-8', Buffer.from('чтобы \xff я').toString('latin1').replace('\xc3\xbf', '\x96'), 'чтобы – я'],
    ['Windows-1252 that says UTF-8', 'm\xfcde, \xdcber', 'müde, Über'],
  ])('reads %s', (_, body, expected) => {
    expect(bodyOf(Buffer.from(`Content-Type: text/plain; charset=utf-8\r\n\r\n${body}`, 'latin1'))).toBe(expected)
  })

  it.each([
    ['an 8-bit sender and no From', 'Sender: J\xfc <j\xfc@example.org>\r\n\r\n'],
    [
      'an 8-bit address in the charset of the body',
      'To: <r\x80@x.org>\r\nContent-Type: text/plain; charset=iso-8859-15\r\n\r\n',
    ],
    ['an 8-bit Message-ID', 'Message-ID: <\x9c\x89\r\n\r\n'],
    ['a control in the Message-ID', 'Message-ID: <a\x02b\xff>\r\n\r\n'],
    ['a sign of an address among blanks', 'To: <@h <@ @ex . org>\xff\r\n\r\n'],
    [
      'a signed message with another type before',
      'Content-Type: x;";\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b\r\n\r\nb\r\n--b--',
    ],
  ])('%s comes back', (_, bytes) => {
    expectStable(Buffer.from(bytes, 'latin1'))
  })

  it('reads Japanese that nobody announced', () => {
    const item = mimeToMapi(mailLines('Subject: \x1b$BF|K\\\x1b(B!', '', ''))
    expect(item.properties.get(message.subject)).toBe('日本!')
  })

  it('never throws and is stable, whatever the bytes', () => {
    const piece = fc.constantFrom(
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Type: message/rfc822',
      'Content-Type: text/html',
      'Subject: =?utf-8?q?x',
      'From: "',
      'To: <',
      'Cc: (a',
      'Content-Transfer-Encoding: base64',
      'Content-Transfer-Encoding: quoted-printable',
      'Content-Type: multipart/signed; boundary=b',
      'Content-Type: multipart/alternative; boundary="b--"',
      '--b',
      '--b--',
      '--b----',
      '',
      '\r',
      '\0',
      '\xff',
      'text =3D =',
      ' folded',
      'begin 644 x',
      '=?utf-8?b?////?=',
      'Content-Disposition: attachment; filename*0*=utf-8',
      'Date: x',
      'Keywords: ,;',
      'Reply-To: a:b;c,<>',
    )
    const lines = fc.array(fc.oneof({ weight: 4, arbitrary: piece }, fc.string({ maxLength: 12 })), { maxLength: 30 })
    fc.assert(
      fc.property(lines, fc.constantFrom('\r\n', '\n', '\r'), (lines, end) => {
        expectStable(Buffer.from(lines.join(end), 'latin1'))
      }),
      { numRuns: 1500 },
    )
  })
})

describe('limits', () => {
  it(`takes apart ${mimeLimits.partDepthMax} levels and keeps the rest as text`, () => {
    const depth = mimeLimits.partDepthMax + 20
    const lines: string[] = []
    for (let level = 0; level < depth; level++)
      lines.push(`Content-Type: multipart/mixed; boundary=b${level}`, '', `--b${level}`)
    const bytes = mailLines(...lines, '', 'deepest')
    expect(bodyOf(bytes)).toContain('deepest')
    expectStable(bytes)
  })

  it(`takes apart ${mimeLimits.partsMax} parts and keeps the rest as one`, () => {
    const part = '--b\r\nContent-Disposition: attachment; filename=a\r\n\r\nx\r\n'
    const bytes = Buffer.from(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(mimeLimits.partsMax + 50)}--b--`,
    )
    const { attachments } = mimeToMapi(bytes)
    expect(attachments).toHaveLength(mimeLimits.partsMax)
    const last = Buffer.from(attachments.at(-1)!.properties.get(attachment.data)!).toString()
    expect(last.split('filename=a')).toHaveLength(52)
  })

  it(`opens ${mimeLimits.embeddedDepthMax} messages in messages and keeps the rest as a file`, () => {
    const lines = Array.from({ length: mimeLimits.embeddedDepthMax + 10 }, () => ['Content-Type: message/rfc822', '']).flat()
    let item: MapiMessage | undefined = expectStable(mailLines(...lines, 'Subject: deepest', '', 'x'))
    let depth = 0
    while (item.attachments[0]!.embedded !== undefined) {
      item = item.attachments[0]!.embedded
      depth++
    }
    expect(depth).toBe(mimeLimits.embeddedDepthMax)
    expect(Buffer.from(item.attachments[0]!.properties.get(attachment.data)!).toString()).toContain('Subject: deepest')
  })

  it('ends a header that is too long', () => {
    const field = `X-Long: ${'x'.repeat(990)}\r\n`
    const count = Math.ceil(mimeLimits.headerBytesMax / field.length) + 10
    const bytes = Buffer.from(`Subject: s\r\n${field.repeat(count)}\r\ntext`)
    const { properties } = mimeToMapi(bytes)
    expect(properties.get(message.subject)).toBe('s')
    expect(properties.get(message.transportHeaders)!.length).toBeLessThanOrEqual(mimeLimits.headerBytesMax)
    expect(properties.get(message.body)).toMatch(/^X-Long[^]*text$/)
  })

  it(`reads ${mimeLimits.recipientsMax} recipients`, () => {
    const bytes = Buffer.from(`To: ${'a@b, '.repeat(mimeLimits.recipientsMax + 5)}\r\n\r\n`)
    expect(mimeToMapi(bytes).recipients).toHaveLength(mimeLimits.recipientsMax)
  })

  it.each([
    ['delimiters that fit none', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--\n'.repeat(300_000)}`],
    ['parts without an empty line', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\nA: b\n'.repeat(30_000)}`],
    ['open comments', `To: ${'('.repeat(500_000)}\r\n\r\n`],
    ['open angles', `To: ${'<'.repeat(100_000)}\r\n\r\n`],
    ['open quotes in angles', `To: ${'<"'.repeat(50_000)}\r\n\r\n`],
    ['open angles and commas', `To: ${'<,'.repeat(100_000)}\r\n\r\n`],
    ['open quotes in angles and commas', `To: ${'<",'.repeat(20_000)}\r\n\r\n`],
    ['encoded words without an end', `Subject: ${'=?a?q?'.repeat(40_000)}\r\n\r\n`],
    ['encoded words among addresses', `To: ${'=?a?q?'.repeat(50_000)}\r\n\r\n`],
    ['parameters', `Content-Type: text/plain${'; a*0*=%41'.repeat(100_000)}\r\n\r\n`],
    ['open comments in a type', `Content-Type: ${'('.repeat(200_000)}\r\n\r\n`],
    ['blanks in a header', `Subject: a${' \t'.repeat(200_000)}b\r\n\r\n`],
    ['folds', `Subject: a${'\r\n '.repeat(200_000)}b\r\n\r\n`],
    ['a name beside a quoted sign', `To: "@" ${'a'.repeat(500_000)}\r\n\r\n`],
    ['carriage returns', `Subject: a\n b${'\r'.repeat(500_000)}c\r\n\r\n`],
    ['types in a header of 8-bit text', `Subject: \xff\xff\r\n${'Content-Type: x\r\n'.repeat(50_000)}\r\n`],
    ['dates', `Date: ${'1 Jan 1 1:'.repeat(100_000)}\r\n\r\n`],
    ['open tags', `Content-Type: text/html\r\n\r\n${'<script><!--'.repeat(100_000)}`],
    ['ampersands', `Content-Type: text/html\r\n\r\n${'&#'.repeat(200_000)}`],
    ['plus signs', `Content-Type: text/plain; charset=utf-7\r\n\r\n${'+A'.repeat(200_000)}`],
    ['trailing blanks', `Content-Transfer-Encoding: quoted-printable\r\n\r\n${' '.repeat(500_000)}x`],
  ])(
    'is done with %s in no time that grows with their square',
    (_, text) => {
      expectStable(Buffer.from(text, 'latin1'))
    },
    20_000,
  )
})
