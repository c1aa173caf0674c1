import type { FaultProfile } from './fault-profile.ts'
import type { FaultyCommand, FaultyRequest, HttpFault, ImapFault } from './faults.ts'
import { noneProfile } from './none-profile.ts'
import type { Random } from './random.ts'

/** What an app can lose: the token it has, its permissions, or what it may do in one mailbox. */
export type Revocation = 'token' | 'permission' | 'mailbox'

/** How soon an app loses what in the profile `revoked`. */
export interface RevokedSettings {
  /** So many requests and commands of an app pass before it loses something. */
  readonly requestsBefore: number
  /** What each app loses; one of them by chance when it is not said. */
  readonly revokes?: Revocation
}

/** What holds when nothing is set. */
export const revokedDefaults: RevokedSettings = { requestsBefore: 200 }

/** An app's access: what it is about to lose, and, once lost, what exactly. */
interface Access {
  requests: number
  readonly revokes: Revocation
  /** The id of the token or mailbox, or the app's own. */
  revokedId?: string
}

type Subject = Pick<FaultyRequest, 'appId' | 'mailboxId' | 'tokenId'>

const revocations: readonly Revocation[] = ['token', 'permission', 'mailbox']

/**
 * A tenant whose administrator takes something away from each app after so many requests: the token that it has (a new
 * one works), its permissions, or the permission in the mailbox that it is at. It stays away until `restore`, and then
 * nothing more is taken.
 */
export function createRevokedProfile(random: Random, { requestsBefore, revokes }: RevokedSettings): FaultProfile {
  const accesses = new Map<string, Access>()
  let isRestored = false

  const revocationFor = (subject: Subject): Revocation | undefined => {
    if (isRestored) return undefined
    const access = accesses.get(subject.appId) ?? { requests: 0, revokes: revokes ?? pick(random) }
    accesses.set(subject.appId, access)
    const id = { token: subject.tokenId, permission: subject.appId, mailbox: subject.mailboxId }[access.revokes]
    access.requests++
    // A request without a token or a mailbox leaves it to the next that has one.
    if (access.requests > requestsBefore && id !== undefined) access.revokedId ??= id
    return access.revokedId !== undefined && access.revokedId === id ? access.revokes : undefined
  }

  return {
    ...noneProfile,
    http: {
      before(request) {
        if (request.surface === 'sign-in') return undefined
        const revocation = revocationFor(request)
        return revocation === undefined ? undefined : httpFaultOf(revocation, request)
      },
      after: () => undefined,
    },
    imap: {
      before(command) {
        const revocation = revocationFor(command)
        return revocation === undefined ? undefined : imapFaultOf(revocation, command)
      },
      after: () => undefined,
    },
    restore() {
      isRestored = true
      accesses.clear()
    },
  }
}

function pick(random: Random): Revocation {
  return revocations[Math.floor(random.next() * revocations.length)]!
}

function httpFaultOf(revocation: Revocation, { surface }: FaultyRequest): HttpFault {
  if (revocation === 'token') {
    const message =
      'Continuous access evaluation resulted in challenge with result: InteractionRequired ' +
      'and code: TokenIssuedBeforeRevocationTimestamp'
    return { type: 'status', status: 401, error: { code: 'InvalidAuthenticationToken', message } }
  }
  const error =
    surface === 'directory'
      ? { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' }
      : { code: 'ErrorAccessDenied', message: 'Access is denied. Check credentials and try again.' }
  return { type: 'status', status: 403, error }
}

/** exchange.md 4.5: "User is authenticated but not connected" (token fine, no mailbox permission); 5.4. */
function imapFaultOf(revocation: Revocation, { name }: FaultyCommand): ImapFault {
  if (name === 'AUTHENTICATE' && revocation !== 'mailbox') {
    return { type: 'refuse', status: 'NO', text: 'AUTHENTICATE failed.' }
  }
  if (revocation === 'token') return { type: 'bye', text: 'Session invalidated - AccessTokenExpired' }
  return { type: 'refuse', status: 'BAD', text: 'User is authenticated but not connected.' }
}
