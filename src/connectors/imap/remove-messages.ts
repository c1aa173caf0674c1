import type { FolderId, ItemId } from '../../core/model/ids.ts'
import { changeFolder } from './change-folder.ts'
import { answerError } from './errors.ts'
import { uidOf, uidValidityOf } from './item-id.ts'
import { chunkSequenceSet } from './protocol/sequence-set.ts'
import type { Session } from './protocol/session.ts'

/** Deletes exactly these messages of one folder (UID EXPUNGE, RFC 4315). */
export async function removeMessages(session: Session, folderId: FolderId, ids: readonly ItemId[]): Promise<void> {
  await changeFolder(session, folderId, (folder) =>
    folder.run(({ uidValidity }) => {
      const uids = ids.filter((id) => uidValidityOf(id) === uidValidity).map(uidOf).sort((a, b) => a - b)
      return expungeUids(session, uids)
    }),
  )
}

/** The same in the folder that is selected; every command is given at once. */
async function expungeUids(session: Session, uids: readonly number[]): Promise<void> {
  const answers = chunkSequenceSet(uids).flatMap(({ set }) => [
    session.execute(`UID STORE ${set} +FLAGS.SILENT (\\Deleted)`),
    session.execute(`UID EXPUNGE ${set}`),
  ])
  for (const answer of await Promise.all(answers)) {
    if (answer.status !== 'OK') throw answerError(answer, { command: 'EXPUNGE' })
  }
}
