import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { jsonObjects } from '../../../connectors/kit/microsoft/json-values.ts'
import { type Measurement, measured, measuring, notMeasured, type Question, refusalOf } from './measurement.ts'
import type { Measure, ProbedMailbox } from './probed-mailbox.ts'
import { expandSearchKey } from './search-keys.ts'

const question: Question = {
  number: 8,
  id: 'keys-in-changes',
  name: 'Search keys in a list of changes',
  writes: 'asks for the changes of the inbox',
}
const permission = 'MailboxItem.Read.All'
const oneByOne = 'Items are described by lists, or one by one, as Mailvan does.'
const pageItems = 20

/** Whether the changes of a folder can be asked for with extended properties. */
export const measureChanges: Measure = { question, isOfItems: true, read: readChanges }

function readChanges({ connection: { graph }, mailboxId, roles }: ProbedMailbox): Promise<Measurement> {
  return measuring(question, async () => {
    const path = graphPath`/admin/exchange/mailboxes/${mailboxId}/folders/inbox/items/delta`
    let values
    try {
      const headers = { prefer: `odata.maxpagesize=${pageItems}` }
      const { json } = await graph.call({ method: 'GET', path, query: { $select: 'id', ...expandSearchKey }, headers, permission })
      values = jsonObjects(json, 'value')
    } catch (error) {
      const refusal = refusalOf(error, roles, permission)
      return measured(question, `refused (${refusal})`, oneByOne, { isTaken: false, refusal })
    }
    if (values.length === 0) return notMeasured(question, 'the inbox is empty', 'Name a mailbox with mail by --mailbox.')
    const withKey = values.filter((value) => jsonObjects(value, 'singleValueExtendedProperties').length > 0).length
    const seen = { isTaken: true, items: values.length, withKey }
    if (withKey === 0) return measured(question, `taken and ignored: none of ${values.length} items came with its key`, oneByOne, seen)
    return measured(question, `works: ${withKey} of ${values.length} items came with their key`, 'Copies could be recognised by the list of changes alone: please report it.', seen)
  })
}
