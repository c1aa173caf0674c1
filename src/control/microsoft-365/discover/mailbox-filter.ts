import { compileGlob } from '../../../core/plan/glob.ts'
import { UsageError } from '../../usage-error.ts'
import { type DirectoryUser, primaryAddress } from '../directory-user.ts'
import type { MailboxKind } from './discovered-mailbox.ts'

/** Which mailboxes are wanted, as it was given. */
export interface MailboxFilterInput {
  readonly kind?: readonly string[]
  readonly domain?: readonly string[]
  readonly match?: readonly string[]
  readonly licensed?: boolean
}

/** Which mailboxes are wanted; what tells by the directory alone is asked first and saves the rest. */
export interface MailboxFilter {
  readonly wantsUser: (user: DirectoryUser) => boolean
  readonly wantsKind: (kind: MailboxKind) => boolean
}

const kindNames: readonly MailboxKind[] = ['user', 'shared', 'room', 'equipment', 'linked', 'other', 'none', 'unknown']

/**
 * Reads a filter. Several values of one option widen it, several options narrow it. A `match` is a glob over address, user
 * principal name and display name; letter case does not matter. Throws `UsageError`.
 */
export function parseMailboxFilter({ kind = [], domain = [], match = [], licensed = false }: MailboxFilterInput): MailboxFilter {
  const wantedKinds = new Set(kind.flatMap((text) => text.split(',')).map((text) => parseKind(text.trim().toLowerCase())))
  const domains = new Set(domain.map((text) => text.trim().toLowerCase().replace(/^@/, '')))
  const globs = match.map(parseGlob)
  return {
    wantsKind: (one) => wantedKinds.size === 0 || wantedKinds.has(one),
    wantsUser: (user) => {
      if (licensed && !user.isLicensed) return false
      const address = primaryAddress(user).toLowerCase()
      if (domains.size > 0 && !domains.has(address.slice(address.lastIndexOf('@') + 1))) return false
      const texts = [address, user.userPrincipalName, user.displayName].map((text) => text.toLowerCase())
      return globs.length === 0 || globs.some((glob) => texts.some(glob))
    },
  }
}

function parseKind(text: string): MailboxKind {
  const kind = kindNames.find((one) => one === text)
  if (kind !== undefined) return kind
  throw new UsageError('mailbox-kind', `--kind: "${text.slice(0, 40)}" is no kind of mailbox.`, `Use ${kindNames.join(', ')}.`)
}

function parseGlob(pattern: string): (text: string) => boolean {
  try {
    // A name may hold a slash, which ends a folder's segment and nothing here.
    const glob = compileGlob(pattern.toLowerCase().replace(/\*+/g, '**').replaceAll('/', '\u2044'))
    return (text) => glob(text.replaceAll('/', '\u2044'))
  } catch (error) {
    throw new UsageError('mailbox-match', `--match: ${error instanceof Error ? error.message : 'it is no pattern'}.`, 'Write a glob such as "*@sales.example".', error)
  }
}
