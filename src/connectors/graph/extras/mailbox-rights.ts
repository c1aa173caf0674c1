import { MigrationError } from '../../../core/errors.ts'
import type { ExtraKind, Handwork, Json } from '../../../core/model/extra.ts'
import type { AskedExtra, ExtraStanding, ListedExtra, Successors } from '../../../core/ports/connector.ts'
import { joinPath } from '../../../core/report/visible-text.ts'
import { addAddressesText, addressesBut } from '../../kit/microsoft/mailbox-addresses.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'
import { type ExtraFamily, type ExtrasAccess, unlessRefused } from './extras-access.ts'
import { folderByHand, readFolderRights, type SharedFolder } from './folder-rights.ts'
import { isAddress, personText } from './person-text.ts'
import { type MailboxRights, readRights } from './read-rights.ts'
import { RecipientNames } from './recipient-names.ts'
import { addedByProvision, untoldRights } from './untold-rights.ts'

/** What is read of a right by Exchange's own commands. */
interface Told {
  /** Whom it is about; undefined when nothing was told. */
  people(rights: MailboxRights): readonly string[] | undefined
  sentence(people: string): string
  /** `person` is quoted. */
  command(target: string, person: string, keepsForwarded: boolean): string
}

const told: Readonly<Record<string, Told>> = {
  fullAccess: {
    people: ({ fullAccess }) => fullAccess,
    sentence: (people) => `The whole mailbox may be opened by ${people}: give the right to the addresses that they have in the target's organization.`,
    command: (target, person) => `Add-MailboxPermission -Identity ${powershellText(target)} -User ${person} -AccessRights FullAccess`,
  },
  sendAs: {
    people: ({ sendAs }) => sendAs,
    sentence: (people) => `Mail as this mailbox may be sent by ${people}: give the right to the addresses that they have in the target's organization.`,
    command: (target, person) => `Add-RecipientPermission -Identity ${powershellText(target)} -Trustee ${person} -AccessRights SendAs -Confirm:$false`,
  },
  sendOnBehalf: {
    people: ({ sendOnBehalf }) => sendOnBehalf,
    sentence: (people) => `Mail on behalf of this mailbox may be sent by ${people}: give the right to the addresses that they have in the target's organization.`,
    command: (target, person) => `Set-Mailbox -Identity ${powershellText(target)} -GrantSendOnBehalfTo @{Add=${person}}`,
  },
  forwarding: {
    people: ({ forwardsTo }) => (forwardsTo === undefined ? undefined : [forwardsTo].filter((address) => address !== '')),
    sentence: (people) => `All mail of the mailbox is forwarded to ${people}. Switched on at the target, it forwards what arrives there from then on.`,
    command: (target, person, keepsForwarded) => `Set-Mailbox -Identity ${powershellText(target)} -ForwardingSmtpAddress ${person} -DeliverToMailboxAndForward $${keepsForwarded}`,
  },
}

/** Old addresses are nobody's but the mailbox's own. */
const addressesSentence = `Answers to items that were moved whole go to these addresses of the source's organization: the target's mailbox has to have them too. ${addedByProvision}`

const peopleMax = 100

/** What a right brings along: whose mailbox it is, and what was told. */
interface CarriedRight {
  readonly mailbox: string
  readonly people?: readonly string[]
  readonly keepsForwarded?: boolean
  /** Of a single folder. */
  readonly folder?: SharedFolder
  /** How many folders were not looked at, where others were. */
  readonly unread?: number
}

/**
 * What others may do with a mailbox and in its folders, and where its mail goes: work for a person. Where the app may run
 * Exchange's own commands it is exact, with the addresses that people have now, and what there is none of or what the target
 * has by now is left out; otherwise it is the same for every mailbox. Nothing is given to anybody.
 */
export const mailboxRights: ExtraFamily = {
  kinds: ['permission', 'forwarding', 'address'],

  async list(access): Promise<readonly ListedExtra[]> {
    const names = access.exchange && new RecipientNames(access.exchange)
    const rights = names && (await readAsFarAsAllowed(access, names))
    const folders = rights && names && (await readFolderRights(access, names))
    const listed = Object.entries(untoldRights).flatMap(([id, { kind, name }]): readonly ListedExtra[] => {
      if (id === 'folders' && folders?.unread === 0) return []
      const people = rights && (id === 'addresses' ? rights.oldAddresses : told[id]?.people(rights))
      if (people?.length === 0) return []
      const carried: CarriedRight = {
        mailbox: access.user,
        ...(people && { people, keepsForwarded: rights!.keepsForwarded }),
        ...(id === 'folders' && folders && { unread: folders.unread }),
      }
      return [toExtra(kind, id, name, carried)]
    })
    const shared = folders?.shared.map((folder) => toExtra('permission', `folder ${folder.id}`, joinPath(folder.names) || 'top of the mailbox', { mailbox: access.user, folder }))
    return [...(shared ?? []), ...listed]
  },

  async find(access, asked, successors): Promise<readonly ExtraStanding[]> {
    const names = access.exchange && new RecipientNames(access.exchange)
    const isTold = asked.some(({ value }) => 'people' in carriedOf(value) || 'folder' in carriedOf(value))
    const there = isTold && names ? await readAsFarAsAllowed(access, names) : undefined
    const standings: ExtraStanding[] = []
    for (const extra of asked) {
      const { folder } = carriedOf(extra.value)
      const handwork = folder === undefined ? byHand(extra, access.user, successors, there) : await folderByHand(folder, access, successors, there && names)
      standings.push(handwork === undefined ? { type: 'done' } : { type: 'handwork', handwork })
    }
    return standings
  },
}

function toExtra(kind: ExtraKind, id: string, name: string, carried: CarriedRight): ListedExtra {
  return { type: 'extra', extra: { kind, id, name, value: carried as unknown as Json } }
}

function carriedOf(value: Json): CarriedRight {
  return value as unknown as CarriedRight
}

async function readAsFarAsAllowed({ exchange, user }: ExtrasAccess, names: RecipientNames): Promise<MailboxRights | undefined> {
  if (exchange === undefined) return undefined
  const rights = await unlessRefused(() => readRights(exchange, user, names))
  return rights instanceof MigrationError ? undefined : rights
}

function byHand({ id, value }: AskedExtra, user: string, { addressNow }: Successors, there: MailboxRights | undefined): Handwork | undefined {
  const { mailbox, people, keepsForwarded = false, unread } = carriedOf(value)
  if (people !== undefined && id === 'addresses') {
    const left = addressesBut(there?.oldAddresses ?? [], people)
    return left.length === 0 ? undefined : { sentence: addressesSentence, commands: left.map((address) => addAddressesText(user, [address])) }
  }
  const known = told[id]
  if (people !== undefined && known !== undefined) {
    const held = new Set((there && known.people(there))?.map((person) => person.toLowerCase()))
    const now = people.map((person) => (isAddress(person) ? addressNow(person) : person))
    const left = now.filter((person) => !held.has(person.toLowerCase()) && person.toLowerCase() !== user.toLowerCase())
    if (left.length === 0) return undefined
    const listed = left.slice(0, peopleMax)
    const more = left.length > listed.length ? `, and ${left.length - listed.length} more` : ''
    return {
      sentence: known.sentence(`${listed.join(', ')}${more}`),
      commands: listed.map((person) => {
        const { text, remark } = personText(person)
        return `${known.command(user, text, keepsForwarded)}${remark}`
      }),
    }
  }
  const general = untoldRights[id]
  if (general === undefined) return undefined
  const [see, make] = general.commands(mailbox, user)
  const sentence = unread === undefined ? general.sentence : `Of ${unread} ${unread === 1 ? 'folder' : 'folders'} it is not known who may do what in them: no command can name a folder with a backslash in its name, and more than a hundred are not looked at.`
  return { sentence, commands: [`${see} # in the source's organization`, `${make} # for each that the first command shows`] }
}
