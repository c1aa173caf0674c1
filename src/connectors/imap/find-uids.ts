import type { FolderId } from '../../core/model/ids.ts'
import { examine } from './examine.ts'
import { parseEsearch, parseSearch } from './protocol/search-response.ts'
import { parseSequenceSet } from './protocol/sequence-set.ts'
import type { Session } from './protocol/session.ts'

/**
 * The UIDs of all messages in a folder: by ESEARCH as a sequence set (RFC 4731, RFC 9051 section 6.4.4), which for a folder
 * of any size is mostly a line, else by SEARCH. Undefined when the server does not say, when the UIDs are not those of
 * `uidValidity`, or when they are not as many as the folder says it holds: what is not among them counts as deleted.
 */
export async function findUids(session: Session, folderId: FolderId, uidValidity: number): Promise<readonly number[] | undefined> {
  const { capabilities } = session
  const hasEsearch = capabilities.has('ESEARCH') || capabilities.has('IMAP4REV2')
  let itemsMax = 0
  let uids: readonly number[] | undefined
  const examined = examine(session, folderId, (state) => (itemsMax = state.items))
  const searched = session.execute(hasEsearch ? 'UID SEARCH RETURN (ALL) ALL' : 'UID SEARCH ALL', {
    onUntagged: (text, literals) => {
      const result = parseEsearch(text, literals)
      // RFC 4731 section 3.1: of an empty folder there is no ALL.
      if (result?.isUid === true) uids = result.all === undefined ? [] : parseSequenceSet(result.all, itemsMax)
      else uids = parseSearch(text) ?? uids
    },
  })
  const state = await examined
  const { status } = await searched
  const isWhole = status === 'OK' && state.uidValidity === uidValidity && new Set(uids).size === state.items
  return isWhole ? uids : undefined
}
