import { contactProperties } from '../mapi/contact-properties.ts'
import { messageProperties } from '../mapi/message-properties.ts'
import type { MapiMessage } from '../mapi/message.ts'
import { PropertyBag } from '../mapi/property-bag.ts'
import type { ContactEmail, Sensitivity } from './contact.ts'
import { sensitivities } from './contact.ts'
import { readMembers, writeMembers } from './list-members.ts'

const listIcon = 514

/** A personal distribution list as plain data. */
export interface DistributionList {
  readonly displayName: string
  readonly members: readonly ContactEmail[]
  /** Members that only the store they are in could name; those are not written. */
  readonly unnamedMembersTotal: number
  readonly personalNotes?: string | undefined
  readonly categories: readonly string[]
  readonly sensitivity?: Sensitivity | undefined
  /** As in `Contact`. */
  readonly vcardLines: readonly string[]
}

/** Whether a message is a personal distribution list: `IPM.DistList` or a subclass. */
export function isDistributionList({ properties }: MapiMessage): boolean {
  return /^IPM\.DistList(?:\.|$)/i.test(properties.get(messageProperties.messageClass) ?? '')
}

/** A list message (MS-OXOCNTC section 2.2.2) as plain data. Never throws. */
export function readDistributionList(message: MapiMessage): DistributionList {
  const bag = message.properties
  const { members, unnamedTotal } = readMembers(bag)
  const notes = bag.get(messageProperties.body)
  const sensitivity = sensitivities[bag.get(messageProperties.sensitivity) ?? 0]
  return {
    displayName: bag.get(contactProperties.listName) || bag.get(contactProperties.displayName) || '',
    members: members.map(({ name, address, addressType }) => ({
      address,
      name: name === '' ? address : name,
      ...(addressType.toUpperCase() === 'SMTP' ? {} : { addressType }),
    })),
    unnamedMembersTotal: unnamedTotal,
    ...(notes === undefined || notes.trim() === '' ? {} : { personalNotes: notes }),
    categories: bag.get(messageProperties.keywords) ?? [],
    ...(sensitivity === undefined || sensitivity === 'normal' ? {} : { sensitivity }),
    vcardLines: bag.get(contactProperties.vcardLines) ?? [],
  }
}

/** The message of a list; its members are one-off addresses. Never throws. */
export function writeDistributionList(list: DistributionList): MapiMessage {
  const sensitivity = sensitivities.indexOf(list.sensitivity ?? 'normal')
  const bag = new PropertyBag()
    .set(messageProperties.messageClass, 'IPM.DistList')
    .set(messageProperties.iconIndex, listIcon)
    .set(contactProperties.displayName, list.displayName)
    .set(contactProperties.listName, list.displayName)
    .set(contactProperties.fileUnder, list.displayName)
    .set(messageProperties.subject, list.displayName)
    .set(messageProperties.normalizedSubject, list.displayName)
    .set(messageProperties.sensitivity, sensitivity)
    .set(messageProperties.isPrivate, sensitivity >= 2)
    .set(messageProperties.body, list.personalNotes)
  if (list.categories.length > 0) bag.set(messageProperties.keywords, list.categories)
  if (list.vcardLines.length > 0) bag.set(contactProperties.vcardLines, list.vcardLines)
  const members = list.members.map(({ address, name, addressType }) => ({
    name: name ?? address,
    addressType: addressType ?? 'SMTP',
    address,
  }))
  writeMembers(bag, members)
  return { properties: bag, recipients: [], attachments: [] }
}
