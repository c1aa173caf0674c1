import type { MovableClock } from './clock.ts'
import type { TransferSettings } from './faces/transfer/transfer-settings.ts'
import type { ProfileName } from './pace/fault-profiles.ts'
import type { TenantSettings } from './tenant/tenant.ts'

/** How a sandbox is started. */
export interface SandboxOptions {
  /** Labels of the initial domains: `contoso` becomes contoso.onmicrosoft.com. */
  readonly tenants: readonly string[]
  /** Of HTTPS; IMAP takes the next one. 0 takes free ones. */
  readonly port: number
  /** Users with filled mailboxes in each tenant that is new. */
  readonly users: number
  readonly messagesPerUser?: number
  readonly profile: ProfileName
  /** How many times as fast as the machine's clock a tenant's time goes. */
  readonly timeFactor: number
  /** How much of Microsoft's limits a mailbox lets in, in requests and bytes; all of it when absent. */
  readonly limitPercent?: number
  /** Where the tenants are kept; in memory when absent. */
  readonly folder?: string
  /** False speaks plain HTTP and IMAP. */
  readonly isSecure: boolean
  readonly host?: string
  /** Nothing else runs in this process: Request and Response may be replaced by others that cost less. */
  readonly ownsProcess?: boolean
  readonly clock?: MovableClock
  readonly tenantSettings?: Partial<TenantSettings>
  /** Of import and export: what Microsoft publishes no figure for. */
  readonly transferSettings?: Partial<TransferSettings>
  /** Told of defects of the sandbox itself. */
  readonly onDefect: (error: unknown) => void
}

/** How to reach one tenant. */
export interface TenantAccess {
  readonly name: string
  readonly id: string
  readonly domain: string
  readonly cloud: string
  /** OpenID metadata are below `<authority>/v2.0/.well-known/openid-configuration`. */
  readonly authority: string
  /** An app with every permission a migration needs. */
  readonly clientId: string
  readonly clientSecret: string
  readonly servicePrincipalId: string
  /** A Global Administrator for the sign-in pages, which ask for no password. */
  readonly administrator: string
  readonly users: readonly string[]
}

/** What a sandbox says once it answers. */
export interface SandboxAccess {
  /** The page for people. */
  readonly page: string
  /** Base URLs without a final slash, in place of Microsoft's hosts. */
  readonly signIn: string
  readonly graph: string
  readonly outlook: string
  readonly imap: { readonly host: string; readonly port: number; readonly security: 'tls' | 'plain' }
  /** As it was started with. */
  readonly timeFactor: number
  readonly limitPercent: number
  /** The authority to trust, as a PEM file; absent over plain HTTP. */
  readonly authorityFile: string | undefined
  readonly tenants: readonly TenantAccess[]
}
