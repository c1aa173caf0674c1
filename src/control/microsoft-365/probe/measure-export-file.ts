import { partnerVersionOf } from '../../../formats/fast-transfer/container.ts'
import { objectEssence } from '../../../formats/mapi/object-essence.ts'
import { asksForReceipt } from '../scratch/asks-for-receipt.ts'
import { beginImport, exportItem, importItem } from '../scratch/import-item.ts'
import { readItem } from '../scratch/lost-properties.ts'
import { itemFolder } from '../scratch/places.ts'
import { type Measurement, measured, measuring, notMeasured, type Question, refusalOf } from './measurement.ts'
import type { Measure, ProbedMailbox, Writing } from './probed-mailbox.ts'

const question: Question = {
  number: 3,
  id: 'on-premises-exports',
  name: 'Exports of Exchange 2010 to 2019',
  writes: 'imports the item of --export-file into a hidden folder',
}

/** Whether an item that a server of one's own has exported is taken as it is. */
export const measureExportFile: Measure = { question, isOfItems: true, write: importExported }

function importExported(mailbox: ProbedMailbox, { exportedItem, scratch }: Writing): Promise<Measurement> {
  const { connection, context, mailboxId, roles } = mailbox
  return measuring(question, async () => {
    if (exportedItem === undefined) {
      return notMeasured(question, 'needs an item that an Exchange server of your own has exported', 'Give one with --export-file FILE: what its ExportItems answers.')
    }
    const message = readItem(exportedItem)
    if (message === undefined) return notMeasured(question, 'the file holds no exported item that can be read here', 'If ExportItems gave it, please report its Exchange version: the form is another than known.')
    if (asksForReceipt(message)) return notMeasured(question, 'the item asks for a receipt, which removing it again could send', 'Export another item, one that asks for none.')
    const before = objectEssence(message).item
    const version = partnerVersionOf(Buffer.from(exportedItem.buffer, exportedItem.byteOffset, exportedItem.byteLength)) ?? 'an unnamed version'
    return scratch.within(itemFolder(mailboxId), async (folderId) => {
      const { url } = await beginImport(connection.graph, mailboxId)
      let itemId: string
      try {
        itemId = await importItem(connection, url, folderId, exportedItem, context)
      } catch (error) {
        const refusal = refusalOf(error, roles, 'MailboxItem.ImportExport.All')
        return measured(question, `an item of Exchange ${version} is refused (${refusal})`, 'Such mailboxes have to be moved by IMAP.', { version, isTaken: false, refusal })
      }
      const back = await exportItem(connection.graph, mailboxId, itemId)
      const isSame = back !== undefined && essenceOf(back) === before
      return measured(
        question,
        `an item of Exchange ${version} is taken and comes back ${isSame ? 'the same' : 'changed'}`,
        isSame ? 'Items of such a server can travel whole.' : 'Items of such a server can travel whole; verification by content will name what changed.',
        { version, isTaken: true, isSame },
      )
    })
  })
}

function essenceOf(item: Uint8Array): string | undefined {
  const message = readItem(item)
  return message === undefined ? undefined : objectEssence(message).item
}
