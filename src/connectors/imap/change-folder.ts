import type { FolderId } from '../../core/model/ids.ts'
import { type OpenFolderState, type Opening, openFolder } from './examine.ts'
import type { Session } from './protocol/session.ts'

/** A folder open for changes. */
export interface ChangeableFolder {
  /**
   * Calls `send` with the folder's state at a moment when commands meet it open; `send` gives its commands in that very
   * turn. UIDs are only to be used under the UIDVALIDITY that they were learned with.
   */
  run<T>(send: (state: OpenFolderState) => Promise<T>): Promise<T>
}

/** Who changes a folder over a session, one after the other: two who select in turn would never get to act. */
const turns = new WeakMap<Session, Promise<unknown>>()

/**
 * Opens a folder for changes over a session that others read other folders with. Between the SELECT's answer and the
 * command that relies on it, another folder may have been opened; then this one is selected again.
 */
export function changeFolder<T>(session: Session, folderId: FolderId, change: (folder: ChangeableFolder) => Promise<T>): Promise<T> {
  const before = turns.get(session) ?? Promise.resolve()
  const changed = before.then(() => change(selecting(session, folderId)))
  turns.set(
    session,
    changed.catch(() => {}),
  )
  return changed
}

function selecting(session: Session, folderId: FolderId): ChangeableFolder {
  let opening: Opening | undefined
  return {
    async run(send) {
      for (;;) {
        if (opening?.isCurrent() !== true) opening = openFolder(session, folderId, { command: 'SELECT' })
        const state = await opening.state
        if (opening.isCurrent()) return send(state)
      }
    },
  }
}
