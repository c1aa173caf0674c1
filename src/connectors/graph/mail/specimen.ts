export const specimenMessageId = '<probe@mailvan.invalid>'
export const specimenSubject = 'Mailvan tries how this mailbox takes mail'

/** A small message by which it is found out what a mailbox takes; it is removed at once. */
export const specimen = Buffer.from(
  [
    'From: Mailvan <probe@mailvan.invalid>',
    'To: Mailvan <probe@mailvan.invalid>',
    `Subject: ${specimenSubject}`,
    'Date: Fri, 01 Jan 2016 12:00:00 +0000',
    `Message-ID: ${specimenMessageId}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'This message is removed at once.',
    '',
  ].join('\r\n'),
)
export const specimenReceivedAtMs = Date.UTC(2016, 0, 1, 12)
