import type { ExchangeAdmin } from '../../../connectors/kit/microsoft/exchange-admin.ts'
import { jsonText } from '../../../connectors/kit/microsoft/json-values.ts'
import type { JsonObject } from '../../../connectors/kit/microsoft/read-json.ts'
import type { Permission } from '../work.ts'
import { applicationRoleOf } from './application-roles.ts'

/** A role of Exchange's that an app has. */
export interface AppRole {
  readonly role: string
  /** By its values in Graph. */
  readonly permissions: readonly string[]
  /** As Exchange names it. */
  readonly scope: string
  /** Whether the mailbox that was asked about is in it; undefined when Exchange does not say. */
  readonly isInScope: boolean | undefined
}

/**
 * What Exchange permits an app besides what the tenant has granted it, and whether that reaches a mailbox
 * (Test-ServicePrincipalAuthorization, exchange.md 1.2; it sees past Exchange's cache). Throws as `ExchangeAdmin.run`; an app that
 * Exchange does not know is `exchange.not-found`.
 */
export async function readAppScope(exchange: ExchangeAdmin, app: string, mailbox: string | undefined): Promise<readonly AppRole[]> {
  const parameters = { Identity: app, ...(mailbox !== undefined && { Resource: mailbox }) }
  return (await exchange.run({ name: 'Test-ServicePrincipalAuthorization', parameters })).map(toRole)
}

/** Whether a role gives a permission of Graph's: by its own name, or by what Exchange says is in it. */
export function givesPermission({ role, permissions }: AppRole, permission: Permission): boolean {
  return role === applicationRoleOf(permission) || permissions.includes(permission.value)
}

function toRole(row: JsonObject): AppRole {
  const granted = row['GrantedPermissions']
  const inScope = String(row['InScope']).toLowerCase()
  return {
    role: jsonText(row, 'RoleName'),
    permissions: (Array.isArray(granted) ? granted : String(granted ?? '').split(/[,;\s]+/)).filter((one): one is string => typeof one === 'string' && one !== ''),
    scope: jsonText(row, 'AllowedResourceScope'),
    isInScope: inScope === 'true' ? true : inScope === 'false' ? false : undefined,
  }
}
