import type { DatabaseSync } from 'node:sqlite'
import type { SandboxClock } from '../clock.ts'
import type { Cloud } from './cloud.ts'
import type { DirectoryStore } from './directory-store.ts'

/** What the directory asks of the mailboxes when licences come and go. */
export interface MailboxProvisioning {
  /**
   * Gives the user a mailbox that opens at `readyAtMs` of the tenant's clock; one that was taken away lately comes back
   * with its items. May be called again.
   */
  provision(userId: string, readyAtMs: number): void
  /** Takes the mailbox away, restorable; without effect when there is none. May be called again. */
  deprovision(userId: string): void
}

/** How a tenant behaves; all of it may change while it runs. */
export interface TenantSettings {
  /** How long a new object is not found by another part of the directory: exchange.md 5.3 step 3, "up to ~1 min". */
  replicationDelayMs: number
  /** How long after a grant or a revocation new tokens still carry the old roles: exchange.md 5.2. */
  roleDelayMs: number
  /** How long after a licence the mailbox opens: exchange.md 6.2, "1-15 min". */
  mailboxDelayMs: number
  /** How long an access token lives: exchange.md 5.2, "~3599" s. */
  tokenLifetimeMs: number
  /** Conditional Access refuses device codes: exchange.md 5.2, AADSTS530036. */
  blocksDeviceCode: boolean
  /** Users have to prove a second factor (AADSTS50076) or to register one first (AADSTS50079). */
  mfa: 'off' | 'required' | 'registration-required'
  /** Conditional Access refuses every sign-in of users with this AADSTS code: exchange.md 5.2. */
  signInBlock: 53000 | 53001 | 53002 | 53003 | undefined
  /** Mail that is posted as MIME is no draft and keeps its dates: announced for the end of 2026 (exchange.md 8.1 way f). */
  takesNativeMime: boolean
  /** TXT records that the sandbox's DNS shows, by domain; `verify` looks here. */
  dnsTexts: Map<string, readonly string[]>
}

/** A Microsoft 365 tenant: what all its faces share. */
export interface Tenant {
  /** Lower-case GUID. */
  readonly id: string
  /** The label of the initial domain: `contoso`. */
  readonly name: string
  readonly displayName: string
  /** `contoso.onmicrosoft.com`. */
  readonly initialDomain: string
  readonly cloud: Cloud
  /** Two letters, ISO 3166. */
  readonly countryLetterCode: string
  readonly createdDateTime: string
  readonly database: DatabaseSync
  readonly clock: SandboxClock
  readonly directory: DirectoryStore
  readonly settings: TenantSettings
  readonly mailboxes: MailboxProvisioning
}

/** The tenants of one sandbox, world-wide and elsewhere. */
export interface Tenants {
  readonly all: readonly Tenant[]
}

/** By id or by a verified domain; case does not matter. */
export function findTenant(tenants: Tenants, idOrDomain: string): Tenant | undefined {
  const name = idOrDomain.toLowerCase()
  return tenants.all.find((tenant) => tenant.id === name || tenant.directory.domains.find(name)?.isVerified === true)
}

/** Delays as the documentation tells them, shortened to its lower end; nothing is blocked. */
export function defaultTenantSettings(): TenantSettings {
  return {
    replicationDelayMs: 15_000,
    roleDelayMs: 30_000,
    mailboxDelayMs: 60_000,
    tokenLifetimeMs: 3_599_000,
    blocksDeviceCode: false,
    takesNativeMime: false,
    mfa: 'off',
    signInBlock: undefined,
    dnsTexts: new Map(),
  }
}
