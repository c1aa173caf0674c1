import { createHash } from 'node:crypto'
import type { Tenant, Tenants } from '../../tenant/tenant.ts'
import type { UserSession } from './sign-in-state.ts'

/** So many a tenant keeps at most; the oldest go first. */
const tokensMax = 100_000

/** Refresh tokens, kept in their tenants' databases as digests: a kept tenant knows them after a restart. */
export class RefreshTokens {
  readonly #tenants: Tenants

  /** Makes the table where there is none. */
  constructor(tenants: Tenants) {
    this.#tenants = tenants
    for (const { database } of tenants.all) {
      database.exec(`
        create table if not exists refresh_tokens (
          number integer primary key autoincrement,
          digest text not null unique,
          session text not null,
          expires_ms integer not null
        );
        create index if not exists refresh_tokens_expiry on refresh_tokens (expires_ms);
      `)
    }
  }

  /** The session that a token stands for, unless it was never kept or has expired. */
  find(token: string): UserSession | undefined {
    for (const tenant of this.#tenants.all) {
      const row = tenant.database
        .prepare('select session from refresh_tokens where digest = ? and expires_ms > ?')
        .get(digestOf(token), tenant.clock.nowMs())
      if (row !== undefined) return { ...(JSON.parse(String(row['session'])) as Omit<UserSession, 'tenant'>), tenant }
    }
    return undefined
  }

  keep(token: string, session: UserSession, expiresAtMs: number): void {
    const { tenant, ...kept } = session
    forgetOld(tenant)
    tenant.database
      .prepare('insert into refresh_tokens (digest, session, expires_ms) values (?, ?, ?)')
      .run(digestOf(token), JSON.stringify(kept), Math.round(expiresAtMs))
  }
}

function forgetOld({ database, clock }: Tenant): void {
  database.prepare('delete from refresh_tokens where expires_ms <= ?').run(clock.nowMs())
  database.prepare('delete from refresh_tokens where number <= (select max(number) from refresh_tokens) - ?').run(tokensMax - 1)
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
