import type { MicrosoftEndpoint } from '../../control/microsoft-365/microsoft-endpoint.ts'
import { unscopedReasonOf } from '../../control/microsoft-365/scope/application-roles.ts'
import { scopedPermissionsOf, scopeText, tenantWidePermissionsOf } from '../../control/microsoft-365/scope/mailbox-scope.ts'
import { hangingLines } from './line-cells.ts'
import type { Style } from './style.ts'
import { toTerminalText, wrapCells } from './terminal-text.ts'

/** How far an endpoint's app is to reach, as `--json` gives it. */
export function scopeObject(endpoint: MicrosoftEndpoint): object {
  const { name, scope = null } = endpoint
  const limited = scope === null ? [] : scopedPermissionsOf(endpoint).map(({ permission, role }) => ({ permission: permission.value, role }))
  const tenantWide = tenantWidePermissionsOf(endpoint).map((permission) => ({ permission: permission.value, ...(scope !== null && { reason: unscopedReasonOf(permission) }) }))
  return { type: 'scope', name, scope, limited, tenantWide }
}

/** The same for a person. */
export function scopeLines(endpoint: MicrosoftEndpoint, style: Style, lineCells: number): readonly string[] {
  const { name, scope } = endpoint
  if (scope === undefined) return [`The endpoint ${name} has no scope: its app is to reach every mailbox of the tenant.`]
  const limited = scopedPermissionsOf(endpoint)
  const tenantWide = tenantWidePermissionsOf(endpoint)
  const cells = Math.max(...[...limited.map(({ permission }) => permission), ...tenantWide].map(({ value }) => value.length))
  const row = (value: string, text: string): readonly string[] => hangingLines(`  ${value.padEnd(cells)}  `, cells + 4, text, lineCells)
  return [
    ...wrapCells(`The endpoint ${name} is to be limited to ${toTerminalText(scopeText(scope))}, in what it does by`, lineCells),
    ...limited.flatMap(({ permission, role }) => row(permission.value, role)),
    ...(tenantWide.length === 0 ? [] : ['These stay for the whole tenant:', ...tenantWide.flatMap((permission) => row(permission.value, unscopedReasonOf(permission)))]),
  ]
}
