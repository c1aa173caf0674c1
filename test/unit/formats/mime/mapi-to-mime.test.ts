import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attachmentProperties as attachment } from '../../../../src/formats/mapi/attachment-properties.ts'
import { toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import type { MapiAttachment, MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { messageProperties as message } from '../../../../src/formats/mapi/message-properties.ts'
import { named } from '../../../../src/formats/mapi/property.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { propertySets } from '../../../../src/formats/mapi/property-sets.ts'
import { recipientProperties as recipient } from '../../../../src/formats/mapi/recipient-properties.ts'
import { setSenders, toRecipient } from '../../../../src/formats/mime/address-properties.ts'
import { mailEssence } from '../../../../src/formats/mime/mail-essence.ts'
import { mapiToMime } from '../../../../src/formats/mime/mapi-to-mime.ts'
import { mimeToMapi } from '../../../../src/formats/mime/mime-to-mapi.ts'
import { mailLines } from './mail-lines.ts'

const noFiles: readonly MapiAttachment[] = []

function file(
  name: string,
  type: string,
  data: Uint8Array,
  more: (bag: PropertyBag) => PropertyBag = (bag) => bag,
): MapiAttachment {
  const properties = new PropertyBag().set(attachment.method, 1).set(attachment.longFileName, name)
  return { properties: more(properties.set(attachment.mimeType, type).set(attachment.data, data)) }
}

describe('mapiToMime: items without a header', () => {
  const properties = new PropertyBag()
    .set(message.messageClass, 'IPM.Note')
    .set(message.subject, 'Grüße aus Köln')
    .set(message.internetMessageId, '<1@example.org>')
    .set(message.clientSubmitTime, toFileTime(Date.UTC(2024, 1, 29, 12, 30, 5, 250)))
    .set(message.importance, 2)
    .set(message.sensitivity, 2)
    .set(message.keywords, ['red', 'blau'])
    .set(named(propertySets.internetHeaders, 'x-ours', 'string'), 'yes')
    .set(message.body, 'Hallo\r\n')
    .set(message.html, Buffer.from('<img src="cid:i@x">'))
  setSenders(properties, { name: 'Ann, B', address: 'ann@example.org' }, { name: '', address: 'desk@example.org' })
  const item: MapiMessage = {
    properties,
    recipients: [
      toRecipient({ name: 'Jörg', address: 'j@example.org' }, 1, 0),
      toRecipient({ name: '', address: 'c@example.org' }, 2, 1),
      toRecipient({ name: 'Secret', address: 's@example.org' }, 3, 2),
    ],
    attachments: [
      file('ä.png', 'image/png', Buffer.from([1, 2]), (bag) =>
        bag.set(attachment.contentId, 'i@x').set(attachment.flags, 4),
      ),
      file('b.pdf', 'application/pdf', Buffer.from([3])),
    ],
  }

  it('are written as others would', () => {
    const boundaries: string[] = []
    const written = mapiToMime(item)
      .toString('latin1')
      .replace(/=_[\w-]{27}/g, (boundary) => {
        if (!boundaries.includes(boundary)) boundaries.push(boundary)
        return `BOUNDARY${boundaries.indexOf(boundary)}`
      })
    expect(written.split('\r\n')).toEqual([
      'From: "Ann, B" <ann@example.org>',
      'Sender: desk@example.org',
      'To: =?UTF-8?B?SsO2cmc=?= <j@example.org>',
      'Cc: c@example.org',
      'Bcc: Secret <s@example.org>',
      'Subject: =?UTF-8?B?R3LDvMOfZSBhdXMgS8O2bG4=?=',
      'Date: Thu, 29 Feb 2024 12:30:05 +0000',
      'Message-ID: <1@example.org>',
      'Importance: high',
      'Sensitivity: Private',
      'Keywords: red, blau',
      'x-ours: yes',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed;',
      ' boundary="BOUNDARY0"',
      '',
      '--BOUNDARY0',
      'Content-Type: multipart/related;',
      ' boundary="BOUNDARY1"',
      '',
      '--BOUNDARY1',
      'Content-Type: multipart/alternative;',
      ' boundary="BOUNDARY2"',
      '',
      '--BOUNDARY2',
      'Content-Type: text/plain; charset=us-ascii',
      'Content-Transfer-Encoding: 7bit',
      '',
      'Hallo',
      '',
      '--BOUNDARY2',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: 7bit',
      '',
      '<img src="cid:i@x">',
      '--BOUNDARY2--',
      '',
      '--BOUNDARY1',
      'Content-Type: image/png;',
      " name*=utf-8''%C3%A4.png",
      'Content-Disposition: inline;',
      " filename*=utf-8''%C3%A4.png",
      'Content-ID: <i@x>',
      'Content-Transfer-Encoding: base64',
      '',
      'AQI=',
      '',
      '--BOUNDARY1--',
      '',
      '--BOUNDARY0',
      'Content-Type: application/pdf;',
      ' name="b.pdf"',
      'Content-Disposition: attachment;',
      ' filename="b.pdf"',
      'Content-Transfer-Encoding: base64',
      '',
      'Aw==',
      '',
      '--BOUNDARY0--',
      '',
    ])
  })

  it('give the same bytes each time', () => {
    const again = { ...item, properties: item.properties.copy() }
    expect(mapiToMime(again).equals(mapiToMime(item))).toBe(true)
  })

  it('can be empty', () => {
    const written = mapiToMime({
      properties: new PropertyBag(),
      recipients: [],
      attachments: noFiles,
    }).toString()
    expect(written).toBe(
      'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n',
    )
  })

  it('cannot smuggle fields in', () => {
    const evil = 'x\r\nBcc: victim@example.org\r\n\r\nbody'
    const properties = new PropertyBag()
      .set(message.subject, evil)
      .set(message.internetMessageId, evil)
      .set(message.references, evil)
      .set(message.transportHeaders, undefined)
      .set(named(propertySets.internetHeaders, 'x-evil', 'string'), evil)
      .set(message.contentTypeHeader, evil)
      .set(message.messageClass, 'IPM.Note.SMIME')
    setSenders(properties, { name: evil, address: evil }, undefined)
    const attached = file(evil, evil, Buffer.from('x'), (bag) =>
      bag.set(attachment.contentId, evil).set(attachment.contentLocation, evil),
    )
    const read = mimeToMapi(
      mapiToMime({
        properties,
        recipients: [toRecipient({ name: evil, address: evil }, 1, 0)],
        attachments: [attached],
      }),
    )
    expect(read.recipients.map((row) => row.get(recipient.recipientType))).toEqual([1])
    expect(read.properties.get(message.transportHeaders)).not.toMatch(/^bcc:/im)
    expect(read.properties.get(message.transportHeaders)!.match(/^content-type:/gim)).toHaveLength(1)
  })
})

describe('mapiToMime: items with a header', () => {
  const raw = mailLines(
    'Received: by mx',
    'X-8bit: \xe4',
    'SUBJECT:  odd   spacing',
    'From: a@example.org',
    'To: One <one@example.org>,',
    '\ttwo@example.org',
    'Date: Mon, 1 Jan 2024 01:00:00 +0100 (CET)',
    'X-Mailer: m',
    'Content-Type: text/plain; charset=utf-8; format=flowed',
    'Content-Transfer-Encoding: 8bit',
    'Mime-Version: 1.0 (odd)',
    '',
    'words',
  )

  it('write it as it was, with a structure made anew', () => {
    const written = mapiToMime(mimeToMapi(raw)).toString('latin1')
    expect(written.split('\r\n')).toEqual([
      ...raw.toString('latin1').split('\r\n').slice(0, 8),
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=us-ascii',
      'Content-Transfer-Encoding: 7bit',
      '',
      'words',
    ])
  })

  it('write the fields anew that the properties contradict', () => {
    const item = mimeToMapi(raw)
    item.properties.set(message.subject, 'new').set(message.importance, 0)
    const recipients = [
      toRecipient({ name: '', address: 'three@example.org' }, 1, 0),
      toRecipient({ name: '', address: 'b@c' }, 3, 1),
    ]
    const written = mapiToMime({ ...item, recipients }).toString('latin1')
    expect(written.split('\r\n').slice(0, 9)).toEqual([
      'Received: by mx',
      'X-8bit: \xe4',
      'From: a@example.org',
      'Date: Mon, 1 Jan 2024 01:00:00 +0100 (CET)',
      'X-Mailer: m',
      'To: three@example.org',
      'Bcc: b@c',
      'Subject: new',
      'Importance: low',
    ])
  })

  it('take a header with LF, empty lines and Unicode', () => {
    const properties = new PropertyBag().set(message.transportHeaders, 'X-A: Привет\n\nX-B: b\nno field\n')
    expect(mapiToMime({ properties, recipients: [], attachments: noFiles }).toString('utf8')).toMatch(
      /^X-A: Привет\r\nX-B: b\r\nMIME-Version/,
    )
  })
})

describe('mapiToMime: signed and encrypted mail', () => {
  const signed = mailLines(
    '--s',
    'Content-Type: text/plain',
    '',
    ' tr\xe4iling \t',
    '',
    '--s',
    'Content-Type: application/pkcs7-signature',
    '',
    'AA==',
    '--s--',
    'epilogue',
  )
  const type = 'Content-Type: multipart/signed; boundary=s;\r\n\tprotocol="application/pkcs7-signature"'

  it.each(['\r\n', '\n'])('comes back to the byte (lines end in %j)', (end) => {
    const bytes = Buffer.from(
      `Subject: s\r\n${type}\r\nX-After: y\r\n\r\n${signed.toString('latin1')}`.replaceAll('\r\n', end),
      'latin1',
    )
    const written = mapiToMime(mimeToMapi(bytes))
    expect(written.subarray(written.indexOf('\r\n\r\n') + 4).equals(signed)).toBe(true)
    expect(written.toString('latin1')).toContain(type)
  })

  it('comes back to the byte inside another message', () => {
    const inner = Buffer.concat([Buffer.from(`Subject: s\r\n${type}\r\n\r\n`), signed])
    const outer = Buffer.concat([Buffer.from('Content-Type: message/rfc822\r\n\r\n'), inner])
    const written = mapiToMime(mimeToMapi(outer))
    expect(written.includes(signed)).toBe(true)
    expect(written.toString('latin1')).toContain('Content-Transfer-Encoding: 8bit')
  })

  it('keeps the type of what is encrypted', () => {
    const bytes = mailLines(
      'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
      'Content-Transfer-Encoding: base64',
      '',
      'AAEC',
    )
    const item = mimeToMapi(bytes)
    for (const drop of [false, true]) {
      if (drop) item.properties.delete(message.transportHeaders)
      const written = mapiToMime(item).toString('latin1')
      expect(written).toContain('Content-Type: application/pkcs7-mime;\r\n smime-type=signed-data;\r\n name=smime.p7m\r\n')
      expect(written).toContain('\r\n\r\nAAEC\r\n')
    }
  })
})

describe('mapiToMime: other classes', () => {
  it('writes a report as one', () => {
    const status = 'Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\n'
    const bytes = mailLines(
      'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
      '',
      '--r',
      '',
      'no',
      '--r',
      'Content-Type: message/delivery-status',
      '',
      status,
      '--r',
      'Content-Type: message/rfc822',
      '',
      'Subject: lost',
      '',
      '--r--',
    )
    const written = mapiToMime(mimeToMapi(bytes)).toString('latin1')
    expect(written).toContain('Content-Type: multipart/report; report-type=delivery-status;')
    expect(written).toContain(`Content-Transfer-Encoding: 7bit\r\n\r\n${status}`)
    expect(mimeToMapi(Buffer.from(written)).properties.get(message.messageClass)).toBe('REPORT.IPM.Note.NDR')
  })

  it('writes the calendar of a meeting message as a form of its body', () => {
    const item = {
      properties: new PropertyBag().set(message.body, 'come'),
      recipients: [],
      attachments: noFiles,
    }
    const written = mapiToMime(item, {
      writeCalendar: () => ({ ics: 'BEGIN:VCALENDAR\r\n', method: 'REQUEST' }),
    }).toString()
    expect(written).toContain('Content-Type: multipart/alternative;')
    expect(written).toContain('Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n')
  })

  it('leaves exceptions of a series to the calendar part, and writes them where there is none', () => {
    const exception = { properties: new PropertyBag().set(attachment.attachmentFlags, 2), embedded: { properties: new PropertyBag(), recipients: [], attachments: [] } }
    const item = { properties: new PropertyBag().set(message.body, 'come'), recipients: [], attachments: [exception] }
    const writeCalendar = () => ({ ics: 'BEGIN:VCALENDAR\r\n', method: 'REQUEST' })
    expect(mapiToMime(item, { writeCalendar }).toString()).not.toContain('message/rfc822')
    expect(mapiToMime(item).toString()).toContain('message/rfc822')
  })

  it('names the charset of a code page', () => {
    const properties = new PropertyBag().set(message.html, Buffer.from('\xcf', 'latin1')).set(message.internetCodePage, 1251)
    const written = mapiToMime({ properties, recipients: [], attachments: noFiles })
    expect(written.toString()).toContain('charset=windows-1251')
    expect(Buffer.from(mimeToMapi(written).properties.get(message.html)!).toString()).toBe('П')
  })
})

describe('items and mail are the same in both directions', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({ maxLength: 60 }),
    fc.constantFrom('Re: x', '--=_', 'a'.repeat(1100), 'x \r\n. \r\n', '=?q'),
  )
  const line = text.map((value) =>
    value
      .replace(/[\x00-\x20\x7f]+/g, ' ')
      .trim()
      .toWellFormed(),
  )
  const who = fc.record({
    name: line.filter((name) => !/[<>@]/.test(name)),
    address: fc.constantFrom('a@b.org', 'Ü@x.org', '"q r"@s', `${'l'.repeat(70)}@m.org`),
  })
  const fileName = line
    .filter((name) => name !== '')
    .map(
      (name) =>
        name
          .replace(/[\x80-\x9f\u2028-\u202e\u2066-\u2069]/g, '')
          .trim()
          .slice(0, 900) || 'x',
    )
  const attached = fc.oneof(
    fc
      .tuple(
        fileName,
        fc.constantFrom(
          'application/pdf',
          'text/plain',
          'text/html',
          'text/calendar',
          'image/png',
          'multipart/mixed',
          'odd',
          'message/delivery-status',
        ),
        fc.uint8Array({ maxLength: 300 }),
      )
      .map(([name, type, data]) => file(name, type, data)),
    fc
      .tuple(fc.constantFrom('c@d', 'e f'), fc.uint8Array({ maxLength: 30 }))
      .map(([id, data]) =>
        file('i.png', 'image/png', data, (bag) => bag.set(attachment.contentId, id).set(attachment.flags, 4)),
      ),
  )
  const plain = fc
    .record({
      subject: line,
      body: fc.option(text),
      html: fc.option(text),
      from: who,
      to: fc.array(who, { maxLength: 4 }),
      cc: fc.array(who, { maxLength: 2 }),
      sentS: fc.option(fc.integer({ min: -1e9, max: 4e9 })),
      files: fc.array(attached, { maxLength: 4 }),
    })
    .map(({ subject, body, html, from, to, cc, sentS, files }): MapiMessage => {
      const properties = new PropertyBag()
        .set(message.messageClass, 'IPM.Note')
        .set(message.subject, subject)
        .set(message.internetMessageId, '<id@x>')
        .set(message.clientSubmitTime, sentS === null ? undefined : toFileTime(sentS * 1000))
        .set(message.body, body?.toWellFormed())
        .set(message.html, html === null ? undefined : Buffer.from(`<p>${html}</p><img src="cid:c@d">`))
      setSenders(properties, from, from)
      const recipients = [
        ...to.map((one, index) => toRecipient(one, 1, index)),
        ...cc.map((one, index) => toRecipient(one, 2, to.length + index)),
      ]
      return { properties, recipients, attachments: files }
    })
  const item = fc.tuple(plain, fc.option(plain)).map(([outer, inner]): MapiMessage => {
    if (inner === null) return outer
    const embedded = { properties: new PropertyBag().set(attachment.method, 5), embedded: inner }
    return { ...outer, attachments: [...outer.attachments, embedded] }
  })

  it('an item comes back', () => {
    fc.assert(
      fc.property(item, (item) => {
        const written = mapiToMime(item)
        const read = mimeToMapi(written)
        expect(mailEssence(read)).toEqual(mailEssence(item))
        expect(mapiToMime(read).length).toBe(mapiToMime(mimeToMapi(mapiToMime(read))).length)
      }),
      { numRuns: 400 },
    )
  })
})
