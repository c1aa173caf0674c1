import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { mailFolder, postedSpecimen } from '../scratch/places.ts'
import { specimenReceivedAt, specimenText } from '../scratch/specimen.ts'
import { type Measurement, measured, measuring, type Question, refusalOf } from './measurement.ts'
import type { Measure, ProbedMailbox, Writing } from './probed-mailbox.ts'

const question: Question = {
  number: 4,
  id: 'native-mime',
  name: 'MIME that is no draft',
  writes: 'posts a small message as MIME into a hidden folder, and another that stands in Drafts for a moment',
}
const permission = 'Mail.ReadWrite'

/** Whether mail can be posted as MIME without becoming a draft, into a folder or as way `?via=mime` does it. */
export const measureMime: Measure = { question, isOfItems: false, write: postMime }

function postMime(mailbox: ProbedMailbox, { scratch }: Writing): Promise<Measurement> {
  const { connection: { graph }, roles, user } = mailbox
  return measuring(question, async () => {
    const intoFolder = await scratch.within(mailFolder(user), async (folderId) => {
      const path = graphPath`/users/${user}/mailFolders/${folderId}/messages`
      const body = Buffer.from(Buffer.from(specimenText).toString('base64'), 'latin1')
      try {
        const { json } = await graph.call({ method: 'POST', path, headers: { 'content-type': 'text/plain' }, body, permission })
        return outcomeOf(json['isDraft'], json['receivedDateTime'])
      } catch (error) {
        return `refused (${refusalOf(error, roles, permission)})`
      }
    })
    let posted = ''
    const place = postedSpecimen(user, (isDraft, receivedDateTime) => (posted = outcomeOf(isDraft, receivedDateTime)))
    try {
      await scratch.within(place, async () => undefined)
    } catch (error) {
      posted = `refused (${refusalOf(error, roles, permission)})`
    }
    const isOpen = intoFolder === whole || posted === whole
    return measured(
      question,
      `into a folder: ${intoFolder}; without one: ${posted}`,
      isOpen ? 'Exchange can convert mail by itself here: please report it.' : 'Mail travels as streams or by IMAP, which keep its date and what was read.',
      { intoFolder, withoutFolder: posted, isOpen },
    )
  })
}

const whole = 'a message with its date'

function outcomeOf(isDraft: unknown, receivedDateTime: unknown): string {
  if (isDraft !== false) return 'a draft'
  return Date.parse(String(receivedDateTime)) === Date.parse(specimenReceivedAt) ? whole : 'a message that is dated anew'
}
