import { calendarProperties } from '../../../formats/mapi/calendar-properties.ts'
import { toFileTime } from '../../../formats/mapi/file-time.ts'
import { messageProperties } from '../../../formats/mapi/message-properties.ts'
import { response } from '../../../formats/calendar/attendees.ts'
import { representingOf } from '../../../formats/calendar/calendar-address.ts'
import type { MessageHead } from '../../../formats/fast-transfer/stored-form.ts'
import { isReceived, setOwnResponse } from '../../graph-json/event-attendees.ts'
import { readZonedTime } from '../../graph-json/event-times.ts'
import { fromRecipientJson } from '../../graph-json/recipient-json.ts'
import { changing } from '../../graph-mailbox/changing.ts'
import { timeSlotType } from '../../graph-mailbox/event-type.ts'
import { type MailboxStores } from '../../graph-mailbox/open-mailbox.ts'
import { dateTimeTimeZoneType, recipientType } from '../../graph-mailbox/outlook-types.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { type BodyOf, complex, flag, listOf, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextUrl } from '../../http/odata/answer-collection.ts'
import type { GraphRequest } from '../../http/route.ts'
import { changeStored } from './change-event.ts'
import { takeAway } from './delete-event.ts'
import { openEvent } from './event-place.ts'
import { readOptionalBody } from './optional-body.ts'
import { recordSent } from './record-sent.ts'

/** The three answers to an invitation. */
export type EventAnswer = 'accept' | 'tentativelyAccept' | 'decline'

/** PidLidResponseStatus, and EWS's codes for organizers who answer themselves. */
const answers = {
  accept: { status: response.accepted, code: 'ErrorCalendarIsOrganizerForAccept' },
  tentativelyAccept: { status: response.tentative, code: 'ErrorCalendarIsOrganizerForTentative' },
  decline: { status: response.declined, code: 'ErrorCalendarIsOrganizerForDecline' },
} as const

const plain = { comment: text, Comment: text, sendResponse: flag, SendResponse: flag } as const
const acceptParameters = { name: 'microsoft.graph.accept', properties: plain } as const satisfies Structure
const proposalParameters = {
  name: 'microsoft.graph.tentativelyAccept',
  properties: { ...plain, proposedNewTime: complex(timeSlotType), ProposedNewTime: complex(timeSlotType) },
} as const satisfies Structure

/**
 * `POST /events/{id}/accept` and its like: 202. The answer is kept, and written down as sent unless `sendResponse` is
 * false; a declined event leaves the calendar. Throws 400 for organizers, and for a proposal that is not allowed or not
 * sent (Graph's pages on these actions).
 */
export async function respondToEvent(request: GraphRequest, stores: MailboxStores, answer: EventAnswer): Promise<Response> {
  const opened = openEvent(request, stores)
  const { mailbox, item, owner } = opened
  const body: BodyOf<typeof proposalParameters> = await readOptionalBody(request, answer === 'accept' ? acceptParameters : proposalParameters)
  const sends = (body.sendResponse ?? body.SendResponse) !== false
  const proposal = body.proposedNewTime ?? body.ProposedNewTime
  changing(request, () => {
    const { status, code } = answers[answer]
    let organizer: string | undefined
    changeStored(opened, (head) => {
      requireAnswerable(head, code)
      if (proposal !== undefined && proposal !== null) requireProposable(head, proposal, sends)
      organizer = representingOf(head.properties)?.address
      setOwnResponse(head.properties, status, owner, request.tenant.clock.nowMs())
      return head
    })
    if (sends && organizer !== undefined) recordSent(request, stores, mailbox, 'response', item.subject, [organizer])
    if (answer === 'decline') takeAway(request, stores, opened, 'deleteditems')
  })
  return emptyAnswer(202)
}

const forwardParameters = {
  name: 'microsoft.graph.forward',
  properties: { ToRecipients: listOf(complex(recipientType)), toRecipients: listOf(complex(recipientType)), Comment: text, comment: text },
} as const satisfies Structure

/** `POST /events/{id}/forward`: 202, written down. */
export async function forwardEvent(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const { mailbox, item } = openEvent(request, stores)
  const body = await readJsonBody(request, forwardParameters)
  const recipients = body.toRecipients ?? body.ToRecipients ?? []
  if (recipients.length === 0) throw new GraphError(400, 'ErrorInvalidRecipients', "At least one recipient isn't valid.")
  changing(request, () => {
    recordSent(request, stores, mailbox, 'forward', item.subject, recipients.map((recipient) => fromRecipientJson(recipient).address))
  })
  return emptyAnswer(202)
}

const snoozeParameters = {
  name: 'microsoft.graph.snoozeReminder',
  properties: { newReminderTime: complex(dateTimeTimeZoneType), NewReminderTime: complex(dateTimeTimeZoneType) },
} as const satisfies Structure

/** `POST /events/{id}/snoozeReminder`: 200. */
export async function snoozeReminder(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const opened = openEvent(request, stores)
  const body = await readJsonBody(request, snoozeParameters)
  const time = body.newReminderTime ?? body.NewReminderTime
  if (time === undefined || time === null) throw new GraphError(400, 'ErrorInvalidArgument', "The required property 'NewReminderTime' is missing.")
  changing(request, () =>
    changeStored(opened, (head) => {
      head.properties.set(messageProperties.reminderSignalTime, toFileTime(readZonedTime(time).utcMs))
      return head
    }),
  )
  return jsonAnswer(200, { '@odata.context': contextUrl(request, 'Edm.Null'), '@odata.null': true })
}

/** `POST /events/{id}/dismissReminder`: 200; the event reminds no more. */
export function dismissReminder(request: GraphRequest, stores: MailboxStores): Response {
  const opened = openEvent(request, stores)
  changing(request, () =>
    changeStored(opened, (head) => {
      head.properties.set(messageProperties.reminderSet, false)
      return head
    }),
  )
  return jsonAnswer(200, { '@odata.context': contextUrl(request, 'Edm.Null'), '@odata.null': true })
}

function requireAnswerable({ properties }: MessageHead, code: string): void {
  if (isReceived(properties)) return
  throw new GraphError(400, code, "Your request can't be completed. You can't respond to this meeting because you're the meeting organizer.")
}

function requireProposable({ properties }: MessageHead, proposal: BodyOf<typeof timeSlotType>, sends: boolean): void {
  const refuse = (message: string) => new GraphError(400, 'ErrorInvalidRequest', message)
  if (properties.get(calendarProperties.disallowsProposals) === true) throw refuse('The organizer does not allow new time proposals.')
  if (!sends) throw refuse('A new time can only be proposed with a response that is sent.')
  const [start, end] = [readZonedTime(proposal.start ?? {}), readZonedTime(proposal.end ?? {})]
  if (end.utcMs < start.utcMs) throw refuse('The proposed end is before the proposed start.')
}
