import type { Resource } from '../clouds.ts'
import { type AppCertificate, type AppCredential, readAppCertificate } from './app-credential.ts'
import { makeClientAssertion } from './client-assertion.ts'
import { type SignInContext, toUuid } from './sign-in-context.ts'
import { TokenCache } from './token-cache.ts'
import { requestToken, type TokenAnswer, tokenEndpoint } from './token-endpoint.ts'
import type { TokenSource } from './token-source.ts'

/** An app as its tenant knows it. */
export interface AppIdentity {
  readonly tenantId: string
  readonly clientId: string
  readonly credential: AppCredential
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Tokens of an app by itself, without a user (exchange.md 5.2). They are kept, renewed before they end, and asked for once
 * however many want them. Making it throws `config` for a certificate that cannot be used.
 */
export class AppTokens implements TokenSource {
  readonly #context: SignInContext
  readonly #app: AppIdentity
  readonly #certificate: AppCertificate | undefined
  readonly #cache: TokenCache<Resource>

  constructor(context: SignInContext, app: AppIdentity) {
    this.#context = context
    this.#app = app
    this.#certificate = app.credential.type === 'certificate' ? readAppCertificate(app.credential) : undefined
    this.#cache = new TokenCache(context.clock, (resource, signal) => this.#request(resource, signal))
  }

  /** `TokenSource.token`. */
  token(resource: Resource, signal: AbortSignal): Promise<string> {
    return this.#cache.token(resource, signal)
  }

  /** `TokenSource.discard`. */
  discard(resource: Resource, token: string): void {
    this.#cache.discard(resource, token)
  }

  #request(resource: Resource, signal: AbortSignal): Promise<TokenAnswer> {
    const { clientId, tenantId } = this.#app
    const scope = `${this.#context.hosts.resources[resource]}/.default`
    const form = { client_id: clientId, scope, grant_type: 'client_credentials', ...this.#proof() }
    return requestToken(this.#context, tenantId, form, signal)
  }

  #proof(): Record<string, string> {
    const { clientId, credential, tenantId } = this.#app
    if (credential.type === 'secret') return { client_secret: credential.secret }
    const assertion = makeClientAssertion({
      certificate: this.#certificate as AppCertificate,
      clientId,
      audience: tokenEndpoint(this.#context, tenantId),
      nowMs: this.#context.clock.now(),
      id: toUuid(this.#context.randomBytes(16)),
    })
    return { client_assertion_type: assertionType, client_assertion: assertion }
  }
}
