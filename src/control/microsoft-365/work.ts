import type { Resource } from '../../connectors/kit/microsoft/clouds.ts'
import { UsageError } from '../usage-error.ts'

/** A side of a migration that a tenant may be, or both. */
export type TenantSide = 'source' | 'target' | 'both'

/** What an app may be used for; each can be left out (S1-09). */
export type WorkName = 'discovery' | 'items' | 'mail' | 'calendars' | 'contacts' | 'tasks' | 'settings' | 'provisioning' | 'imap' | 'exchange'

/** An application permission, by its value. */
export interface Permission {
  readonly resource: Resource
  readonly value: string
}

/** A kind of work, and what it needs of the tenant it reads or writes. */
export interface Work {
  readonly name: WorkName
  /** Completes "needed to ...". */
  readonly purpose: string
  /** Whether it is chosen where nothing is said. */
  readonly isUsual: boolean
  readonly source: readonly Permission[]
  readonly target: readonly Permission[]
}

const graph = (...values: readonly string[]): readonly Permission[] => values.map((value) => ({ resource: 'graph', value }))
const exchange = (...values: readonly string[]): readonly Permission[] => values.map((value) => ({ resource: 'outlook', value }))

/** What each work needs and nothing more (exchange.md 2.2 and 5.3). */
export const allWork: readonly Work[] = [
  {
    name: 'discovery',
    purpose: 'find mailboxes, their kinds and their licences',
    isUsual: true,
    source: graph('User.Read.All', 'MailboxSettings.Read', 'Organization.Read.All'),
    target: graph('User.Read.All', 'MailboxSettings.Read', 'Organization.Read.All'),
  },
  {
    name: 'items',
    purpose: 'move items of every kind as they are',
    isUsual: true,
    source: graph('User.Read.All', 'MailboxFolder.Read.All', 'MailboxItem.Read.All', 'MailboxItem.Export.All'),
    target: graph(
      'User.Read.All',
      'MailboxFolder.ReadWrite.All',
      'MailboxItem.Read.All',
      'MailboxItem.ReadWrite.All',
      'MailboxItem.ImportExport.All',
    ),
  },
  {
    name: 'mail',
    purpose: 'read and write mail one message at a time',
    isUsual: true,
    source: graph('Mail.Read'),
    target: graph('Mail.ReadWrite'),
  },
  {
    name: 'calendars',
    purpose: 'read and write calendars one event at a time, and who they are shared with',
    isUsual: false,
    source: graph('Calendars.Read'),
    target: graph('Calendars.ReadWrite'),
  },
  {
    name: 'contacts',
    purpose: 'read and write contacts one at a time',
    isUsual: false,
    source: graph('Contacts.Read'),
    target: graph('Contacts.ReadWrite'),
  },
  {
    name: 'tasks',
    purpose: 'read and write tasks one at a time',
    isUsual: false,
    source: graph('Tasks.Read.All'),
    target: graph('Tasks.ReadWrite.All'),
  },
  {
    name: 'settings',
    purpose: 'carry categories, rules and mailbox settings over',
    isUsual: true,
    source: graph('MailboxSettings.Read'),
    target: graph('MailboxSettings.ReadWrite'),
  },
  {
    name: 'provisioning',
    purpose: 'create users and give them licences',
    isUsual: true,
    source: [],
    target: graph('User.ReadWrite.All', 'LicenseAssignment.ReadWrite.All', 'Organization.Read.All', 'Domain.Read.All'),
  },
  {
    name: 'imap',
    purpose: 'reach mailboxes by IMAP',
    isUsual: false,
    source: exchange('IMAP.AccessAsApp'),
    target: exchange('IMAP.AccessAsApp'),
  },
  {
    name: 'exchange',
    purpose: "run Exchange's own commands: shared mailboxes, addresses, permissions",
    isUsual: false,
    source: exchange('Exchange.ManageAsApp'),
    target: exchange('Exchange.ManageAsApp'),
  },
]

/** The names of all work. */
export const workNames: readonly WorkName[] = allWork.map(({ name }) => name)

/** Work that is chosen by its names; the usual work with some and without others. Throws `UsageError` for a name that is none. */
export function chooseWork(given: {
  readonly only?: readonly string[] | undefined
  readonly also?: readonly string[] | undefined
  readonly without?: readonly string[] | undefined
}): readonly WorkName[] {
  const usual = allWork.filter(({ isUsual }) => isUsual).map(({ name }) => name)
  const begun = given.only === undefined ? usual : readNames(given.only, '--work')
  const chosen = new Set([...begun, ...readNames(given.also ?? [], '--also')])
  for (const name of readNames(given.without ?? [], '--without')) chosen.delete(name)
  return workNames.filter((name) => chosen.has(name))
}

/** Each permission once, in the order of the works that need it. */
export function permissionsOf(side: TenantSide, names: readonly WorkName[]): readonly Permission[] {
  const needed = allWork.filter(({ name }) => names.includes(name)).flatMap((work) => permissionsOfWork(side, work))
  return needed.filter((one, at) => needed.findIndex((other) => isSame(one, other)) === at)
}

/** The works that a permission is for. */
export function workNeeding(side: TenantSide, names: readonly WorkName[], permission: Permission): readonly Work[] {
  return allWork.filter((work) => names.includes(work.name) && permissionsOfWork(side, work).some((one) => isSame(one, permission)))
}

function permissionsOfWork(side: TenantSide, work: Work): readonly Permission[] {
  return side === 'both' ? [...work.source, ...work.target] : work[side]
}

function isSame(one: Permission, other: Permission): boolean {
  return one.resource === other.resource && one.value === other.value
}

function readNames(texts: readonly string[], option: string): readonly WorkName[] {
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => text.trim().toLowerCase())
    .filter((text) => text !== '')
    .map((text) => {
      const found = workNames.find((name) => name === text)
      if (found !== undefined) return found
      throw new UsageError('endpoint-work', `${option}: "${text.slice(0, 40)}" is no work that is known.`, `It may be ${workNames.join(', ')}.`)
    })
}
