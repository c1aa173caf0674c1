import { MigrationError } from '../../core/errors.ts'
import type { FolderId } from '../../core/model/ids.ts'
import { openFolder } from './examine.ts'
import { keptKeywordsOf } from './flags.ts'
import type { Session } from './protocol/session.ts'

/**
 * The keywords that a folder keeps, where it keeps no others, by SELECT: an EXAMINE is answered with no permanent flags at
 * all. Of a folder that we may not look into (RFC 4314 right `i` without `r`) nothing is known.
 */
export async function findKeptKeywords(session: Session, folderId: FolderId): Promise<readonly string[] | undefined> {
  try {
    const { permanentFlags } = await openFolder(session, folderId, { command: 'SELECT' }).state
    return keptKeywordsOf(permanentFlags)
  } catch (error) {
    if (error instanceof MigrationError && error.code === 'imap.no-permission') return undefined
    throw error
  }
}
