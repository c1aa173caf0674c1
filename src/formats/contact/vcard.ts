import type { MapiMessage } from '../mapi/message.ts'
import type { ContactEmail } from './contact.ts'
import { contactToCard, type VcardVersion } from './contact-to-vcard.ts'
import { isDistributionList, readDistributionList, writeDistributionList } from './distribution-list.ts'
import { readContact } from './read-contact.ts'
import { cardToList, isGroup, listToCard } from './vcard-lists.ts'
import { readCards, type VcardCard } from './vcard-text.ts'
import { cardToContact } from './vcard-to-contact.ts'
import { unescapeText } from './vcard-value.ts'
import { writeContact } from './write-contact.ts'

/** A card as a message, with the names of what it has no room for. */
export interface VcardReading {
  readonly message: MapiMessage
  readonly losses: readonly string[]
}

/**
 * The cards of a vCard file (2.1, 3.0, 4.0) as contact messages, groups as distribution lists, in their order. What is
 * kept and what is lost: `cardToContact`, `cardToList`.
 *
 * Throws the item errors of `readCards`: `vcard.no-card`, `vcard.too-large`.
 */
export function readVcards(input: string | Uint8Array): readonly VcardReading[] {
  const cards = readCards(input)
  let addresses: ReadonlyMap<string, ContactEmail> | undefined
  return cards.map((card) => {
    if (!isGroup(card)) {
      const { contact, losses } = cardToContact(card)
      return { message: writeContact(contact), losses }
    }
    addresses ??= addressesByUid(cards)
    const { list, losses } = cardToList(card, (uid) => addresses?.get(bareUid(uid)))
    return { message: writeDistributionList(list), losses }
  })
}

/** The messages of `readVcards`. */
export function vcardToMapi(input: string | Uint8Array): readonly MapiMessage[] {
  return readVcards(input).map(({ message }) => message)
}

/**
 * The vCard of a contact or distribution list message: 3.0 for contacts and 4.0 for lists, or the version asked for.
 * What the message has beyond `Contact` and `DistributionList` is not in it. Never throws.
 */
export function mapiToVcard(message: MapiMessage, version?: VcardVersion): string {
  if (isDistributionList(message)) return listToCard(readDistributionList(message), version ?? '4.0')
  return contactToCard(readContact(message), version ?? '3.0')
}

function addressesByUid(cards: readonly VcardCard[]): ReadonlyMap<string, ContactEmail> {
  const found = new Map<string, ContactEmail>()
  for (const card of cards) {
    const uid = card.lines.find(({ name }) => name === 'UID')
    if (uid === undefined || isGroup(card)) continue
    const { displayName, emailAddresses } = cardToContact(card).contact
    const [email] = emailAddresses
    if (email !== undefined) found.set(bareUid(unescapeText(uid.value)), { ...email, name: displayName ?? email.address })
  }
  return found
}

function bareUid(uid: string): string {
  return uid
    .trim()
    .toLowerCase()
    .replace(/^urn:uuid:/, '')
}
