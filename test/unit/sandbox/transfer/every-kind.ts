import { writeAppointmentBlob } from '../../../../src/formats/calendar/appointment-recurrence-blob.ts'
import { blobOfRecurrence } from '../../../../src/formats/calendar/recurrence-of-blob.ts'
import { attachmentProperties as file } from '../../../../src/formats/mapi/attachment-properties.ts'
import { calendarProperties as calendar } from '../../../../src/formats/mapi/calendar-properties.ts'
import { contactProperties as contact } from '../../../../src/formats/mapi/contact-properties.ts'
import { toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import type { MapiAttachment, MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { messageProperties as known } from '../../../../src/formats/mapi/message-properties.ts'
import { journalProperties as journal, noteProperties as note } from '../../../../src/formats/mapi/note-properties.ts'
import { writeOneOffEntryId } from '../../../../src/formats/mapi/one-off-entry-id.ts'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import { named, numbered } from '../../../../src/formats/mapi/property.ts'
import { propertySets } from '../../../../src/formats/mapi/property-sets.ts'
import { recipientProperties as recipient } from '../../../../src/formats/mapi/recipient-properties.ts'
import { taskProperties as task } from '../../../../src/formats/mapi/task-properties.ts'

/** One item of every class that a mailbox holds, with the properties that make it what it is. */
export interface ItemKind {
  readonly kind: string
  readonly folder: string
  readonly message: MapiMessage
}

const at = (iso: string) => toFileTime(Date.parse(iso))
const made = at('2018-05-04T03:02:01.123Z')

const bag = (messageClass: string, subject: string) =>
  new PropertyBag()
    .set(known.messageClass, messageClass)
    .set(known.subject, subject)
    .set(known.messageFlags, 1)
    .set(known.creationTime, made)
    .set(known.searchKey, Buffer.from(`${subject}................`.slice(0, 16)))
    .set(named(propertySets.publicStrings, 'mailvan-source', 'string'), `source of ${subject}`)

const person = (name: string, kind: number, more: (properties: PropertyBag) => PropertyBag = (one) => one) =>
  more(
    new PropertyBag()
      .set(recipient.recipientType, kind)
      .set(recipient.displayName, name)
      .set(recipient.addressType, 'SMTP')
      .set(recipient.emailAddress, `${name}@example.com`)
      .set(recipient.smtpAddress, `${name}@example.com`)
      .set(recipient.entryId, writeOneOffEntryId({ name, addressType: 'SMTP', address: `${name}@example.com` })),
  )

const attached = (name: string, data: Uint8Array): MapiAttachment => ({
  properties: new PropertyBag()
    .set(file.method, 1)
    .set(file.longFileName, name)
    .set(file.renderingPosition, -1)
    .set(file.data, data),
})

const only = (properties: PropertyBag): MapiMessage => ({
  properties,
  recipients: [],
  attachments: [],
})

const post: MapiMessage = only(
  bag('IPM.Post', 'a post').set(known.body, 'posted').set(known.conversationTopic, 'a post'),
)

const mail: MapiMessage = {
  properties: bag('IPM.Note', 'Grüße 👋')
    .set(known.clientSubmitTime, at('2018-05-04T03:00:00Z'))
    .set(known.deliveryTime, at('2018-05-04T03:02:00Z'))
    .set(known.internetMessageId, '<1@example.com>')
    .set(known.transportHeaders, 'From: x\r\nSubject: y\r\n')
    .set(known.html, Buffer.from('<p>Grüße</p>'))
    .set(known.internetCodePage, 65001)
    .set(known.keywords, ['Blue', 'Grün'])
    .set(known.flagStatus, 2)
    .set(known.flagRequest, 'Follow up')
    .set(known.lastVerbExecuted, 102),
  recipients: [person('anna', 1), person('bert', 2), person('carl', 3)],
  attachments: [
    attached(
      'large.bin',
      new Uint8Array(200_000).map((_, index) => index),
    ),
    {
      properties: new PropertyBag().set(file.method, 5).set(file.displayName, 'a post'),
      embedded: { ...post, attachments: [attached('in.txt', Buffer.from('in'))] },
    },
  ],
}

/** Every Monday, with one day deleted and one moved. */
const recurrence = writeAppointmentBlob(
  blobOfRecurrence({
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'monday' },
    range: { type: 'numbered', startDate: '2026-11-23', numberOfOccurrences: 10 },
    startMinutes: 9 * 60,
    durationMinutes: 60,
    deletedDates: ['2026-12-07'],
    exceptions: [
      {
        originalStart: '2026-11-30T09:00:00',
        start: '2026-11-30T10:00:00',
        end: '2026-11-30T12:00:00',
        subject: 'Moved',
      },
    ],
  }),
)

const appointment: MapiMessage = {
  properties: bag('IPM.Appointment', 'Weekly')
    .set(calendar.startWhole, at('2026-11-23T09:00:00Z'))
    .set(calendar.endWhole, at('2026-11-23T10:00:00Z'))
    .set(calendar.location, 'Room 1')
    .set(calendar.busyStatus, 2)
    .set(calendar.recurring, true)
    .set(calendar.recurrence, recurrence)
    .set(calendar.stateFlags, 1)
    .set(calendar.globalObjectId, Buffer.from('040000008200E00074C5B7101A82E008', 'hex')),
  recipients: [
    person('anna', 1, (one) => one.set(recipient.recipientFlags, 3).set(recipient.trackStatus, 1)),
    person('bert', 1),
  ],
  attachments: [
    {
      properties: new PropertyBag()
        .set(file.method, 5)
        .set(file.hidden, true)
        .set(file.exceptionStart, at('2026-11-30T09:00:00Z'))
        .set(file.exceptionEnd, at('2026-11-30T11:00:00Z')),
      embedded: only(
        bag('IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}', 'Moved').set(calendar.isException, true),
      ),
    },
  ],
}

const members = numbered(propertySets.address, 0x8055, 'binaries')
const oneOffMembers = numbered(propertySets.address, 0x8054, 'binaries')
const oneOff = [writeOneOffEntryId({ name: 'A', addressType: 'SMTP', address: 'a@example.com' })]

export const everyKind: readonly ItemKind[] = [
  { kind: 'a mail', folder: 'inbox', message: mail },
  {
    kind: 'a draft',
    folder: 'drafts',
    message: {
      ...mail,
      properties: bag('IPM.Note', 'unsent').set(known.messageFlags, 9).set(known.body, 'later'),
      attachments: [],
    },
  },
  { kind: 'an appointment', folder: 'calendar', message: appointment },
  {
    kind: 'a meeting request',
    folder: 'inbox',
    message: {
      ...appointment,
      properties: bag('IPM.Schedule.Meeting.Request', 'Come').set(calendar.startWhole, at('2027-01-01T09:00:00Z')),
    },
  },
  {
    kind: 'a contact',
    folder: 'contacts',
    message: {
      ...only(
        bag('IPM.Contact', 'Anna Example')
          .set(contact.givenName, 'Anna')
          .set(contact.surname, 'Example')
          .set(contact.birthday, at('1970-02-03T11:59:00Z'))
          .set(contact.fileUnderId, -1)
          .set(contact.childrensNames, ['Carl', 'Dora']),
      ),
      attachments: [attached('ContactPicture.jpg', Buffer.from('ffd8ffe0', 'hex'))],
    },
  },
  {
    kind: 'a list',
    folder: 'contacts',
    message: only(bag('IPM.DistList', 'All').set(members, oneOff).set(oneOffMembers, oneOff)),
  },
  {
    kind: 'a task',
    folder: 'tasks',
    message: only(
      bag('IPM.Task', 'Do')
        .set(task.status, 1)
        .set(task.percentComplete, 0.5)
        .set(task.dueDate, at('2027-01-01T00:00:00Z')),
    ),
  },
  {
    kind: 'a note',
    folder: 'notes',
    message: only(bag('IPM.StickyNote', 'Note').set(note.color, 3).set(note.x, -20).set(known.body, 'Note\r\nto self')),
  },
  {
    kind: 'a journal entry',
    folder: 'journal',
    message: only(
      bag('IPM.Activity', 'Call')
        .set(journal.type, 'Phone call')
        .set(journal.durationMinutes, 5)
        .set(journal.start, made),
    ),
  },
  { kind: 'a post', folder: 'inbox', message: post },
]
