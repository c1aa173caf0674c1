import type { ContactEmail } from './contact.ts'
import { keptLines, toCard, type VcardVersion } from './contact-to-vcard.ts'
import type { DistributionList } from './distribution-list.ts'
import { textLine, valueLine, type VcardLine } from './vcard-line.ts'
import type { VcardCard } from './vcard-text.ts'
import { cardToContact, keepLines } from './vcard-to-contact.ts'
import { componentTexts, escapeText, toComponents, unescapeText } from './vcard-value.ts'

const kindNames = new Set(['KIND', 'X-ADDRESSBOOKSERVER-KIND'])
/** What a list has room for; every other line is kept. */
const fieldNames = new Set(['FN', 'N', 'NOTE', 'CATEGORIES', 'CLASS', 'VERSION', 'PRODID', 'REV'])
const memberNames = new Set(['MEMBER', 'X-ADDRESSBOOKSERVER-MEMBER'])

/** A list, and what of its card is lost. */
export interface ListReading {
  readonly list: DistributionList
  readonly losses: readonly string[]
}

/** Whether a card is a group: `KIND:group` (RFC 6350 section 6.1.4), or Apple's word for it in 3.0. */
export function isGroup({ lines }: VcardCard): boolean {
  return lines.some(({ name, value }) => kindNames.has(name) && value.trim().toLowerCase() === 'group')
}

/**
 * A group as a list. Members with an address (`mailto:`) and members whose `UID` is that of a contact with an address
 * among `cards` become members; the lines of all others are kept.
 */
export function cardToList(card: VcardCard, addressOf: (uid: string) => ContactEmail | undefined): ListReading {
  const members = new Map<string, ContactEmail>()
  const fields: VcardLine[] = []
  const left: VcardLine[] = []
  for (const line of card.lines) {
    if (kindNames.has(line.name)) continue
    const member = memberNames.has(line.name) ? toMember(line, addressOf) : undefined
    if (member !== undefined) {
      if (!members.has(member.address)) members.set(member.address, member)
    } else if (fieldNames.has(line.name)) fields.push(line)
    else left.push(memberNames.has(line.name) ? { ...line, name: 'MEMBER' } : line)
  }
  const { contact } = cardToContact({ lines: fields, losses: [] })
  // Apple gives a group a name of its own in N, which need not be the one shown.
  const name = fields.find((line) => line.name === 'N')
  if (
    name !== undefined &&
    componentTexts(name.value, ' ')
      .filter((text) => text !== '')
      .join(' ') !== contact.displayName
  )
    left.push(name)
  const kept = keepLines(left, [])
  const list = {
    displayName: contact.displayName ?? '',
    members: [...members.values()],
    unnamedMembersTotal: 0,
    personalNotes: contact.personalNotes,
    categories: contact.categories,
    sensitivity: contact.sensitivity,
    vcardLines: [...contact.vcardLines, ...kept.lines],
  }
  return { list, losses: [...card.losses, ...kept.losses] }
}

/** The card of a list: `KIND:group` with `mailto:` members in 4.0, Apple's form of it in 3.0. */
export function listToCard(list: DistributionList, version: VcardVersion): string {
  const apple = version === '3.0' ? 'X-ADDRESSBOOKSERVER-' : ''
  const kept = keptLines(list.vcardLines, version).map((line) =>
    memberNames.has(line.name) ? { ...line, name: `${apple}MEMBER` } : line,
  )
  const isNamed = kept.some(({ name }) => name === 'N')
  return toCard(version, [
    textLine('FN', list.displayName),
    ...(version === '3.0' && !isNamed ? [valueLine('N', toComponents([list.displayName, '', '', '', '']))] : []),
    valueLine(`${apple}KIND`, 'group'),
    ...list.members.map((member) => memberLine(`${apple}MEMBER`, member)),
    ...(list.categories.length === 0 ? [] : [valueLine('CATEGORIES', list.categories.map(escapeText).join(','))]),
    ...(list.personalNotes === undefined ? [] : [textLine('NOTE', list.personalNotes)]),
    ...(list.sensitivity === undefined ? [] : [textLine('CLASS', list.sensitivity.toUpperCase())]),
    ...kept,
  ])
}

function toMember(line: VcardLine, addressOf: (uid: string) => ContactEmail | undefined): ContactEmail | undefined {
  const text = unescapeText(line.value).trim()
  const mailto = /^mailto:([^?]+)/i.exec(text)?.[1]
  if (mailto === undefined) return addressOf(text)
  const address = decodePercent(mailto)
  const name = line.parameters.get('X-CN')?.[0]
  return { address, name: name ?? address }
}

function memberLine(name: string, member: ContactEmail): VcardLine {
  const line = textLine(name, `mailto:${member.address.replace(/[%?\s]/g, (found) => encodeURIComponent(found))}`)
  if (member.name === undefined || member.name === member.address) return line
  return { ...line, parameters: new Map([['X-CN', [member.name]]]) }
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
