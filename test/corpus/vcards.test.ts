import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import { MigrationError } from '../../src/core/errors.ts'
import type { Contact } from '../../src/formats/contact/contact.ts'
import {
  type DistributionList,
  isDistributionList,
  readDistributionList,
} from '../../src/formats/contact/distribution-list.ts'
import { readContact } from '../../src/formats/contact/read-contact.ts'
import { mapiToVcard, vcardToMapi } from '../../src/formats/contact/vcard.ts'
import type { MapiMessage } from '../../src/formats/mapi/message.ts'
import { corpusIsThere, corpusNote, corpusRoot } from './corpus.ts'

const root = join(corpusRoot, 'vcf')
const files = corpusIsThere ? filesIn(root) : []

/** Files without a card that has anything in it. */
const refused = ['calcard/resources/vcard/068.vcf', 'calcard/resources/vcard/073.vcf', 'caldavtester/vcarderrors/4.vcf']

/** What another reader (ical.js) finds in a file and not in what comes back, and why that is so. */
const knownDifferences: readonly (readonly [file: string, why: string, facts: readonly string[]])[] = [
  [
    'calcard/resources/vcard/005.vcf',
    'two notes become one',
    ['note Interessen: Internet t', 'note Interessen: Stofftiere'],
  ],
  [
    'calcard/resources/vcard/rfc.vcf',
    'two notes become one',
    ['note Mythical Manager Hyjin', 'note This fax number is ope'],
  ],
  ['ez-vcard/io/text/John_Doe_BLACK_BERRY.vcf', 'an empty note is none', ['note ']],
  ['ez-vcard/io/text/John_Doe_GMAIL.vcf', 'ical.js leaves the backslash before a quote', ['note THIS SOFTWARE IS PROVI']],
  [
    'ez-vcard/io/text/John_Doe_IPHONE.vcf',
    'ical.js takes a list in N for the whole of it',
    ['n Doe;John;Richter', 'n James;Mr.;Sr.'],
  ],
]

describe.skipIf(!corpusIsThere)(`vCards of other programs${corpusNote}`, () => {
  it('are there', () => {
    expect(files).toHaveLength(199)
  })

  it.each(files)('%s is converted and comes back, or is refused', (name) => {
    const bytes = readFileSync(join(root, name))
    if (refused.includes(name)) {
      expect(() => vcardToMapi(bytes)).toThrow(MigrationError)
      return
    }
    const messages = vcardToMapi(bytes)
    expect(messages.length).toBeGreaterThan(0)
    expect(vcardToMapi(cardsOf(messages, '3.0')).map(toPlain)).toEqual(messages.map(toPlain))
    // In 4.0 the lines that are merely kept have another form: PREF and bytes.
    const fields = (found: readonly MapiMessage[]) =>
      found.map(toPlain).map((plain) => ({ ...plain, vcardLines: plain.vcardLines.length }))
    expect(fields(vcardToMapi(cardsOf(messages, '4.0')))).toEqual(fields(messages))
  })

  it('say to another reader after the way through Exchange what they said before', () => {
    const differences: (readonly [string, readonly string[]])[] = []
    let filesRead = 0
    for (const name of files.filter((file) => !refused.includes(file))) {
      const bytes = readFileSync(join(root, name))
      const before = factsOf(bytes.toString('utf8'))
      if (before === undefined) continue
      filesRead++
      const after = factsOf(cardsOf(vcardToMapi(bytes), '3.0'))
      const missing = before.filter((fact) => !after?.includes(fact))
      if (missing.length > 0) differences.push([name, missing.map((fact) => fact.slice(0, 27))])
    }
    expect(filesRead).toBeGreaterThan(150)
    expect(differences).toEqual(knownDifferences.map(([name, , facts]) => [name, facts]))
  })
})

function cardsOf(messages: readonly MapiMessage[], version: '3.0' | '4.0'): string {
  return messages.map((message) => mapiToVcard(message, version)).join('')
}

function toPlain(message: MapiMessage): Contact | DistributionList {
  return isDistributionList(message) ? readDistributionList(message) : readContact(message)
}

/** Names, addresses, numbers and notes as ical.js reads them; undefined when it cannot. */
function factsOf(text: string): readonly string[] | undefined {
  const cards = parse(text)
  if (cards === undefined) return undefined
  return cards.flatMap((card) =>
    card.getAllProperties().flatMap((property) => {
      const name = property.name
      if (name === 'fn' || name === 'note') return [`${name} ${words(property.getValues())}`]
      if (name === 'email') return [`${name} ${words(property.getValues()).replace(/^mailto:/, '')}`]
      if (name === 'tel') return [`${name} ${words(property.getValues()).replace(/^tel:/, '')}`]
      if (name === 'n' || name === 'adr')
        return words(property.getValues())
          .split(/[ ,]+/)
          .map((word) => `${name} ${word}`)
      return []
    }),
  )
}

function words(values: readonly unknown[]): string {
  return values.flat(2).map(String).join(' ').replace(/\s+/g, ' ').trim()
}

function parse(text: string): readonly ICAL.Component[] | undefined {
  try {
    const parsed: unknown[] = ICAL.parse(text)
    const cards = (typeof parsed[0] === 'string' ? [parsed] : parsed) as unknown[][]
    return cards.map((card) => new ICAL.Component(card))
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}
