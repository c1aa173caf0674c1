import type { KeywordChange } from '../../core/ports/connector.ts'
import { changeFolder } from './change-folder.ts'
import { answerError } from './errors.ts'
import { keptKeywordsOf, toFlags } from './flags.ts'
import { uidOf, uidValidityOf } from './item-id.ts'
import { chunkSequenceSet } from './protocol/sequence-set.ts'
import type { Session } from './protocol/session.ts'

/**
 * Sets flags, one STORE for all messages of a folder that are to have the same. What the folder does not keep is not sent,
 * even where a message has it: only the server can give it or take it away.
 */
export async function changeKeywords(session: Session, changes: readonly KeywordChange[]): Promise<void> {
  for (const [folderId, own] of Map.groupBy(changes, (change) => change.folderId)) {
    const answers = await changeFolder(session, folderId, (folder) =>
      folder.run(({ uidValidity, permanentFlags }) => {
        const current = own.filter((change) => uidValidityOf(change.id) === uidValidity)
        return Promise.all(storesOf(session, current, keptKeywordsOf(permanentFlags)))
      }),
    )
    for (const answer of answers) if (answer.status !== 'OK') throw answerError(answer, { command: 'STORE' })
  }
}

function storesOf(
  session: Session,
  changes: readonly KeywordChange[],
  kept: readonly string[] | undefined,
): ReturnType<Session['execute']>[] {
  return [...Map.groupBy(changes, (change) => toFlags(change.keywords, kept).join(' '))].flatMap(([flags, same]) => {
    const uids = same.map((change) => uidOf(change.id)).sort((a, b) => a - b)
    return chunkSequenceSet(uids).map(({ set }) => session.execute(`UID STORE ${set} FLAGS.SILENT (${flags})`))
  })
}
