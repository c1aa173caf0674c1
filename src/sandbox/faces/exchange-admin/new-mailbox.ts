import type { Tenant } from '../../tenant/tenant.ts'
import { addUser } from '../../tenant/create-tenant.ts'
import { cmdlet, mandatory } from './cmdlet.ts'
import { CmdletError, taskArgument, wrongParameterSet } from './cmdlet-error.ts'
import { checkFree } from './email-addresses.ts'
import { toMailboxRow } from './mailbox-row.ts'
import { text, toggle } from './parameter-kinds.ts'

/** New-Mailbox -Shared, -Room and -Equipment: with an account of its own that nobody signs in to. */
export const newMailbox = cmdlet(
  'New-Mailbox',
  { Name: mandatory(text), DisplayName: text, Alias: text, PrimarySmtpAddress: text, Shared: toggle, Room: toggle, Equipment: toggle },
  ({ Name, DisplayName, Alias, PrimarySmtpAddress, Shared, Room, Equipment }, scope) => {
    const { tenant, store } = scope
    const purposes = [Shared === true && 'shared', Room === true && 'room', Equipment === true && 'equipment'] as const
    const [userPurpose, second] = purposes.filter((purpose) => purpose !== false)
    if (userPurpose === undefined || second !== undefined) throw wrongParameterSet()
    const alias = Alias ?? Name.replaceAll(/[^A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]/g, '')
    if (!/^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]{1,64}$/.test(alias)) throw taskArgument(`The alias '${alias}' isn't valid.`)
    const address = PrimarySmtpAddress ?? `${alias}@${defaultDomainOf(tenant)}`
    const userPrincipalName = `${alias}@${tenant.initialDomain}`
    checkNew(tenant, Name, alias, userPrincipalName)
    if (!/^[^\s@]+@[^\s@]+$/.test(address)) throw taskArgument(`The address '${address}' is invalid: "${address}" isn't a valid SMTP address.`)
    checkFree(scope, undefined, `SMTP:${address}`)
    const isOwnName = address.toLowerCase() === userPrincipalName.toLowerCase()
    const user = addUser(tenant, {
      userPrincipalName,
      displayName: DisplayName ?? Name,
      mailNickname: alias,
      mail: address,
      proxyAddresses: [`SMTP:${address}`, ...(isOwnName ? [] : [`smtp:${userPrincipalName}`])],
      accountEnabled: false,
      usageLocation: tenant.countryLetterCode,
    })
    const mailbox = store.create({ userId: user.id, address, settings: { userPurpose } })
    return [toMailboxRow({ user, mailbox }, scope)]
  },
)

function defaultDomainOf({ directory, initialDomain }: Tenant): string {
  return [...directory.domains.all()].find(({ isDefault }) => isDefault)?.id ?? initialDomain
}

function checkNew({ directory }: Tenant, name: string, alias: string, userPrincipalName: string): void {
  const { users } = directory
  const holder = users.findBy('userPrincipalName', userPrincipalName) ?? users.findBy('mailNickname', alias)
  if (holder === undefined) return
  const type = 'Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException'
  throw new CmdletError(400, type, `The name "${name}" is already being used. Please try another name.`)
}
