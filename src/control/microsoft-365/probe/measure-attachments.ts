import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import { mailFolder } from '../scratch/places.ts'
import { specimenReceivedAt } from '../scratch/specimen.ts'
import { type Measurement, measured, measuring, type Question, refusalOf } from './measurement.ts'
import type { Measure, ProbedMailbox, Writing } from './probed-mailbox.ts'

const question: Question = {
  number: 5,
  id: 'later-attachments',
  name: 'Attachments to mail that is no draft',
  writes: 'makes a small message in a hidden folder and adds a file to it',
}
const permission = 'Mail.ReadWrite'
const advanced = 'Mail-Advanced.ReadWrite.All'
/** Above three megabytes a file goes by an upload session (exchange.md 3.2). */
const largeFileBytes = 4_000_000

/** PidTagMessageFlags without the flag of drafts, and when it was received: both only count while a message is made. */
const asReceived = [
  { id: 'Integer 0x0E07', value: '1' },
  { id: 'SystemTime 0x0E06', value: specimenReceivedAt },
]

/** Whether attachments may be added to a message that is no draft; announced to need more from 2026-12-31 on (exchange.md 3.2). */
export const measureAttachments: Measure = { question, isOfItems: false, write: addAttachments }

function addAttachments(mailbox: ProbedMailbox, { scratch }: Writing): Promise<Measurement> {
  const { connection: { graph }, roles, user } = mailbox
  return measuring(question, () =>
    scratch.within(mailFolder(user), async (folderId) => {
      const path = graphPath`/users/${user}/mailFolders/${folderId}/messages`
      const { json } = await graph.call({ method: 'POST', path, body: { subject: 'Mailvan probe', singleValueExtendedProperties: asReceived }, permission })
      if (json['isDraft'] !== false) {
        return measured(question, 'a message that was made with its flags is a draft nevertheless', "Mail cannot be made whole as Graph's JSON here: do not use ?via=json.", { isDraft: true })
      }
      const attempt = async (below: string, body: object): Promise<string> => {
        try {
          await graph.call({ method: 'POST', path: `${graphPath`/users/${user}/messages/${jsonText(json, 'id')}/attachments`}${below}`, body, permission })
          return 'taken'
        } catch (error) {
          return `refused (${refusalOf(error, roles, permission)})`
        }
      }
      const small = await attempt('', { '@odata.type': '#microsoft.graph.fileAttachment', name: 'probe.txt', contentType: 'text/plain', contentBytes: Buffer.from('probe').toString('base64') })
      const large = await attempt('/createUploadSession', { AttachmentItem: { attachmentType: 'file', name: 'probe.bin', size: largeFileBytes } })
      const hasAdvanced = roles.includes(advanced)
      const isTaken = small === 'taken' && large === 'taken'
      return measured(
        question,
        `a small file: ${small}; an upload session for a large one: ${large}; the app has ${hasAdvanced ? '' : 'not '}${advanced}`,
        isTaken ? `?via=json works for mail with attachments of any size${hasAdvanced ? '; whether it needs that permission, an app without it would show' : ''}.` : `?via=json needs the permission ${advanced} for mail with attachments; the other ways do not.`,
        { small, large, hasAdvanced },
      )
    }),
  )
}
