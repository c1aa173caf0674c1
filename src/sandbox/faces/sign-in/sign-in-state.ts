import { randomBytes } from 'node:crypto'
import type { SandboxClock } from '../../clock.ts'
import type { Tenant, Tenants } from '../../tenant/tenant.ts'
import { ExpiringMap } from './expiring-map.ts'
import { RefreshTokens } from './refresh-tokens.ts'

/** A user's sign-in to an app, as a code or a refresh token stands for it. */
export interface UserSession {
  readonly tenant: Tenant
  readonly userId: string
  readonly appId: string
  /** Whether a second factor was proved. */
  readonly hasMfa: boolean
  /** The scopes asked for, as they were written. */
  readonly scope: string
  readonly nonce: string | undefined
}

/** An authorization code that waits to be redeemed. */
export interface AuthorizationCode {
  readonly session: UserSession
  readonly redirectUri: string
  readonly challenge: { readonly value: string; readonly method: 'S256' | 'plain' } | undefined
  isRedeemed: boolean
}

/** A device's request to sign in. */
export interface DeviceRequest {
  readonly userCode: string
  readonly appId: string
  readonly scope: string
  /** The tenant of the path; undefined for `common` and `organizations`. */
  readonly tenant: Tenant | undefined
  readonly expiresAtMs: number
  intervalMs: number
  lastPollMs: number | undefined
  /** What the user did. */
  outcome: UserSession | 'pending' | 'declined' | 'blocked'
}

/** What the sign-in face remembers between requests: refresh tokens with their tenants, the rest in memory. */
export class SignInState {
  readonly codes: ExpiringMap<AuthorizationCode>
  readonly refreshTokens: RefreshTokens
  readonly devices: ExpiringMap<DeviceRequest>
  /** Device codes by user code. */
  readonly userCodes: ExpiringMap<string>
  /** Ids of client assertions, by app. */
  readonly usedAssertions: ExpiringMap<true>

  constructor(clock: SandboxClock, tenants: Tenants) {
    this.codes = new ExpiringMap(clock)
    this.refreshTokens = new RefreshTokens(tenants)
    this.devices = new ExpiringMap(clock)
    this.userCodes = new ExpiringMap(clock)
    this.usedAssertions = new ExpiringMap(clock)
  }
}

/** An opaque value that nobody guesses. */
export function opaqueToken(prefix: string): string {
  return `${prefix}${randomBytes(48).toString('base64url')}`
}
