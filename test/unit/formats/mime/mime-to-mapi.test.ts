import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { attachmentProperties as attachment } from '../../../../src/formats/mapi/attachment-properties.ts'
import { fromFileTime } from '../../../../src/formats/mapi/file-time.ts'
import { messageProperties as message } from '../../../../src/formats/mapi/message-properties.ts'
import { named } from '../../../../src/formats/mapi/property.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { propertySets } from '../../../../src/formats/mapi/property-sets.ts'
import { recipientProperties as recipient } from '../../../../src/formats/mapi/recipient-properties.ts'
import { readFlatEntryList } from '../../../../src/formats/mime/flat-entry-list.ts'
import { mimeToMapi } from '../../../../src/formats/mime/mime-to-mapi.ts'
import { mailLines } from './mail-lines.ts'

const plain = mailLines(
  'Received: from a by b; Tue, 2 Jan 2024 03:04:06 +0100',
  'From: =?utf-8?q?J=C3=B6rg?= <Joerg@example.org>',
  'Sender: "Desk, Front" <desk@example.org>',
  'Reply-To: A <a@example.org>, b@example.org',
  'To: Team: one@example.org, "Two" <two@example.org>;, (Three) three@example.org',
  'Cc: four@example.org',
  'Subject: Re: =?iso-8859-1?q?Gr=FC=DFe?=',
  'Date: Tue, 2 Jan 2024 03:04:05 +0100',
  'Message-ID: <1@example.org>',
  'In-Reply-To: <0@example.org>',
  'References: <00@example.org>',
  ' <0@example.org>',
  'X-Priority: 1 (Highest)',
  'Sensitivity: Company-Confidential',
  'Keywords: red, green;red',
  'Disposition-Notification-To: joerg@example.org',
  'Return-Receipt-To: joerg@example.org',
  'X-Mailer: Nobody',
  'List-Unsubscribe: <mailto:off@example.org>',
  'Content-Type: text/plain; charset=iso-8859-15',
  '',
  'Price: 5 \xa4',
  '',
)

describe('mimeToMapi: the header', () => {
  const { properties, recipients } = mimeToMapi(plain)

  it('becomes properties', () => {
    expect({
      class: properties.get(message.messageClass),
      subject: properties.get(message.subject),
      prefix: properties.get(message.subjectPrefix),
      normalized: properties.get(message.normalizedSubject),
      topic: properties.get(message.conversationTopic),
      from: properties.get(message.representingName),
      fromAddress: properties.get(message.representingSmtpAddress),
      sender: properties.get(message.senderName),
      senderAddress: properties.get(message.senderAddress),
      id: properties.get(message.internetMessageId),
      inReplyTo: properties.get(message.inReplyTo),
      references: properties.get(message.references),
      importance: properties.get(message.importance),
      sensitivity: properties.get(message.sensitivity),
      keywords: properties.get(message.keywords),
      unsubscribe: properties.get(message.listUnsubscribe),
      mailer: properties.get(named(propertySets.internetHeaders, 'x-mailer', 'string')),
      submitted: new Date(fromFileTime(properties.get(message.clientSubmitTime)!)).toISOString(),
      delivered: new Date(fromFileTime(properties.get(message.deliveryTime)!)).toISOString(),
      body: properties.get(message.body),
    }).toEqual({
      class: 'IPM.Note',
      subject: 'Re: Grüße',
      prefix: 'Re: ',
      normalized: 'Grüße',
      topic: 'Grüße',
      from: 'Jörg',
      fromAddress: 'Joerg@example.org',
      sender: 'Desk, Front',
      senderAddress: 'desk@example.org',
      id: '<1@example.org>',
      inReplyTo: '<0@example.org>',
      references: '<00@example.org> <0@example.org>',
      importance: 2,
      sensitivity: 3,
      keywords: ['red', 'green'],
      unsubscribe: '<mailto:off@example.org>',
      mailer: 'Nobody',
      submitted: '2024-01-02T02:04:05.000Z',
      delivered: '2024-01-02T02:04:06.000Z',
      body: 'Price: 5 €\r\n',
    })
    expect(readFlatEntryList(properties.get(message.replyRecipientEntries)!)).toEqual([
      { name: 'A', address: 'a@example.org' },
      { name: '', address: 'b@example.org' },
    ])
  })

  it('names the recipients, members of groups too', () => {
    expect(
      recipients.map((row) => [
        row.get(recipient.recipientType),
        row.get(recipient.displayName),
        row.get(recipient.smtpAddress),
      ]),
    ).toEqual([
      [1, 'one@example.org', 'one@example.org'],
      [1, 'Two', 'two@example.org'],
      [1, 'Three', 'three@example.org'],
      [2, 'four@example.org', 'four@example.org'],
    ])
  })

  it('asks for no receipt, whatever the sender wanted', () => {
    expect(properties.get(message.readReceiptRequested)).toBe(false)
    expect(properties.get(message.deliveryReportRequested)).toBe(false)
  })

  it('is kept byte for byte, 8-bit text of any charset too', () => {
    const raw = mailLines('Subject: \xc4\xe3\xba\xc3', 'X-Odd:  two  spaces ', '\tand a fold', '', 'x')
    const kept = mimeToMapi(raw).properties.get(message.transportHeaders)
    expect(Buffer.from(kept!, 'latin1').equals(raw.subarray(0, raw.length - 3))).toBe(true)
  })
})

describe('mimeToMapi: what the mailbox knows', () => {
  it('sets the state', () => {
    const { properties } = mimeToMapi(plain, {
      receivedMs: 86_400_000,
      isRead: true,
      isDraft: true,
      isFlagged: true,
      isForwarded: true,
      keywords: ['green', 'blue'],
    })
    expect(fromFileTime(properties.get(message.deliveryTime)!)).toBe(86_400_000)
    expect(properties.get(message.messageFlags)).toBe(9)
    expect(properties.get(message.flagStatus)).toBe(2)
    expect(properties.get(message.lastVerbExecuted)).toBe(104)
    expect(properties.get(message.iconIndex)).toBe(262)
    expect(properties.get(message.keywords)).toEqual(['red', 'green', 'blue'])
  })

  it('leaves an unread message without flags', () => {
    const { properties } = mimeToMapi(plain)
    expect(properties.get(message.messageFlags)).toBe(0)
    expect(properties.has(message.flagStatus)).toBe(false)
    expect(properties.has(message.lastVerbExecuted)).toBe(false)
  })
})

const parts = mailLines(
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  'preamble',
  '--outer',
  'Content-Type: multipart/related; boundary="in ner"',
  '',
  '--in ner',
  'Content-Type: multipart/alternative; boundary=alt',
  '',
  '--alt',
  '',
  'plain',
  '--alt',
  'Content-Type: text/html; charset=windows-1252',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  '<p>5 =80 =',
  '<img src=3D"cid:logo%40x"></p>',
  '--alt',
  'Content-Type: text/x-amp-html',
  '',
  '<html amp>',
  '--alt--',
  '--in ner',
  'Content-Type: image/png',
  'Content-ID: <logo@x>',
  'Content-Transfer-Encoding: base64',
  '',
  'AAEC',
  '--in ner--',
  '--outer',
  "Content-Disposition: attachment; filename*0*=utf-8''%e2%82%ac%20; filename*1=list.pdf",
  'Content-Type: application/pdf; name=other.pdf',
  '',
  'raw\x00\xff',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'Subject: inner',
  '',
  'inside',
  '--outer',
  'Content-Type: text/plain; charset=koi8-r',
  '',
  'footer',
  '--outer--',
  'epilogue',
)

describe('mimeToMapi: the parts', () => {
  const { properties, attachments } = mimeToMapi(parts)

  it('gives both forms of the text', () => {
    expect(properties.get(message.body)).toBe('plain')
    expect(Buffer.from(properties.get(message.html)!).toString('utf8')).toBe('<p>5 € <img src="cid:logo%40x"></p>')
    expect(properties.get(message.internetCodePage)).toBe(65001)
    expect(properties.get(message.nativeBody)).toBe(3)
  })

  it('gives the files with their facts', () => {
    expect(
      attachments.map(({ properties }) => [
        properties.get(attachment.method),
        properties.get(attachment.longFileName),
        properties.get(attachment.mimeType),
        properties.get(attachment.hidden),
        properties.get(attachment.flags),
        properties.get(attachment.data) && Buffer.from(properties.get(attachment.data)!).toString('latin1'),
      ]),
    ).toEqual([
      [1, 'ATT00001.txt', 'text/x-amp-html', true, 0, '<html amp>'],
      [1, 'ATT00002.png', 'image/png', true, 4, '\x00\x01\x02'],
      [1, '€ list.pdf', 'application/pdf', false, 0, 'raw\x00\xff'],
      [5, undefined, 'message/rfc822', false, 0, undefined],
      [1, 'ATT00003.txt', 'text/plain', false, 0, 'footer'],
    ])
    expect(attachments[4]!.properties.get(attachment.textCharset)).toBe('koi8-r')
  })

  it('gives messages in the message as such', () => {
    const inner = attachments[3]!.embedded!
    expect(inner.properties.get(message.subject)).toBe('inner')
    expect(inner.properties.get(message.body)).toBe('inside')
    expect(attachments[3]!.properties.get(attachment.displayName)).toBe('inner')
  })

  it('does not copy what is not encoded', () => {
    const data = attachments[2]!.properties.get(attachment.data)!
    expect(data.buffer).toBe(parts.buffer)
  })
})

const signed = [
  '--sig',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'trailing space \t',
  '',
  '--sig',
  'Content-Type: application/pgp-signature',
  '',
  '-----BEGIN PGP SIGNATURE-----',
  '--sig--',
  '',
].join('\r\n')

describe('mimeToMapi: messages of other classes', () => {
  it.each(['application/pgp-signature', 'application/pkcs7-signature'])('keeps what %s signs', (protocol) => {
    const type = `Content-Type: multipart/signed;\r\n\tboundary="sig"; protocol="${protocol}"; micalg=pgp-sha256`
    const { properties, attachments } = mimeToMapi(mailLines('Subject: s', type, 'MIME-Version: 1.0', '', signed))
    expect(properties.get(message.messageClass)).toBe('IPM.Note.SMIME.MultipartSigned')
    expect(properties.get(message.body)).toBe('trailing space \t\r\n')
    expect(attachments).toHaveLength(1)
    expect(attachments[0]!.properties.get(attachment.mimeType)).toBe('multipart/signed')
    expect(Buffer.from(attachments[0]!.properties.get(attachment.data)!).toString('latin1')).toBe(`${type}\r\n\r\n${signed}`)
  })

  it.each([
    'application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m',
    'application/x-pkcs7-mime',
    'application/octet-stream; name="smime.p7m"',
  ])('keeps %s as one file', (type) => {
    const { properties, attachments } = mimeToMapi(
      mailLines(`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', '', 'AAEC'),
    )
    expect(properties.get(message.messageClass)).toBe('IPM.Note.SMIME')
    expect(properties.has(message.body)).toBe(false)
    expect(attachments.map(({ properties }) => [...properties.get(attachment.data)!])).toEqual([[0, 1, 2]])
  })

  it('gives the parts of multipart/encrypted as files', () => {
    const { properties, attachments } = mimeToMapi(
      mailLines(
        'Content-Type: multipart/encrypted; boundary=e; protocol="application/pgp-encrypted"',
        '',
        '--e',
        'Content-Type: application/pgp-encrypted',
        '',
        'Version: 1',
        '--e',
        'Content-Type: application/octet-stream; name=encrypted.asc',
        '',
        '-----BEGIN PGP MESSAGE-----',
        '--e--',
      ),
    )
    expect(properties.get(message.messageClass)).toBe('IPM.Note')
    expect(attachments.map(({ properties }) => properties.get(attachment.longFileName))).toEqual([
      'ATT00001.dat',
      'encrypted.asc',
    ])
  })

  it.each([
    ['message/delivery-status', 'Action: delivered\r\n\r\nAction: failed', 'REPORT.IPM.Note.NDR'],
    ['message/delivery-status', 'Reporting-MTA: dns;x\r\n\r\nAction: delivered', 'REPORT.IPM.Note.DR'],
    ['message/delivery-status', 'Action: delayed', 'REPORT.IPM.Note.Delayed.DR'],
    ['message/disposition-notification', 'Disposition: manual-action/MDN-sent-manually; displayed', 'REPORT.IPM.Note.IPNRN'],
    [
      'message/disposition-notification',
      'Disposition: automatic-action/MDN-sent-automatically; deleted',
      'REPORT.IPM.Note.IPNNRN',
    ],
    ['message/feedback-report', 'Feedback-Type: abuse', 'IPM.Note'],
  ])('reads %s with %j', (type, report, expected) => {
    const { properties, attachments } = mimeToMapi(
      mailLines(
        'Content-Type: multipart/report; boundary=r',
        '',
        '--r',
        '',
        'words',
        '--r',
        `Content-Type: ${type}`,
        '',
        report,
        '--r--',
      ),
    )
    expect(properties.get(message.messageClass)).toBe(expected)
    expect(properties.get(message.body)).toBe('words')
    expect(Buffer.from(attachments[0]!.properties.get(attachment.data)!).toString('latin1')).toBe(report)
  })
})

describe('mimeToMapi: meeting messages', () => {
  const invitation = mailLines(
    'Subject: mail',
    'Content-Type: multipart/alternative; boundary=c',
    '',
    '--c',
    '',
    'words',
    '--c',
    'Content-Type: text/calendar; method=REQUEST; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('SUMMARY:Grüße').toString('base64'),
    '--c--',
  )

  it('keeps the calendar as a file that is seen', () => {
    const { properties, attachments } = mimeToMapi(invitation)
    expect(properties.get(message.messageClass)).toBe('IPM.Note')
    expect(
      attachments.map(({ properties }) => [properties.get(attachment.longFileName), properties.get(attachment.hidden)]),
    ).toEqual([['ATT00001.ics', false]])
  })

  it('gives it to the function that understands it', () => {
    const convertCalendar = (ics: string) => ({
      properties: new PropertyBag()
        .set(message.messageClass, 'IPM.Schedule.Meeting.Request')
        .set(message.subject, ics)
        .set(message.todoTitle, ics),
      recipients: [],
      attachments: [],
    })
    const { properties, attachments } = mimeToMapi(invitation, { convertCalendar })
    expect(properties.get(message.messageClass)).toBe('IPM.Schedule.Meeting.Request')
    expect(properties.get(message.subject)).toBe('mail')
    expect(properties.get(message.todoTitle)).toBe('SUMMARY:Grüße')
    expect(attachments).toEqual([])
    expect(mimeToMapi(invitation, { convertCalendar: () => undefined }).attachments).toHaveLength(1)
  })
})
