import assert from 'node:assert'
import { MigrationError } from '../../../../core/errors.ts'
import type { Resource } from '../clouds.ts'
import type { SignInContext } from './sign-in-context.ts'
import { TokenCache } from './token-cache.ts'
import { readTokenClaims, type TokenClaims } from './token-claims.ts'
import { requestToken, type TokenAnswer } from './token-endpoint.ts'
import type { TokenSource } from './token-source.ts'

/** Who is asked to sign in, and to what. */
export interface UserSignIn {
  /** A public client. */
  readonly clientId: string
  /** A tenant, or `organizations` for whichever the person is of. */
  readonly tenant: string
  readonly resource: Resource
  /** Delegated permissions of the resource by their bare names, or `.default` for what the client has anyway. */
  readonly scopes: readonly string[]
}

/** What a sign-in asks for, as one parameter. `offline_access` gives the token that renews the other. */
export function scopeOf(context: Pick<SignInContext, 'hosts'>, { resource, scopes }: UserSignIn): string {
  const names = scopes.map((scope) => `${context.hosts.resources[resource]}/${scope}`)
  return [...names, 'openid', 'profile', 'offline_access'].join(' ')
}

/** Tokens of a person who has signed in, until they are forgotten. They are kept in memory only. */
export class UserTokens implements TokenSource {
  readonly #context: SignInContext
  readonly #signIn: UserSignIn
  readonly #cache: TokenCache<Resource>
  /** Of the person and the tenant. */
  readonly claims: TokenClaims
  #refreshToken: string | undefined

  constructor(context: SignInContext, signIn: UserSignIn, first: TokenAnswer) {
    this.#context = context
    this.#signIn = signIn
    this.claims = readTokenClaims(first.accessToken)
    this.#refreshToken = first.refreshToken
    this.#cache = new TokenCache(context.clock, (_, signal) => this.#renew(signal))
    this.#cache.keep(signIn.resource, first)
  }

  /** `TokenSource.token`, for the resource of the sign-in. Throws `auth` once the sign-in has ended or was forgotten. */
  token(resource: Resource, signal: AbortSignal): Promise<string> {
    assert.equal(resource, this.#signIn.resource, 'the sign-in was for another service')
    return this.#cache.token(resource, signal)
  }

  /** `TokenSource.discard`. */
  discard(resource: Resource, token: string): void {
    this.#cache.discard(resource, token)
  }

  /** Forgets all tokens for good. May be called twice. */
  forget(): void {
    this.#refreshToken = undefined
    this.#cache.clear()
  }

  async #renew(signal: AbortSignal): Promise<TokenAnswer> {
    if (this.#refreshToken === undefined) throw hasEnded()
    const form = {
      client_id: this.#signIn.clientId,
      grant_type: 'refresh_token',
      refresh_token: this.#refreshToken,
      scope: scopeOf(this.#context, this.#signIn),
    }
    const answer = await requestToken(this.#context, this.claims.tenantId ?? this.#signIn.tenant, form, signal)
    // Forgotten meanwhile: what comes late is not kept.
    if (this.#refreshToken === undefined) throw hasEnded()
    this.#refreshToken = answer.refreshToken ?? this.#refreshToken
    return answer
  }
}

function hasEnded(): MigrationError {
  return new MigrationError('auth', 'microsoft.sign-in.again', { message: 'The sign-in has ended.', hint: 'Sign in again.' })
}
