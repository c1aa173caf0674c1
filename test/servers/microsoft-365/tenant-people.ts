import { addUser } from '../../../src/sandbox/tenant/create-tenant.ts'
import type { UserRecord } from '../../../src/sandbox/tenant/directory-records.ts'
import type { MailboxSettings } from '../../../src/sandbox/mailbox/settings.ts'
import type { MicrosoftRig } from './microsoft-rig.ts'

type Fields = Partial<UserRecord> & Pick<UserRecord, 'userPrincipalName' | 'displayName'>

/** Adds a user to the sandbox's directory, without a mailbox. */
export function addPerson(rig: MicrosoftRig, fields: Fields): UserRecord {
  return addUser(rig.tenant.tenant, fields)
}

/** Adds a mailbox without a licence, as a shared one, a room or equipment is. */
export function addResource(rig: MicrosoftRig, name: string, userPurpose: MailboxSettings['userPurpose']): UserRecord {
  const address = `${name}@${rig.tenant.domain}`
  const user = addPerson(rig, { userPrincipalName: address, displayName: name, mail: address, proxyAddresses: [`SMTP:${address}`], accountEnabled: false })
  rig.tenant.store.create({ userId: user.id, address, language: 'en-US', settings: { userPurpose } })
  return user
}

/** Gives a user an archive. */
export function addArchive(rig: MicrosoftRig, user: UserRecord): void {
  rig.tenant.store.create({ userId: user.id, address: user.userPrincipalName, language: 'en-US', kind: 'archive' })
}

/** The sandbox's user of that address. */
export function personOf(rig: MicrosoftRig, address: string): UserRecord {
  const user = rig.tenant.tenant.directory.users.findBy('userPrincipalName', address)
  if (user === undefined) throw new Error(`the sandbox has no user ${address}`)
  return user
}
