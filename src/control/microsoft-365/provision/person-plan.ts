import { MigrationError } from '../../../core/errors.ts'
import type { DirectoryUser } from '../directory-user.ts'
import type { Subscription } from '../subscriptions.ts'

/** Somebody who is to have a mailbox in the tenant. */
export interface PersonToProvision {
  /** Of the list. */
  readonly line: number
  /** At the target. */
  readonly address: string
  readonly displayName: string
  readonly firstName: string | undefined
  readonly lastName: string | undefined
  readonly usageLocation: string | undefined
}

/** What is lacking until somebody has a mailbox. */
export interface PersonPlan {
  readonly person: PersonToProvision
  /** The user that is there; absent when one has to be made. */
  readonly user: DirectoryUser | undefined
  /** To be given, when it is absent. */
  readonly usageLocation: string | undefined
  readonly needsLicence: boolean
  /** Why nothing can be done. */
  readonly obstacle: MigrationError | undefined
}

/** How people are provided for. */
export interface ProvisionRules {
  /** Given to who has none with a mailbox; undefined when licences come another way, by groups. */
  readonly licence: Subscription | undefined
  /** For whom the list names none. */
  readonly usageLocation: string | undefined
}

/** What is lacking for each person, in order; seats go to who comes first. Pure. */
export function planPeople(people: readonly PersonToProvision[], users: readonly DirectoryUser[], rules: ProvisionRules): readonly PersonPlan[] {
  const byAddress = new Map<string, DirectoryUser>()
  for (const user of users) for (const address of user.addresses) byAddress.set(address.toLowerCase(), user)
  for (const user of users) byAddress.set(user.userPrincipalName.toLowerCase(), user)
  let seatsFree = rules.licence?.seatsFree ?? 0
  return people.map((person) => {
    const user = byAddress.get(person.address.toLowerCase())
    const needsLicence = rules.licence !== undefined && user?.isLicensed !== true
    const lacksLocation = user === undefined || (needsLicence && user.usageLocation === undefined)
    const usageLocation = lacksLocation ? (person.usageLocation ?? rules.usageLocation)?.toUpperCase() : undefined
    const plan = { person, user, usageLocation, needsLicence }
    const obstacle = obstacleOf(plan, seatsFree, rules)
    if (needsLicence && obstacle === undefined) seatsFree--
    return { ...plan, obstacle }
  })
}

function obstacleOf({ person, user, usageLocation, needsLicence }: Omit<PersonPlan, 'obstacle'>, seatsFree: number, { licence }: ProvisionRules): MigrationError | undefined {
  const { address } = person
  if (!needsLicence) return undefined
  if (user?.isSynchronised === true) {
    return new MigrationError('config', 'provision.synchronised', {
      message: `${address} is synchronised from your own Active Directory and has no licence here: a mailbox made beside one that is still there would split its mail.`,
      hint: 'Give it the licence by hand once its mailbox is not on a server of your own any more (Enable-RemoteMailbox), then run this again.',
    })
  }
  if (usageLocation === undefined && user?.usageLocation === undefined) {
    return new MigrationError('config', 'provision.usage-location', {
      message: `${address} gets no licence: nothing says in which country the user is.`,
      hint: 'Give two letters such as DE by --usage-location or in the column usage_location.',
    })
  }
  if (seatsFree > 0) return undefined
  return new MigrationError('config', 'provision.no-seats', {
    message: `${address} gets no licence: no seat of ${licence?.title ?? 'it'} is free.`,
    hint: 'Buy more seats or free some, then run the same command again: it goes on where it stopped.',
  })
}
