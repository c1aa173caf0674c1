import { writeFastTransfer } from '../../../formats/fast-transfer/write-fast-transfer.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { messageProperties as known } from '../../../formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import { beginImport, exportItem, importItem } from '../scratch/import-item.ts'
import { lostProperties } from '../scratch/lost-properties.ts'
import { itemFolder } from '../scratch/places.ts'
import { specimenMessage } from '../scratch/specimen.ts'
import { cutStream } from './cut-stream.ts'
import { type Measurement, measured, measuring, type Question, refusalOf } from './measurement.ts'
import type { Measure, ProbedMailbox, Writing } from './probed-mailbox.ts'

const question: Question = {
  number: 2,
  id: 'own-streams',
  name: 'Streams made by Mailvan',
  writes: 'imports some small messages into a hidden folder',
}
const permission = 'MailboxItem.ImportExport.All'

/** Whether Exchange takes streams that this program has made, which properties they need at least, and how they may be cut. */
export const measureStreams: Measure = { question, isOfItems: true, write: importOwn }

/** Sets of properties, the smallest first. */
function smallMessages(): readonly { readonly title: string; readonly message: MapiMessage }[] {
  const bare = (): PropertyBag => new PropertyBag().set(known.messageClass, 'IPM.Note')
  const noted = (): PropertyBag => bare().set(known.messageFlags, 1)
  const written = (): PropertyBag => noted().set(known.subject, 'Mailvan probe').set(known.body, 'It may be deleted.')
  return [
    { title: 'the class', properties: bare() },
    { title: 'class and flags', properties: noted() },
    { title: 'class, flags, subject and body', properties: written() },
  ].map(({ title, properties }) => ({ title, message: { properties, recipients: [], attachments: [] } }))
}

/** Ways to cut a stream that Exchange's own exports do not use (exchange.md 8.4). */
const otherCuts = [
  { title: 'through values', bufferBytes: 61 },
  { title: 'in one buffer of 100 kB', bufferBytes: 1_000_000 },
] as const

/** Long enough for more than one buffer of Exchange's. */
const longBodyCharacters = 50_000

function importOwn(mailbox: ProbedMailbox, { scratch }: Writing): Promise<Measurement> {
  const { connection, context, mailboxId, roles } = mailbox
  return measuring(question, () =>
    scratch.within(itemFolder(mailboxId), async (folderId) => {
      const { url } = await beginImport(connection.graph, mailboxId)
      const tryImport = async (item: Uint8Array): Promise<{ readonly itemId: string } | { readonly refusal: string }> => {
        try {
          return { itemId: await importItem(connection, url, folderId, item, context) }
        } catch (error) {
          return { refusal: refusalOf(error, roles, permission) }
        }
      }
      const whole = specimenMessage()
      const full = await tryImport(writeFastTransfer(whole))
      if ('refusal' in full) return measured(question, `refused (${full.refusal})`, "Mail goes by IMAP (?via=imap), or as Graph's JSON, which keeps less.", { isTaken: false })
      const lost = lostProperties(whole, await exportItem(connection.graph, mailboxId, full.itemId))
      if (lost === undefined) return measured(question, 'taken, and not given back readable', 'Mail goes by IMAP: use ?via=imap.', { isTaken: true, isReadable: false })
      let least = 'all that mail has'
      for (const { title, message } of smallMessages()) {
        if ('refusal' in (await tryImport(writeFastTransfer(message)))) continue
        least = title
        break
      }
      const refusedCuts: string[] = []
      const long = writeFastTransfer({ ...whole, properties: specimenMessage().properties.set(known.body, 'probe '.repeat(longBodyCharacters / 6)) })
      for (const { title, bufferBytes } of otherCuts) {
        if ('refusal' in (await tryImport(cutStream(long, bufferBytes)))) refusedCuts.push(title)
      }
      const properties = whole.properties.size
      const cuts = refusedCuts.length === 0 ? 'buffers may be cut anywhere' : `refused when cut ${refusedCuts.join(' and ')}`
      return measured(
        question,
        `taken; ${lost === 0 ? 'every one' : `${properties - lost}`} of ${properties} properties came back; ${least} is enough; ${cuts}`,
        'Mail from IMAP and archives travels as streams, with dates, flags and categories.',
        { isTaken: true, isReadable: true, properties, lostProperties: lost, least, refusedCuts: refusedCuts.join(', ') },
      )
    }),
  )
}
