import { extendedProperties, emailAddressType, outlookItemProperties } from '../../graph-mailbox/outlook-types.ts'
import { complex, date, dateTimeOffset, type Kind, listOf, type Structure, text } from '../../http/json/kinds.ts'

const physicalAddressType = {
  name: 'microsoft.graph.physicalAddress',
  properties: { city: text, countryOrRegion: text, postalCode: text, state: text, street: text },
} as const satisfies Structure

/** Graph's documents give a mere day (contact-update), and Exchange takes it. */
const birthday: Kind<string> = {
  edm: dateTimeOffset.edm,
  check: (value, path) => (date.check(value, path) === undefined ? undefined : dateTimeOffset.check(value, path)),
}

/** A contact as clients give it. */
export const contactType = {
  name: 'microsoft.graph.contact',
  properties: {
    ...outlookItemProperties,
    ...extendedProperties,
    assistantName: text,
    birthday,
    businessAddress: complex(physicalAddressType),
    businessHomePage: text,
    businessPhones: listOf(text),
    children: listOf(text),
    companyName: text,
    department: text,
    displayName: text,
    emailAddresses: listOf(complex(emailAddressType)),
    fileAs: text,
    generation: text,
    givenName: text,
    homeAddress: complex(physicalAddressType),
    homePhones: listOf(text),
    imAddresses: listOf(text),
    initials: text,
    jobTitle: text,
    manager: text,
    middleName: text,
    mobilePhone: text,
    nickName: text,
    officeLocation: text,
    otherAddress: complex(physicalAddressType),
    parentFolderId: text,
    personalNotes: text,
    primaryEmailAddress: complex(emailAddressType),
    profession: text,
    secondaryEmailAddress: complex(emailAddressType),
    spouseName: text,
    surname: text,
    tertiaryEmailAddress: complex(emailAddressType),
    title: text,
    yomiCompanyName: text,
    yomiGivenName: text,
    yomiSurname: text,
  },
} as const satisfies Structure
