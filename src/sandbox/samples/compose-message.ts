import { Buffer } from 'node:buffer'
import type { BodyPool } from './body-pool.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What a composed message should be like. */
export interface MessageWish {
  /** Distinguishes the messages of one mailbox. */
  readonly serial: number
  readonly sentAt: Date
  /** Roughly. Under about 1,500 the headers alone are longer. */
  readonly sizeBytes: number
  /** Taken over instead of a new one. */
  readonly messageId?: string
  readonly hasMessageId?: boolean
  /** Whether some headers may be what mail should not be: raw 8-bit, no Date, an unreadable Date. */
  readonly mayBeOdd?: boolean
}

/** A message as RFC 5322 bytes with CRLF line ends. */
export interface ComposedMessage {
  readonly bytes: Buffer
  readonly messageId: string | undefined
}

/** Writes one message of the size wished for, in one of the shapes that mail has. */
export function composeMessage(random: SeededRandom, pool: BodyPool, wish: MessageWish): ComposedMessage {
  const messageId = wish.hasMessageId === false ? undefined : (wish.messageId ?? newMessageId(random, wish.serial))
  const boundary = `=_${random.hex(16)}`
  const { type, body } = composeBody(random, pool, wish.sizeBytes, boundary)
  const headers = [...transportHeaders(random, wish), ...addressHeaders(random, pool, wish)]
  if (messageId !== undefined) headers.push(`Message-ID: ${messageId}`)
  if (random.chance(0.3)) headers.push(`References: ${references(random, wish.serial)}`)
  headers.push('MIME-Version: 1.0', ...type)
  // A raw Latin-1 header is not UTF-8: what old programs sent.
  const isLatin1 = wish.mayBeOdd === true && random.chance(0.03)
  if (isLatin1) headers.push('X-Abteilung: Einkauf & Gr\u00f6\u00dfen')
  const head = Buffer.from(`${headers.join('\r\n')}\r\n\r\n`, isLatin1 ? 'latin1' : 'utf8')
  return { bytes: Buffer.concat([head, ...body]), messageId }
}

function newMessageId(random: SeededRandom, serial: number): string {
  return `<${random.hex(12)}.${serial}@mail${serial % 37}.example.org>`
}

function references(random: SeededRandom, serial: number): string {
  const count = random.integer(1, 8)
  return Array.from({ length: count }, (_, i) => newMessageId(random, serial - i)).join('\r\n\t')
}

function transportHeaders(random: SeededRandom, wish: MessageWish): readonly string[] {
  const date = toMailDate(wish.sentAt)
  return [
    `Return-Path: <user${wish.serial % 91}@example.org>`,
    `Received: from mx${wish.serial % 5}.example.net (mx.example.net [192.0.2.${wish.serial % 250}])`,
    `\tby mail.example.com (Postfix) with ESMTPS id ${random.hex(10).toUpperCase()}`,
    `\tfor <anna@example.com>; ${date}`,
    `DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=k1; h=from:to:subject:date;`,
    `\tb=${Buffer.from(random.hex(60), 'hex').toString('base64')}`,
  ]
}

const names = ['Anna Müller', 'Jörg "JJ" Weiß', 'Νίκος Άγγελος', 'Иван Петров', '山田 太郎', 'Chris Smith', 'A. N. Other']

function addressHeaders(random: SeededRandom, pool: BodyPool, wish: MessageWish): readonly string[] {
  const name = random.pick(names)
  const subject = `${random.chance(0.3) ? 'Re: ' : ''}${pool.word()} №${wish.serial} ${pool.word()} ${pool.word()}`
  const shownName = /^[\x20-\x7e]*$/.test(name) ? `"${name.replaceAll('"', '\\"')}"` : encodedWord(name)
  const isRaw = wish.mayBeOdd === true && random.chance(0.03)
  const headers = [
    `From: ${shownName} <user${wish.serial % 91}@example.org>`,
    `To: anna@example.com${random.chance(0.2) ? ',\r\n bob@example.com, "C, D" <cd@example.com>' : ''}`,
    `Subject: ${isRaw ? subject : encodedWord(subject)}`,
  ]
  const oddity = wish.mayBeOdd === true ? random.next() : 1
  if (oddity < 0.01) headers.push('Date: yesterday, around noon')
  else if (oddity >= 0.03) headers.push(`Date: ${toMailDate(wish.sentAt)}`)
  return headers
}

interface Body {
  /** Content-Type and what belongs to it. */
  readonly type: readonly string[]
  readonly body: readonly Buffer[]
}

const attachments = [
  ['application/pdf', 'report.pdf'],
  ['image/jpeg', 'IMG_2041.jpg'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'Übersicht.xlsx'],
] as const

function composeBody(random: SeededRandom, pool: BodyPool, sizeBytes: number, boundary: string): Body {
  const left = Math.max(100, sizeBytes - 900)
  if (left > 60_000 || (left > 8_000 && random.chance(0.3))) return mixed(random, pool, left, boundary)
  const shape = random.next()
  if (shape < 0.4) return { type: textType('plain'), body: [pool.text(left)] }
  if (shape < 0.5) return quotedPrintable(pool, left)
  if (shape < 0.55) return forwarded(pool, left, boundary)
  if (shape < 0.6) return invitation(random, pool, left, boundary)
  return alternative(pool, left, boundary)
}

function textType(subtype: 'plain' | 'html'): readonly string[] {
  return [`Content-Type: text/${subtype}; charset=utf-8`, 'Content-Transfer-Encoding: 8bit']
}

function multipart(subtype: string, boundary: string, parts: readonly (readonly [readonly string[], Buffer])[]): Body {
  const body = parts.flatMap(([headers, content]) => [
    Buffer.from(`--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n`),
    content,
    Buffer.from('\r\n'),
  ])
  return {
    type: [`Content-Type: multipart/${subtype};\r\n\tboundary="${boundary}"`],
    body: [...body, Buffer.from(`--${boundary}--\r\n`)],
  }
}

function html(pool: BodyPool, sizeBytes: number): Buffer {
  const [head, tail] = ['<html><body><p style="color:#333">', '</p></body></html>\r\n'].map((text) => Buffer.from(text))
  return Buffer.concat([head as Buffer, pool.text(sizeBytes), tail as Buffer])
}

function alternative(pool: BodyPool, sizeBytes: number, boundary: string): Body {
  return multipart('alternative', boundary, [
    [textType('plain'), pool.text(sizeBytes / 3)],
    [textType('html'), html(pool, (sizeBytes * 2) / 3)],
  ])
}

function mixed(random: SeededRandom, pool: BodyPool, sizeBytes: number, boundary: string): Body {
  const [type, name] = random.pick(attachments)
  const textBytes = Math.min(3_000, sizeBytes / 4)
  const headers = [
    `Content-Type: ${type};\r\n\tname="${encodedWord(name)}"`,
    `Content-Disposition: attachment;\r\n\tfilename*=UTF-8''${encodeURIComponent(name)}`,
    'Content-Transfer-Encoding: base64',
  ]
  return multipart('mixed', boundary, [
    [textType('html'), html(pool, textBytes)],
    [headers, pool.base64(sizeBytes - textBytes)],
  ])
}

function quotedPrintable(pool: BodyPool, sizeBytes: number): Body {
  const lines = pool.text(sizeBytes / 2).toString('utf8').split('\r\n')
  const encoded = lines.map((line) =>
    Array.from(Buffer.from(line), (byte) => {
      const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x3d
      return isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
      .join('')
      .replace(/.{70}(?=.{3})(?<!=.?)/g, '$&=\r\n'),
  )
  return {
    type: ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable'],
    body: [Buffer.from(encoded.join('\r\n'))],
  }
}

function forwarded(pool: BodyPool, sizeBytes: number, boundary: string): Body {
  const inner = Buffer.concat([
    Buffer.from(`From: <old@example.org>\r\nSubject: ${pool.word()}\r\n${textType('plain').join('\r\n')}\r\n\r\n`),
    pool.text(sizeBytes / 2),
  ])
  return multipart('mixed', boundary, [
    [textType('plain'), pool.text(sizeBytes / 2)],
    [['Content-Type: message/rfc822'], inner],
  ])
}

function invitation(random: SeededRandom, pool: BodyPool, sizeBytes: number, boundary: string): Body {
  const event = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Example//Sample//EN',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    `UID:${random.hex(24)}@example.org`,
    'DTSTAMP:20240101T090000Z',
    'DTSTART:20240108T090000Z',
    `SUMMARY:${pool.word()}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
  return multipart('alternative', boundary, [
    [textType('plain'), pool.text(sizeBytes - event.length)],
    [['Content-Type: text/calendar; method=REQUEST; charset=utf-8'], Buffer.from(event)],
  ])
}

function encodedWord(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
}

function toMailDate(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000')
}
