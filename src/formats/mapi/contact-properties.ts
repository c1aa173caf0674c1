import { named, numbered, tagged } from './property.ts'
import { propertySets } from './property-sets.ts'

const set = propertySets.address
/** Where Exchange keeps what only ActiveSync knows. */
const airSync = '71035549-0739-4dcb-9163-00f0580dbbdf'

/** The properties of one of the three addresses of a contact; its LIDs start at `lid` (MS-OXOCNTC section 2.2.1.2). */
const emailProperties = (lid: number) => ({
  displayName: numbered(set, lid, 'string'),
  addressType: numbered(set, lid + 2, 'string'),
  address: numbered(set, lid + 3, 'string'),
  originalDisplayName: numbered(set, lid + 4, 'string'),
  originalEntryId: numbered(set, lid + 5, 'binary'),
})

/** Properties of a contact (`IPM.Contact`) and of a personal distribution list (`IPM.DistList`): MS-OXOCNTC, MS-OXPROPS. */
export const contactProperties = {
  displayName: tagged(0x3001, 'string'),
  givenName: tagged(0x3a06, 'string'),
  middleName: tagged(0x3a44, 'string'),
  surname: tagged(0x3a11, 'string'),
  displayNamePrefix: tagged(0x3a45, 'string'),
  generation: tagged(0x3a05, 'string'),
  initials: tagged(0x3a0a, 'string'),
  nickname: tagged(0x3a4f, 'string'),
  yomiGivenName: numbered(set, 0x802c, 'string'),
  yomiSurname: numbered(set, 0x802d, 'string'),
  yomiCompanyName: numbered(set, 0x802e, 'string'),
  fileUnder: numbered(set, 0x8005, 'string'),
  /** How `fileUnder` is made anew when a name changes: 0x8017 "surname, given middle", -1 it was typed by the user. */
  fileUnderId: numbered(set, 0x8006, 'integer32'),

  title: tagged(0x3a17, 'string'),
  companyName: tagged(0x3a16, 'string'),
  departmentName: tagged(0x3a18, 'string'),
  officeLocation: tagged(0x3a19, 'string'),
  profession: tagged(0x3a46, 'string'),
  managerName: tagged(0x3a4e, 'string'),
  assistant: tagged(0x3a30, 'string'),

  spouseName: tagged(0x3a48, 'string'),
  childrensNames: tagged(0x3a58, 'strings'),
  hobbies: tagged(0x3a43, 'string'),
  language: tagged(0x3a0c, 'string'),
  /** 1 female, 2 male (MS-OXOCNTC section 2.2.1.10.20). */
  gender: tagged(0x3a4d, 'integer16'),
  /** 11:59 UTC of the day, or midnight of a time zone that only the local property tells. */
  birthday: tagged(0x3a42, 'time'),
  birthdayLocal: numbered(set, 0x80de, 'time'),
  weddingAnniversary: tagged(0x3a41, 'time'),
  weddingAnniversaryLocal: numbered(set, 0x80df, 'time'),

  businessPhone: tagged(0x3a08, 'string'),
  businessPhone2: tagged(0x3a1b, 'string'),
  businessPhone2s: tagged(0x3a1b, 'strings'),
  homePhone: tagged(0x3a09, 'string'),
  homePhone2: tagged(0x3a2f, 'string'),
  homePhone2s: tagged(0x3a2f, 'strings'),
  mobilePhone: tagged(0x3a1c, 'string'),
  primaryPhone: tagged(0x3a1a, 'string'),
  otherPhone: tagged(0x3a1f, 'string'),
  carPhone: tagged(0x3a1e, 'string'),
  radioPhone: tagged(0x3a1d, 'string'),
  callbackPhone: tagged(0x3a02, 'string'),
  pager: tagged(0x3a21, 'string'),
  assistantPhone: tagged(0x3a2e, 'string'),
  companyMainPhone: tagged(0x3a57, 'string'),
  textPhone: tagged(0x3a4b, 'string'),
  isdn: tagged(0x3a2d, 'string'),
  telex: tagged(0x3a2c, 'string'),
  primaryFax: tagged(0x3a23, 'string'),
  businessFax: tagged(0x3a24, 'string'),
  homeFax: tagged(0x3a25, 'string'),

  emails: [emailProperties(0x8080), emailProperties(0x8090), emailProperties(0x80a0)],
  /** Which addresses there are: 0 to 2 the e-mail addresses, 3 to 5 the fax numbers. */
  addressBookProviderEmails: numbered(set, 0x8028, 'integer32s'),
  /** The same as bits. */
  addressBookProviderArrayType: numbered(set, 0x8029, 'integer32'),
  instantMessagingAddress: numbered(set, 0x8062, 'string'),
  instantMessagingAddress2: named(airSync, 'IMAddress2', 'string'),
  instantMessagingAddress3: named(airSync, 'IMAddress3', 'string'),
  html: numbered(set, 0x802b, 'string'),
  businessHomePage: tagged(0x3a51, 'string'),
  personalHomePage: tagged(0x3a50, 'string'),
  freeBusyLocation: numbered(set, 0x80d8, 'string'),

  /** The address shown as the contact's own: 0 none, 1 home, 2 business, 3 other; the mailing address repeats it. */
  postalAddressId: numbered(set, 0x8022, 'integer32'),
  mailingAddress: {
    complete: tagged(0x3a15, 'string'),
    street: tagged(0x3a29, 'string'),
    city: tagged(0x3a27, 'string'),
    state: tagged(0x3a28, 'string'),
    postalCode: tagged(0x3a2a, 'string'),
    countryOrRegion: tagged(0x3a26, 'string'),
    postOfficeBox: tagged(0x3a2b, 'string'),
    countryCode: numbered(set, 0x80dd, 'string'),
  },
  businessAddress: {
    complete: numbered(set, 0x801b, 'string'),
    street: numbered(set, 0x8045, 'string'),
    city: numbered(set, 0x8046, 'string'),
    state: numbered(set, 0x8047, 'string'),
    postalCode: numbered(set, 0x8048, 'string'),
    countryOrRegion: numbered(set, 0x8049, 'string'),
    postOfficeBox: numbered(set, 0x804a, 'string'),
    countryCode: numbered(set, 0x80db, 'string'),
  },
  homeAddress: {
    complete: numbered(set, 0x801a, 'string'),
    street: tagged(0x3a5d, 'string'),
    city: tagged(0x3a59, 'string'),
    state: tagged(0x3a5c, 'string'),
    postalCode: tagged(0x3a5b, 'string'),
    countryOrRegion: tagged(0x3a5a, 'string'),
    postOfficeBox: tagged(0x3a5e, 'string'),
    countryCode: numbered(set, 0x80da, 'string'),
  },
  otherAddress: {
    complete: numbered(set, 0x801c, 'string'),
    street: tagged(0x3a63, 'string'),
    city: tagged(0x3a5f, 'string'),
    state: tagged(0x3a62, 'string'),
    postalCode: tagged(0x3a61, 'string'),
    countryOrRegion: tagged(0x3a60, 'string'),
    postOfficeBox: tagged(0x3a64, 'string'),
    countryCode: numbered(set, 0x80dc, 'string'),
  },

  userField1: numbered(set, 0x804f, 'string'),
  userField2: numbered(set, 0x8050, 'string'),
  userField3: numbered(set, 0x8051, 'string'),
  userField4: numbered(set, 0x8052, 'string'),
  hasPicture: numbered(set, 0x8015, 'boolean'),

  listName: numbered(set, 0x8053, 'string'),
  listMembers: numbered(set, 0x8055, 'binaries'),
  listOneOffMembers: numbered(set, 0x8054, 'binaries'),
  listChecksum: numbered(set, 0x804c, 'integer32'),
  listStream: numbered(set, 0x8064, 'binary'),

  /** Lines of the vCard that no other property takes, as `readVcards` keeps them. Mailvan's own. */
  vcardLines: named(propertySets.publicStrings, 'MailvanVcardLines', 'strings'),
} as const

/** The names of the properties that a postal address consists of. */
export type AddressProperties = typeof contactProperties.mailingAddress | typeof contactProperties.homeAddress
