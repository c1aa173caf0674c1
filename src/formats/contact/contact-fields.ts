import { contactProperties } from '../mapi/contact-properties.ts'

const p = contactProperties

/**
 * The texts of a contact and the property each is: the names are those of the Graph `contact` resource, and where it
 * has none (the second half) Outlook's words.
 */
export const contactTextFields = {
  displayName: p.displayName,
  givenName: p.givenName,
  middleName: p.middleName,
  surname: p.surname,
  /** Before the name: "Dr."; the position in a company is `jobTitle`. */
  title: p.displayNamePrefix,
  /** After the name: "Jr.". */
  generation: p.generation,
  initials: p.initials,
  nickName: p.nickname,
  /** The name that lists are sorted by. */
  fileAs: p.fileUnder,
  yomiGivenName: p.yomiGivenName,
  yomiSurname: p.yomiSurname,
  yomiCompanyName: p.yomiCompanyName,
  companyName: p.companyName,
  department: p.departmentName,
  jobTitle: p.title,
  profession: p.profession,
  officeLocation: p.officeLocation,
  manager: p.managerName,
  assistantName: p.assistant,
  spouseName: p.spouseName,
  businessHomePage: p.businessHomePage,
  mobilePhone: p.mobilePhone,

  personalHomePage: p.personalHomePage,
  freeBusyUrl: p.freeBusyLocation,
  hobbies: p.hobbies,
  language: p.language,
  primaryPhone: p.primaryPhone,
  otherPhone: p.otherPhone,
  carPhone: p.carPhone,
  radioPhone: p.radioPhone,
  callbackPhone: p.callbackPhone,
  pager: p.pager,
  assistantPhone: p.assistantPhone,
  companyMainPhone: p.companyMainPhone,
  textPhone: p.textPhone,
  isdn: p.isdn,
  telex: p.telex,
  businessFax: p.businessFax,
  homeFax: p.homeFax,
  otherFax: p.primaryFax,
  userField1: p.userField1,
  userField2: p.userField2,
  userField3: p.userField3,
  userField4: p.userField4,
} as const

export type ContactTextField = keyof typeof contactTextFields

export const contactTextFieldNames = Object.keys(contactTextFields) as readonly ContactTextField[]
