import { type BodyOf, complex, dateTimeOffset, flag, guid, listOf, text } from '../../http/json/kinds.ts'

const passwordProfile = {
  name: 'microsoft.graph.passwordProfile',
  properties: { password: text, forceChangePasswordNextSignIn: flag, forceChangePasswordNextSignInWithMfa: flag },
} as const

const assignedLicense = {
  name: 'microsoft.graph.assignedLicense',
  properties: { skuId: guid, disabledPlans: listOf(guid) },
} as const

const assignedPlan = {
  name: 'microsoft.graph.assignedPlan',
  properties: { assignedDateTime: dateTimeOffset, capabilityStatus: text, service: text, servicePlanId: guid },
} as const

const extensionAttributes = {
  name: 'microsoft.graph.onPremisesExtensionAttributes',
  properties: { extensionAttribute1: text, extensionAttribute2: text, extensionAttribute3: text },
} as const

const objectIdentity = {
  name: 'microsoft.graph.objectIdentity',
  properties: { issuer: text, issuerAssignedId: text, signInType: text },
} as const

const licenseAssignmentState = {
  name: 'microsoft.graph.licenseAssignmentState',
  properties: {
    assignedByGroup: text,
    disabledPlans: listOf(guid),
    error: text,
    lastUpdatedDateTime: dateTimeOffset,
    skuId: guid,
    state: text,
  },
} as const

/** Graph's `user`, the properties that concern a migration. */
export const userType = {
  name: 'microsoft.graph.user',
  properties: {
    id: text,
    accountEnabled: flag,
    ageGroup: text,
    assignedLicenses: listOf(complex(assignedLicense)),
    assignedPlans: listOf(complex(assignedPlan)),
    businessPhones: listOf(text),
    city: text,
    companyName: text,
    consentProvidedForMinor: text,
    country: text,
    createdDateTime: dateTimeOffset,
    creationType: text,
    deletedDateTime: dateTimeOffset,
    department: text,
    displayName: text,
    employeeHireDate: dateTimeOffset,
    employeeId: text,
    employeeType: text,
    externalUserState: text,
    faxNumber: text,
    givenName: text,
    identities: listOf(complex(objectIdentity)),
    imAddresses: listOf(text),
    isResourceAccount: flag,
    jobTitle: text,
    lastPasswordChangeDateTime: dateTimeOffset,
    licenseAssignmentStates: listOf(complex(licenseAssignmentState)),
    mail: text,
    mailNickname: text,
    mobilePhone: text,
    officeLocation: text,
    onPremisesDistinguishedName: text,
    onPremisesDomainName: text,
    onPremisesExtensionAttributes: complex(extensionAttributes),
    onPremisesImmutableId: text,
    onPremisesLastSyncDateTime: dateTimeOffset,
    onPremisesSamAccountName: text,
    onPremisesSecurityIdentifier: text,
    onPremisesSyncEnabled: flag,
    onPremisesUserPrincipalName: text,
    otherMails: listOf(text),
    passwordPolicies: text,
    passwordProfile: complex(passwordProfile),
    postalCode: text,
    preferredDataLocation: text,
    preferredLanguage: text,
    proxyAddresses: listOf(text),
    securityIdentifier: text,
    showInAddressList: flag,
    state: text,
    streetAddress: text,
    surname: text,
    usageLocation: text,
    userPrincipalName: text,
    userType: text,
  },
} as const

/** Properties that a request may not set. */
export const readOnlyUserProperties = [
  'id',
  'assignedLicenses',
  'assignedPlans',
  'createdDateTime',
  'creationType',
  'deletedDateTime',
  'lastPasswordChangeDateTime',
  'licenseAssignmentStates',
  'onPremisesDistinguishedName',
  'onPremisesDomainName',
  'onPremisesLastSyncDateTime',
  'onPremisesSamAccountName',
  'onPremisesSecurityIdentifier',
  'onPremisesSyncEnabled',
  'onPremisesUserPrincipalName',
  'proxyAddresses',
  'securityIdentifier',
] as const

/** Body of `assignLicense`. */
export const assignLicenseType = {
  name: 'microsoft.graph.assignLicense',
  properties: { addLicenses: listOf(complex(assignedLicense)), removeLicenses: listOf(guid) },
} as const

/** Body of a user. */
export type UserBody = BodyOf<typeof userType>
