import type { UserRecord } from '../../tenant/directory-records.ts'
import { findUserByAddress } from '../../tenant/directory-store.ts'
import { CmdletError, taskArgument } from './cmdlet-error.ts'
import type { CmdletScope } from './cmdlet.ts'
import { legacyDnOf } from './legacy-dn.ts'
import type { ListChange } from './parameter-kinds.ts'

const smtpForm = /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@]+\.[^\s@]+$/

/**
 * A user's proxy addresses after a change: the primary one first, as `SMTP:`. A new `SMTP:` makes the one before an alias.
 * Throws 400 for what is no address, for domains that are not the tenant's, and for addresses that somebody else has.
 */
export function changeAddresses(scope: CmdletScope, user: UserRecord, change: ListChange): readonly string[] {
  const before = user.proxyAddresses
  const added = ('replace' in change ? change.replace : change.add).map(toProxyAddress)
  const removed = 'replace' in change ? [] : change.remove.map(toProxyAddress)
  const kept = 'replace' in change ? [] : before.filter((address) => !removed.some((one) => isSame(one, address)))
  const all = [...kept.filter((address) => !added.some((one) => isSame(one, address))), ...added]
  const primaries = added.filter((address) => address.startsWith('SMTP:'))
  if (primaries.length > 1) throw taskArgument('There are multiple primary SMTP addresses. Only one of them can be the primary address.')
  const primary = primaries[0] ?? all.find((address) => address.startsWith('SMTP:')) ?? ('replace' in change ? all.find(isSmtp) : undefined)
  if (primary === undefined) throw taskArgument("The primary SMTP address can't be removed. A mailbox has to have one.")
  for (const address of added) checkFree(scope, user, address)
  const others = all.filter((address) => !isSame(address, primary)).map((address) => address.replace(/^SMTP:/, 'smtp:'))
  return [primary.replace(/^smtp:/, 'SMTP:'), ...others]
}

/** The SMTP address that mail is sent from. */
export function primaryOf(proxyAddresses: readonly string[]): string {
  return proxyAddresses.find((address) => address.startsWith('SMTP:'))?.slice('SMTP:'.length) ?? ''
}

/** Throws 400 unless it is an address that nobody else has, below one of the tenant's own domains where it is one of SMTP. */
export function checkFree(scope: CmdletScope, user: Pick<UserRecord, 'id'> | undefined, proxyAddress: string): void {
  const { directory } = scope.tenant
  if (isSmtp(proxyAddress)) {
    const domain = proxyAddress.slice(proxyAddress.lastIndexOf('@') + 1).toLowerCase()
    if (directory.domains.find(domain)?.isVerified !== true) {
      const type = 'Microsoft.Exchange.Data.Directory.NotAcceptedDomainException'
      throw new CmdletError(400, type, `You can't use the domain because it's not an accepted domain for your organization.`)
    }
  }
  const address = proxyAddress.slice(proxyAddress.indexOf(':') + 1)
  const holder = directory.users.findBy('proxyAddress', proxyAddress) ?? (isSmtp(proxyAddress) ? findUserByAddress(directory, address) : namedBy(address, scope))
  if (holder === undefined || holder.id === user?.id) return
  throw new CmdletError(
    400,
    'Microsoft.Exchange.Configuration.ObjectModel.ProxyAddressExistsException',
    `The proxy address "${proxyAddress}" is already being used by the proxy addresses or LegacyExchangeDN of "${holder.mailNickname}". Please choose another proxy address.`,
  )
}

/** Whose mailbox has a distinguished name for its own. */
function namedBy(name: string, { tenant, store }: CmdletScope): UserRecord | undefined {
  const found = store.all().find(({ guid }) => isSame(legacyDnOf(guid), name))
  return found === undefined ? undefined : tenant.directory.users.find(found.userId)
}

/** With its prefix: what has none is SMTP, an alias. */
function toProxyAddress(written: string): string {
  const trimmed = written.trim()
  const prefix = /^(\w+):/.exec(trimmed)?.[1]
  const address = prefix === undefined ? `smtp:${trimmed}` : trimmed
  const [kind, value] = [address.slice(0, address.indexOf(':')), address.slice(address.indexOf(':') + 1)]
  if (kind.toLowerCase() === 'smtp' && !smtpForm.test(value)) throw taskArgument(`The address '${written}' is invalid: "${value}" isn't a valid SMTP address.`)
  if (value === '') throw taskArgument(`The address '${written}' is invalid.`)
  return kind.toLowerCase() === 'smtp' ? `${kind === 'SMTP' ? 'SMTP' : 'smtp'}:${value}` : `${kind.toUpperCase()}:${value}`
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function isSmtp(address: string): boolean {
  return /^smtp:/i.test(address)
}
