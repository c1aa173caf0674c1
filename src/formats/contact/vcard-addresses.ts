import { type AddressKind, addressKinds, type Contact, type PhysicalAddress } from './contact.ts'
import { isBlankAddress } from './physical-address.ts'
import { preferredFirst, typesOf, valueLine, type VcardLine } from './vcard-line.ts'
import { componentTexts, toComponents } from './vcard-value.ts'

/** The addresses of `ADR` lines by kind, the one that is preferred, and the lines that no place was free for. */
export interface FoundAddresses {
  /** Outlook writes it before the street of the business address. */
  readonly officeLocation?: string
  readonly addresses: Partial<Record<AddressKind, PhysicalAddress>>
  readonly mailingAddress?: AddressKind
  readonly left: readonly VcardLine[]
}

/**
 * Puts `ADR` lines into the three places: home, business (`work`), and other for those of no type and for the second of
 * a kind. The extended address is the office at work, as in Outlook, and else the line before the street, as on an
 * envelope. `country` gives the country code of a line.
 */
export function readAddresses(
  lines: readonly VcardLine[],
  label: (line: VcardLine) => string | undefined,
  country: (line: VcardLine) => string | undefined,
): FoundAddresses {
  const addresses: Partial<Record<AddressKind, PhysicalAddress>> = {}
  const left: VcardLine[] = []
  let mailingAddress: AddressKind | undefined
  let officeLocation: string | undefined
  for (const line of preferredFirst(lines)) {
    const types = new Set([...typesOf(line), label(line)?.toLowerCase() ?? ''])
    const [, extended = ''] = componentTexts(line.value, ', ')
    const isOffice = types.has('work') && officeLocation === undefined && extended.trim() !== ''
    if (isOffice) officeLocation = extended
    const address = toAddress(line, isOffice ? '' : extended, country(line))
    if (isBlankAddress({ ...address, countryCode: undefined })) continue
    const wanted: AddressKind = types.has('work') ? 'business' : types.has('home') ? 'home' : 'other'
    const kind = [wanted, 'other' as const].find((place) => addresses[place] === undefined)
    if (kind === undefined) {
      left.push(line)
      continue
    }
    addresses[kind] = address
    if (types.has('pref')) mailingAddress ??= kind
  }
  return {
    addresses,
    ...(officeLocation === undefined ? {} : { officeLocation }),
    ...(mailingAddress === undefined ? {} : { mailingAddress }),
    left,
  }
}

/** The `ADR` lines of a contact. */
export function addressLines(contact: Contact): readonly VcardLine[] {
  const types = { business: 'WORK', home: 'HOME', other: undefined } as const
  return addressKinds.flatMap((kind) => {
    const office = kind === 'business' ? contact.officeLocation : undefined
    const address = contact[`${kind}Address`] ?? (office === undefined ? undefined : {})
    if (address === undefined) return []
    const { postOfficeBox, street, city, state, postalCode, countryOrRegion, countryCode }: PhysicalAddress = address
    const value = toComponents([postOfficeBox, office, street, city, state, postalCode, countryOrRegion])
    const type = [types[kind], contact.mailingAddress === kind ? 'PREF' : undefined].filter((word) => word !== undefined)
    const parameters = {
      ...(type.length === 0 ? {} : { TYPE: type.join(',') }),
      ...(countryCode === undefined ? {} : { CC: countryCode }),
    }
    return [valueLine('ADR', value, parameters)]
  })
}

function toAddress(line: VcardLine, extended: string, country: string | undefined): PhysicalAddress {
  const [box, , street, city, state, postalCode, land] = componentTexts(line.value, ', ')
  const lines = [extended, street].filter((text) => text !== undefined && text !== '').join('\n')
  const parts = {
    postOfficeBox: box,
    street: lines,
    city,
    state,
    postalCode,
    countryOrRegion: land,
    countryCode: line.parameters.get('CC')?.[0] ?? (/^[a-z]{2}$/i.test(country ?? '') ? country?.toUpperCase() : undefined),
  }
  return Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== undefined && text !== ''))
}
