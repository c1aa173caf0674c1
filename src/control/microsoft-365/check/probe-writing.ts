import type { GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import type { Context } from '../../../core/ports/context.ts'
import { writeFastTransfer } from '../../../formats/fast-transfer/write-fast-transfer.ts'
import { beginImport, exportItem, importItem } from '../scratch/import-item.ts'
import { lostProperties } from '../scratch/lost-properties.ts'
import { itemFolder, mailFolder } from '../scratch/places.ts'
import type { Leftover, Scratch } from '../scratch/scratch.ts'
import { specimenMessage, specimenReceivedAt, specimenText } from '../scratch/specimen.ts'
import { absent, bad, type Finding, finding, good } from './finding.ts'
import type { PatientConnection } from './probe-tenant.ts'

/** Whether Exchange takes items that this program has made, and gives them back as they were. Leaves nothing behind. */
export function probeOwnItems(connection: PatientConnection, scratch: Scratch, mailboxId: string, context: Context): Promise<Finding> {
  const probe = { about: 'probe', name: 'own items' } as const
  const { graph } = connection
  return finding(probe, () =>
    scratch.within(itemFolder(mailboxId), async (folderId) => {
      const made = specimenMessage()
      const { url } = await beginImport(graph, mailboxId)
      const itemId = await importItem(connection, url, folderId, writeFastTransfer(made), context)
      const lost = lostProperties(made, await exportItem(graph, mailboxId, itemId))
      if (lost === undefined) return bad(probe, 'Exchange took an item and did not give it back readable', 'Move mail by IMAP or as messages.')
      return good(probe, lost === 0 ? 'Exchange takes items as they are made here' : `Exchange takes items as they are made here, and leaves ${lost} of their properties out`)
    }),
  )
}

/** Whether messages can be written as they are, not as drafts, with the date they were received. Leaves nothing behind. */
export function probeMimeWriting(graph: GraphCaller, scratch: Scratch, user: string): Promise<Finding> {
  const probe = { about: 'probe', name: 'native MIME' } as const
  return finding(probe, () =>
    scratch.within(mailFolder(user), async (folderId) => {
      const answer = await graph.call({
        method: 'POST',
        path: `/users/${encodeURIComponent(user)}/mailFolders/${encodeURIComponent(folderId)}/messages`,
        body: Buffer.from(Buffer.from(specimenText).toString('base64')),
        headers: { 'content-type': 'text/plain' },
        expects: [400, 405, 415],
      })
      if (answer.status !== 201) return absent(probe, 'Graph does not take messages as they are; they go by import or IMAP')
      const isWhole = answer.json['isDraft'] === false && answer.json['receivedDateTime'] === specimenReceivedAt
      return isWhole ? good(probe, 'Graph takes messages as they are, with their dates') : absent(probe, 'Graph makes drafts of messages, or dates them anew; they go by import or IMAP')
    }),
  )
}

/** Something that was left behind, as a finding. */
export function leftBehind({ what, why }: Leftover): Finding {
  return bad({ about: 'probe', name: 'removal' }, `${what} could not be removed again: ${why}`, 'Delete it by hand.')
}
