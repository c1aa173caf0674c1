import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ExchangePrincipalRecord, UserRecord } from '../../tenant/directory-records.ts'
import { findUserByAddress } from '../../tenant/directory-store.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import { CmdletError, objectNotFound } from './cmdlet-error.ts'
import type { CmdletScope } from './cmdlet.ts'
import { legacyDnOf } from './legacy-dn.ts'

/** A user with a mailbox that Exchange knows of. */
export interface MailboxUser {
  readonly user: UserRecord
  readonly mailbox: Mailbox
}

/** Who can be given a permission. */
export interface Trustee {
  readonly id: string
  /** As lists of permissions show it. */
  readonly shownAs: string
  readonly displayName: string
  /** Of a user. */
  readonly address: string | undefined
}

/** Every user with a mailbox that has been made and not been taken away. */
export function mailboxUsers({ tenant, store }: CmdletScope): readonly MailboxUser[] {
  return [...tenant.directory.users.all()].flatMap((user) => {
    const mailbox = store.ofUser(user.id)
    return mailbox !== undefined && store.isReady(mailbox) ? [{ user, mailbox }] : []
  })
}

/**
 * The mailbox of an identity: object id, user principal name, any address, alias, display name, ExchangeGuid or
 * LegacyExchangeDN. Throws 404 where there is none, and 400 where there are several.
 */
export function findMailbox(scope: CmdletScope, identity: string): MailboxUser {
  const { tenant, store } = scope
  const { users } = tenant.directory
  const direct = users.find(identity) ?? findUserByAddress(tenant.directory, identity)
  const byGuid = store.byGuid(identity)
  const candidates =
    direct !== undefined
      ? [direct]
      : byGuid !== undefined
        ? [users.find(byGuid.row.userId)]
        : [...users.all()].filter((user) => isNamed(user, identity, store.ofUser(user.id)))
  const found = candidates.flatMap((user) => {
    const mailbox = user === undefined ? undefined : store.ofUser(user.id)
    return user !== undefined && mailbox !== undefined && store.isReady(mailbox) ? [{ user, mailbox }] : []
  })
  if (found.length > 1) {
    const type = 'Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException'
    throw new CmdletError(400, type, `The operation couldn't be performed because '${identity}' matches multiple entries.`)
  }
  if (found[0] === undefined) throw objectNotFound(identity)
  return found[0]
}

/** Who an identity names: a user, or an app that New-ServicePrincipal has registered. Throws 404. */
export function findTrustee({ tenant }: CmdletScope, identity: string): Trustee {
  const { users } = tenant.directory
  const user =
    users.find(identity) ??
    findUserByAddress(tenant.directory, identity) ??
    users.findBy('mailNickname', identity) ??
    [...users.all()].find(({ displayName }) => displayName.toLowerCase() === identity.toLowerCase())
  if (user !== undefined) return userTrustee(user)
  const principal = findPrincipal(tenant, identity)
  if (principal !== undefined) return principalTrustee(principal)
  const message = `User or group "${identity}" wasn't found. Please make sure you've typed it correctly.`
  throw new CmdletError(404, 'Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException', message)
}

/** Whoever holds a permission by this id; gone ones are shown by it. */
export function trusteeOfId({ tenant }: CmdletScope, id: string): Trustee {
  const user = tenant.directory.users.find(id)
  if (user !== undefined) return userTrustee(user)
  const principal = tenant.directory.exchangePrincipals.find(id)
  return principal === undefined ? { id, shownAs: id, displayName: id, address: undefined } : principalTrustee(principal)
}

/** A registered app by object id, client id or name. */
export function findPrincipal({ directory }: Tenant, identity: string): ExchangePrincipalRecord | undefined {
  const { exchangePrincipals } = directory
  return exchangePrincipals.find(identity) ?? exchangePrincipals.findBy('appId', identity) ?? exchangePrincipals.findBy('displayName', identity)
}

function userTrustee({ id, userPrincipalName, displayName, mail }: UserRecord): Trustee {
  return { id, shownAs: userPrincipalName, displayName, address: mail ?? userPrincipalName }
}

function principalTrustee({ id, displayName }: ExchangePrincipalRecord): Trustee {
  return { id, shownAs: id, displayName, address: undefined }
}

function isNamed(user: UserRecord, identity: string, mailbox: Mailbox | undefined): boolean {
  const wanted = identity.toLowerCase()
  const names = [user.mailNickname, user.displayName, ...(mailbox === undefined ? [] : [legacyDnOf(mailbox.row.guid)])]
  return names.some((name) => name.toLowerCase() === wanted) || user.proxyAddresses.some((address) => address.toLowerCase() === `x500:${wanted}`)
}
