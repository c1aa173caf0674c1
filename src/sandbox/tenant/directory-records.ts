import type { SkuServicePlan } from './sku-catalogue.ts'

/** A user, named as in Graph's `user`; times are ISO 8601. */
export interface UserRecord {
  readonly id: string
  readonly userPrincipalName: string
  readonly displayName: string
  readonly mailNickname: string
  readonly mail: string | null
  readonly givenName: string | null
  readonly surname: string | null
  readonly jobTitle: string | null
  readonly department: string | null
  readonly companyName: string | null
  readonly officeLocation: string | null
  readonly mobilePhone: string | null
  readonly businessPhones: readonly string[]
  readonly preferredLanguage: string | null
  readonly city: string | null
  readonly country: string | null
  /** `SMTP:` is the primary address, `smtp:` an alias, `X500:` an old distinguished name. */
  readonly proxyAddresses: readonly string[]
  readonly otherMails: readonly string[]
  readonly userType: 'Member' | 'Guest'
  readonly accountEnabled: boolean
  readonly usageLocation: string | null
  readonly onPremisesSyncEnabled: boolean | null
  readonly onPremisesImmutableId: string | null
  readonly showInAddressList: boolean | null
  readonly createdDateTime: string
  readonly deletedDateTime: string | null
  readonly passwordPolicies: string | null
  readonly assignedLicenses: readonly AssignedLicense[]
  readonly assignedPlans: readonly AssignedPlan[]
  /** Kept as given and never answered. */
  readonly password: string | null
  /** Further properties of Graph's `user`, kept as they were given. */
  readonly further: Readonly<Record<string, unknown>>
}

/** Graph's `assignedLicense`. */
export interface AssignedLicense {
  readonly skuId: string
  readonly disabledPlans: readonly string[]
}

/** Graph's `assignedPlan`. */
export interface AssignedPlan {
  readonly assignedDateTime: string
  readonly capabilityStatus: 'Enabled' | 'Deleted'
  readonly service: string
  readonly servicePlanId: string
}

/** Graph's `keyCredential`; `key` is the certificate's DER in base64. */
export interface KeyCredential {
  readonly keyId: string
  readonly type: string
  readonly usage: string
  readonly key: string
  readonly displayName: string | null
  readonly customKeyIdentifier: string | null
  readonly startDateTime: string
  readonly endDateTime: string
}

/** Graph's `passwordCredential`; the secret itself is kept as its SHA-256, as Microsoft does not keep it either. */
export interface PasswordCredential {
  readonly keyId: string
  readonly displayName: string | null
  readonly hint: string
  readonly startDateTime: string
  readonly endDateTime: string
  readonly secretDigest: string
}

/** Graph's `requiredResourceAccess`. */
export interface RequiredResourceAccess {
  readonly resourceAppId: string
  readonly resourceAccess: readonly { readonly id: string; readonly type: 'Role' | 'Scope' }[]
}

/** An app registration, named as in Graph's `application`. */
export interface ApplicationRecord {
  readonly id: string
  readonly appId: string
  /** An alternate key that whoever made it by upsert has chosen; for good. */
  readonly uniqueName?: string
  readonly displayName: string
  readonly description: string | null
  readonly notes: string | null
  readonly tags: readonly string[]
  readonly signInAudience:
    | 'AzureADMyOrg'
    | 'AzureADMultipleOrgs'
    | 'AzureADandPersonalMicrosoftAccount'
    | 'PersonalMicrosoftAccount'
  readonly isFallbackPublicClient: boolean | null
  readonly identifierUris: readonly string[]
  readonly webRedirectUris: readonly string[]
  readonly publicClientRedirectUris: readonly string[]
  readonly requiredResourceAccess: readonly RequiredResourceAccess[]
  readonly keyCredentials: readonly KeyCredential[]
  readonly passwordCredentials: readonly PasswordCredential[]
  readonly createdDateTime: string
  readonly deletedDateTime: string | null
}

/** Graph's `appRole`, as far as a resource shows it. */
export interface AppRole {
  readonly id: string
  readonly value: string
}

/** An app's presence in a tenant, named as in Graph's `servicePrincipal`. */
export interface ServicePrincipalRecord {
  readonly id: string
  readonly appId: string
  readonly displayName: string
  readonly appOwnerOrganizationId: string
  readonly accountEnabled: boolean
  readonly tags: readonly string[]
  readonly notes: string | null
  readonly servicePrincipalNames: readonly string[]
  readonly appRoleAssignmentRequired: boolean
  readonly createdDateTime: string
  readonly deletedDateTime: string | null
}

/** An app's presence in Exchange, as New-ServicePrincipal leaves it; its id is the object id it was registered with. */
export interface ExchangePrincipalRecord {
  readonly id: string
  readonly appId: string
  readonly displayName: string
  readonly deletedDateTime: string | null
}

/** A set of mailboxes, as New-ManagementScope makes it. */
export interface ManagementScopeRecord {
  readonly id: string
  readonly name: string
  readonly filter: string
  readonly deletedDateTime: string | null
}

/** A role of Exchange's that an app has, as New-ManagementRoleAssignment -App leaves it. */
export interface ApplicationRoleRecord {
  readonly id: string
  /** Of the enterprise application. */
  readonly principalId: string
  readonly role: string
  /** Of a management scope; null for all mailboxes. */
  readonly scopeId: string | null
  readonly deletedDateTime: string | null
}

/** An application permission that was granted, named as in Graph's `appRoleAssignment`. */
export interface AppRoleAssignmentRecord {
  readonly id: string
  readonly principalId: string
  readonly resourceId: string
  readonly appRoleId: string
  readonly createdDateTime: string
  readonly deletedDateTime: string | null
}

/** Delegated permissions that were granted, named as in Graph's `oAuth2PermissionGrant`. */
export interface PermissionGrantRecord {
  readonly id: string
  readonly clientId: string
  readonly consentType: 'AllPrincipals' | 'Principal'
  readonly principalId: string | null
  readonly resourceId: string
  /** Values with a space between them. */
  readonly scope: string
  readonly deletedDateTime: string | null
}

/** A domain, named as in Graph's `domain`; its id is its name. */
export interface DomainRecord {
  readonly id: string
  readonly isInitial: boolean
  readonly isDefault: boolean
  readonly isVerified: boolean
  readonly isRoot: boolean
  readonly supportedServices: readonly string[]
  /** The token that the TXT record has to show: `MS=ms12345678`. */
  readonly verificationText: string
  readonly deletedDateTime: string | null
}

/** What the tenant has bought, named as in Graph's `subscribedSku`. */
export interface SubscribedSkuRecord {
  readonly id: string
  readonly skuId: string
  readonly skuPartNumber: string
  readonly seats: number
  readonly servicePlans: readonly SkuServicePlan[]
  readonly deletedDateTime: string | null
}

/** A directory role that someone has, named as in Graph's `unifiedRoleAssignment`. */
export interface RoleAssignmentRecord {
  readonly id: string
  readonly principalId: string
  readonly roleDefinitionId: string
  readonly directoryScopeId: string
  readonly deletedDateTime: string | null
}
