import { constants, createHash, generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto'
import { createSignInApp } from '../../../../src/sandbox/faces/sign-in/sign-in-app.ts'
import { signCertificate } from '../../../../src/formats/x509.ts'
import { addUser } from '../../../../src/sandbox/tenant/create-tenant.ts'
import type { KeyCredential, UserRecord } from '../../../../src/sandbox/tenant/directory-records.ts'
import { directoryRoles } from '../../../../src/sandbox/tenant/directory-roles.ts'
import type { Tenant } from '../../../../src/sandbox/tenant/tenant.ts'
import { parseJwt } from '../../../../src/formats/json-web-token.ts'
import { SigningKeys } from '../../../../src/sandbox/tokens/signing-keys.ts'
import { createTestTenant, rigEndpoints, rigSigningKey } from '../graph-rig.ts'
import { createStandingClock } from '../standing-clock.ts'

/** A certificate of an app's own, its private key, and the credential to register. */
export interface AppCertificate {
  readonly privateKey: KeyObject
  readonly der: Buffer
  readonly credential: KeyCredential
}

/** A self-signed RSA certificate, as an administrator would make one. */
export function createAppCertificate(startMs: number, endMs: number): AppCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const der = signCertificate(
    {
      subject: 'migration',
      issuer: 'migration',
      serialNumber: randomBytes(15),
      notBefore: new Date(startMs),
      notAfter: new Date(endMs),
      publicKey,
      issuerPublicKey: publicKey,
      isAuthority: false,
      hosts: [],
    },
    privateKey,
  )
  const credential: KeyCredential = {
    keyId: randomUUID(),
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    key: der.toString('base64'),
    displayName: 'mig',
    customKeyIdentifier: null,
    startDateTime: new Date(startMs).toISOString(),
    endDateTime: new Date(endMs).toISOString(),
  }
  return { privateKey, der, credential }
}

/** A client assertion; what is given replaces what a good one says. */
export function createAssertion(
  { privateKey, der }: AppCertificate,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): string {
  const thumbprint = createHash('sha256').update(der).digest('base64url')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const all = { alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint, ...header }
  const input = `${encode(all)}.${encode({ jti: randomUUID(), ...claims })}`
  const padding =
    all.alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}
  return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, ...padding }).toString('base64url')}`
}

/** An answer of the sign-in, read. */
export interface SignInAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Parsed JSON, or nothing. */
  readonly body: Readonly<Record<string, string>> & { readonly error_codes?: readonly number[] }
  /** Where a redirect goes. */
  readonly location: URL
}

/** The sign-in of a tenant with an administrator and a user. */
export class SignInRig {
  readonly clock = createStandingClock()
  readonly keys = new SigningKeys(this.clock, { first: rigSigningKey })
  readonly tenant: Tenant = createTestTenant(this.clock)
  readonly other: Tenant = createTestTenant(this.clock, { name: 'fabrikam' })
  readonly defects: unknown[] = []
  readonly app = createSignInApp({
    tenants: { all: [this.tenant, this.other] },
    keys: this.keys,
    clock: this.clock,
    endpoints: rigEndpoints,
    onDefect: (error) => this.defects.push(error),
  })
  readonly admin: UserRecord = this.#user('admin', 'Ada Admin')
  readonly user: UserRecord = this.#user('uli', 'Uli User')

  constructor() {
    this.tenant.directory.roleAssignments.insert({
      id: randomUUID(),
      principalId: this.admin.id,
      roleDefinitionId: directoryRoles.globalAdministrator.id,
      directoryScopeId: '/',
      deletedDateTime: null,
    })
  }

  get(path: string): Promise<SignInAnswer> {
    return this.#fetch(path, {})
  }

  post(path: string, form: Readonly<Record<string, string>>): Promise<SignInAnswer> {
    return this.#fetch(path, { method: 'POST', body: new URLSearchParams(form) })
  }

  /** The token endpoint of the rig's tenant. */
  token(form: Readonly<Record<string, string>>, tenant: string = this.tenant.id): Promise<SignInAnswer> {
    return this.post(`/${tenant}/oauth2/v2.0/token`, form)
  }

  /** Where an assertion is made out to. */
  get tokenUrl(): string {
    return `${rigEndpoints.signIn}/${this.tenant.id}/oauth2/v2.0/token`
  }

  async #fetch(path: string, init: RequestInit): Promise<SignInAnswer> {
    const response = await this.app.fetch(new Request(`${rigEndpoints.signIn}${path}`, init))
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? (JSON.parse(text) as SignInAnswer['body']) : {},
      location: new URL(response.headers.get('location') ?? 'about:blank'),
    }
  }

  #user(name: string, displayName: string): UserRecord {
    const address = `${name}@${this.tenant.initialDomain}`
    return addUser(this.tenant, { userPrincipalName: address, displayName, mail: address })
  }
}

/** The claims of a token, whoever signed it. */
export function claimsOf(token: string | undefined): Readonly<Record<string, unknown>> {
  return parseJwt(token ?? '')?.claims ?? {}
}
