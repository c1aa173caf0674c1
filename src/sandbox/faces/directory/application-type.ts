import { type BodyOf, binary, complex, dateTimeOffset, flag, guid, listOf, text } from '../../http/json/kinds.ts'

/** Graph's `keyCredential`. */
export const keyCredentialType = {
  name: 'microsoft.graph.keyCredential',
  properties: {
    customKeyIdentifier: binary,
    displayName: text,
    endDateTime: dateTimeOffset,
    key: binary,
    keyId: guid,
    startDateTime: dateTimeOffset,
    type: text,
    usage: text,
  },
} as const

/** Graph's `passwordCredential`. */
const passwordCredentialType = {
  name: 'microsoft.graph.passwordCredential',
  properties: {
    customKeyIdentifier: binary,
    displayName: text,
    endDateTime: dateTimeOffset,
    hint: text,
    keyId: guid,
    secretText: text,
    startDateTime: dateTimeOffset,
  },
} as const

const resourceAccess = { name: 'microsoft.graph.resourceAccess', properties: { id: guid, type: text } } as const

const requiredResourceAccess = {
  name: 'microsoft.graph.requiredResourceAccess',
  properties: { resourceAppId: text, resourceAccess: listOf(complex(resourceAccess)) },
} as const

const webApplication = {
  name: 'microsoft.graph.webApplication',
  properties: { homePageUrl: text, logoutUrl: text, redirectUris: listOf(text) },
} as const

const publicClientApplication = {
  name: 'microsoft.graph.publicClientApplication',
  properties: { redirectUris: listOf(text) },
} as const

/** Graph's `application`, what concerns a migration. */
export const applicationType = {
  name: 'microsoft.graph.application',
  properties: {
    id: text,
    appId: text,
    createdDateTime: dateTimeOffset,
    deletedDateTime: dateTimeOffset,
    description: text,
    displayName: text,
    identifierUris: listOf(text),
    isFallbackPublicClient: flag,
    keyCredentials: listOf(complex(keyCredentialType)),
    notes: text,
    passwordCredentials: listOf(complex(passwordCredentialType)),
    publicClient: complex(publicClientApplication),
    publisherDomain: text,
    requiredResourceAccess: listOf(complex(requiredResourceAccess)),
    signInAudience: text,
    tags: listOf(text),
    uniqueName: text,
    web: complex(webApplication),
  },
} as const

/** Body of an application. */
export type ApplicationBody = BodyOf<typeof applicationType>

/** Bodies of an application's actions. */
export const addPasswordType = {
  name: 'microsoft.graph.addPassword',
  properties: { passwordCredential: complex(passwordCredentialType) },
} as const

/** Body of `addKey`; `proof` is a token that an existing key signed. */
export const addKeyType = {
  name: 'microsoft.graph.addKey',
  properties: {
    keyCredential: complex(keyCredentialType),
    passwordCredential: complex(passwordCredentialType),
    proof: text,
  },
} as const

/** Body of `removePassword`. */
export const removePasswordType = { name: 'microsoft.graph.removePassword', properties: { keyId: guid } } as const

/** Body of `removeKey`. */
export const removeKeyType = { name: 'microsoft.graph.removeKey', properties: { keyId: guid, proof: text } } as const
