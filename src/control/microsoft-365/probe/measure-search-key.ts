import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { MapiMessage } from '../../../formats/mapi/message.ts'
import { messageProperties as known } from '../../../formats/mapi/message-properties.ts'
import { asksForReceipt } from '../scratch/asks-for-receipt.ts'
import { beginImport, exportItem, importItem } from '../scratch/import-item.ts'
import { readItem } from '../scratch/lost-properties.ts'
import { itemFolder } from '../scratch/places.ts'
import { type Facts, type Measurement, measured, measuring, notMeasured, type Question, sentenceOf } from './measurement.ts'
import type { Measure, ProbedMailbox, Writing } from './probed-mailbox.ts'
import { type KeyedItem, listKeyedItems } from './search-keys.ts'

const question: Question = {
  number: 10,
  id: 'search-key',
  name: 'Search keys as identity',
  writes: 'imports a copy of a small message of the inbox into a hidden folder, and gives that copy a category',
}
const itemsMax = 20
const itemBytesMax = 1_000_000
/** Not whether it was read: that could send a receipt. */
const edit = { categories: ['Mailvan probe'] }
/** Messages that are looked at for one that asks for no receipt. */
const exportsMax = 5

/** Whether an item keeps its search key when it is exported, imported and edited: by it copies are recognised. */
export const measureSearchKey: Measure = {
  question,
  isOfItems: true,
  read: (mailbox) => follow(mailbox, undefined),
  write: (mailbox, writing) => follow(mailbox, writing),
}

function follow(mailbox: ProbedMailbox, writing: Writing | undefined): Promise<Measurement> {
  const { connection: { graph }, mailboxId } = mailbox
  return measuring(question, async () => {
    const listed = (await listKeyedItems(graph, mailboxId, 'inbox', itemsMax)).filter(({ type, sizeBytes }) => type === 'IPM.Note' && sizeBytes <= itemBytesMax)
    if (listed.length === 0) return notMeasured(question, 'the inbox has no small message', 'Name a mailbox with mail by --mailbox.')
    if (listed.every(({ searchKey }) => searchKey === '')) return measured(question, 'lists do not tell search keys', noIdentity, { isListed: false })
    const found = await findExport(mailbox, listed)
    if (found === undefined) return notMeasured(question, 'every small message of the inbox asks for a receipt, or could not be exported', 'Name another mailbox by --mailbox.')
    const { item, exported, message } = found
    const isExported = searchKeyOf(message) === item.searchKey
    const steps: Facts = {
      isListed: true,
      isExported,
      ...(writing !== undefined && (await importAndEdit(mailbox, writing, exported, item.searchKey))),
    }
    const says = Object.entries(sentences).flatMap(([step, [yes, no]]) => (steps[step] === undefined ? [] : [steps[step] === true ? yes : no]))
    const isKept = Object.values(steps).every((step) => step !== false)
    const tail = writing === undefined ? '; what an import and an edit do to it needs --write' : typeof steps['editing'] === 'string' ? `; it could not be edited (${steps['editing']})` : ''
    return measured(question, `${says.join(', ')}${tail}`, isKept ? identity : noIdentity, steps)
  })
}

/** The smallest message whose copy can be written and removed without anything being sent. */
async function findExport({ connection: { graph }, mailboxId }: ProbedMailbox, listed: readonly KeyedItem[]) {
  const smallest = listed.filter(({ searchKey }) => searchKey !== '').toSorted((a, b) => a.sizeBytes - b.sizeBytes)
  for (const item of smallest.slice(0, exportsMax)) {
    const exported = await exportItem(graph, mailboxId, item.id)
    const message = exported === undefined ? undefined : readItem(exported)
    if (exported !== undefined && message !== undefined && !asksForReceipt(message)) return { item, exported, message }
  }
  return undefined
}

const identity = 'Copies are recognised by it, as Mailvan does.'
const noIdentity = 'Copies that an earlier pass did not record are not recognised here, and a pass that was cut short may write some twice: please report it.'

const sentences: Readonly<Record<string, readonly [yes: string, no: string]>> = {
  isExported: ['an export holds the key that lists show', 'an export does not hold the key that lists show'],
  isImported: ['an import keeps it', 'an import gives another'],
  isEdited: ['an edit keeps it', 'an edit gives another'],
}

async function importAndEdit(mailbox: ProbedMailbox, { scratch }: Writing, exported: Uint8Array, searchKey: string): Promise<Facts> {
  const { connection, context, mailboxId, user } = mailbox
  const { graph } = connection
  return scratch.within(itemFolder(mailboxId), async (folderId) => {
    const hasKey = async (): Promise<boolean> => (await listKeyedItems(graph, mailboxId, folderId, 1)).some((copy) => copy.searchKey === searchKey)
    const { url } = await beginImport(graph, mailboxId)
    const copyId = await importItem(connection, url, folderId, exported, context)
    const isImported = await hasKey()
    try {
      await graph.call({ method: 'PATCH', path: graphPath`/users/${user}/messages/${copyId}`, body: edit, permission: 'Mail.ReadWrite' })
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error
      return { isImported, editing: sentenceOf(error) }
    }
    return { isImported, isEdited: await hasKey() }
  })
}

function searchKeyOf({ properties }: MapiMessage): string {
  const key = properties.get(known.searchKey)
  return key === undefined ? '' : Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('base64')
}
