import type { FolderId, ItemId } from '../../core/model/ids.ts'
import { changeFolder } from './change-folder.ts'
import { answerError } from './errors.ts'
import { toItemId, uidOf, uidValidityOf } from './item-id.ts'
import { commandOf, mailboxArgument } from './names.ts'
import { parseStatus } from './protocol/response.ts'
import { chunkSequenceSet, parseSequenceSet } from './protocol/sequence-set.ts'
import type { Session } from './protocol/session.ts'

const copyUid = /^(\d{1,10}) ([\d:,]+) ([\d:,]+)$/

/** Moves (RFC 6851) or copies messages of one folder. New ids by COPYUID (RFC 4315). */
export function bringMessages(
  session: Session,
  how: 'MOVE' | 'COPY',
  from: FolderId,
  ids: readonly ItemId[],
  into: FolderId,
): Promise<ReadonlyMap<ItemId, ItemId | undefined>> {
  const mailbox = mailboxArgument(into, session)
  return changeFolder(session, from, async (folder) => {
    const moved = new Map<ItemId, ItemId | undefined>()
    const { uidValidity } = await folder.run((state) => Promise.resolve(state))
    const whileSame = (act: () => Promise<void>) => folder.run((state) => (state.uidValidity === uidValidity ? act() : Promise.resolve()))
    const current = ids.filter((id) => uidValidityOf(id) === uidValidity)
    for (const { set, numbers } of chunkSequenceSet(current.map(uidOf).sort((a, b) => a - b))) {
      const learn = (code: { name: string; text: string } | undefined): void => {
        if (code?.name === 'COPYUID') readCopyUid(code.text, numbers.length, uidValidity, moved)
      }
      await whileSame(async () => {
        const command = commandOf(`UID ${how} ${set} `, mailbox)
        const answer = await session.execute(command, { onUntagged: (text) => learn(parseStatus(text, 2)?.code) })
        if (answer.status !== 'OK') throw answerError(answer, { command: 'MOVE' })
        learn(answer.code)
      })
    }
    return moved
  })
}

function readCopyUid(text: string, count: number, fromValidity: number, moved: Map<ItemId, ItemId | undefined>): void {
  const match = copyUid.exec(text.trim())
  if (match === null) return
  const before = parseSequenceSet(match[2] as string, count)
  const after = parseSequenceSet(match[3] as string, count)
  if (before === undefined || after === undefined || before.length !== after.length) return
  before.forEach((uid, index) => moved.set(toItemId(fromValidity, uid), toItemId(Number(match[1]), after[index] as number)))
}
