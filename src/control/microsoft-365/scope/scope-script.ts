import { odataText } from '../../../connectors/kit/microsoft/graph-path.ts'
import { powershellText } from '../../../connectors/kit/microsoft/powershell-text.ts'
import { appNameOf } from '../bootstrap/bootstrap.ts'
import { environments } from '../bootstrap/by-hand.ts'
import { resourceAppIds } from '../bootstrap/directory.ts'
import { accessOf, type MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { type MailboxScope, type ScopedPermission, scopedPermissionsOf } from './mailbox-scope.ts'

/**
 * A script for PowerShell that limits an endpoint's app to some mailboxes by RBAC for Applications (exchange.md 1.2): the roles in
 * the scope first, then, once a person says that Exchange has had its time, the tenant-wide grants are taken away that they replace,
 * since what is granted adds up. May be run again.
 * Throws `config` when the endpoint has no app.
 */
export function scopeScript(endpoint: MicrosoftEndpoint, scope: MailboxScope): string {
  const { clientId } = accessOf(endpoint).app
  const name = powershellText(appNameOf(endpoint.name))
  const scoped = scopedPermissionsOf(endpoint)
  const limit = scope.type === 'administrativeUnit' ? `-RecipientAdministrativeUnitScope ${powershellText(scope.id)}` : `-CustomResourceScope ${name}`
  return script(endpoint, clientId, `Limits the app ${name} to some mailboxes.`, [
    '# Exchange has to know the app by its enterprise application.',
    'if (-not (Get-ServicePrincipal | Where-Object { $_.AppId -eq $app.AppId })) {',
    `  New-ServicePrincipal -AppId $app.AppId -ObjectId $app.Id -DisplayName ${name} | Out-Null`,
    '}',
    ...scopeLines(scope, name),
    ...takeRolesAway,
    `foreach ($role in ${list(scoped.map(({ role }) => role))}) {`,
    `  New-ManagementRoleAssignment -App $app.Id -Role $role ${limit} | Out-Null`,
    '}',
    '# Exchange keeps what an app may do for 30 minutes to 2 hours, so until then nothing is taken away: it would shut the app out.',
    "Read-Host 'The app has its roles in the scope. Wait 2 hours, then press Enter to take its tenant-wide grants away' | Out-Null",
    '# What is granted adds up: without this the scope would limit nothing.',
    `$replaced = ${valuesOf(scoped)}`,
    '$ids = @($graph.AppRoles | Where-Object { $replaced -contains $_.Value } | ForEach-Object { $_.Id })',
    'Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id -All | Where-Object { $_.ResourceId -eq $graph.Id -and $ids -contains $_.AppRoleId } | ForEach-Object {',
    '  Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id -AppRoleAssignmentId $_.Id',
    '}',
    '# Which roles it has now, and where; with -Resource ADDRESS also whether a mailbox is in the scope.',
    'Test-ServicePrincipalAuthorization -Identity $app.Id | Format-Table RoleName, AllowedResourceScope, ScopeType, InScope',
  ])
}

/** The way back: a script that gives an endpoint's app its tenant-wide grants again, and takes its roles in Exchange away. */
export function unscopeScript(endpoint: MicrosoftEndpoint): string {
  const { clientId } = accessOf(endpoint).app
  const name = powershellText(appNameOf(endpoint.name))
  return script(endpoint, clientId, `Lets the app ${name} reach all mailboxes again.`, [
    `$wanted = ${valuesOf(scopedPermissionsOf(endpoint))}`,
    '$has = @(Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id -All | ForEach-Object { $_.AppRoleId })',
    'foreach ($role in $graph.AppRoles | Where-Object { $wanted -contains $_.Value -and $has -notcontains $_.Id }) {',
    '  New-MgServicePrincipalAppRoleAssignedTo -ServicePrincipalId $graph.Id -PrincipalId $app.Id -ResourceId $graph.Id -AppRoleId $role.Id | Out-Null',
    '}',
    ...takeRolesAway,
    `Get-ManagementScope | Where-Object { $_.Name -eq ${name} } | ForEach-Object { Remove-ManagementScope -Identity $_.Name -Confirm:$false }`,
  ])
}

const takeRolesAway = [
  '# Roles that the app had before are given anew, or not any more.',
  "Get-ManagementRoleAssignment | Where-Object { $_.RoleAssigneeName -eq $app.Id -and \"$($_.Role)\" -like 'Application *' } | ForEach-Object {",
  '  Remove-ManagementRoleAssignment -Identity $_.Identity -Confirm:$false',
  '}',
]

function script({ cloud, tenantId }: MicrosoftEndpoint, clientId: string, purpose: string, lines: readonly string[]): string {
  const principalOf = (appId: string): string => `Get-MgServicePrincipal -Filter ${powershellText(`appId eq ${odataText(appId)}`)}`
  return [
    `# ${purpose} Needs: Install-Module ExchangeOnlineManagement, Microsoft.Graph`,
    "$ErrorActionPreference = 'Stop'",
    `Connect-MgGraph -TenantId ${powershellText(tenantId)} -Environment ${environments[cloud].graph} -Scopes 'Application.Read.All', 'AppRoleAssignment.ReadWrite.All' -NoWelcome`,
    `Connect-ExchangeOnline -ExchangeEnvironmentName ${environments[cloud].exchange} -ShowBanner:$false`,
    `$app = ${principalOf(clientId)}`,
    `$graph = ${principalOf(resourceAppIds.graph)}`,
    "if (-not $app) { throw 'The tenant does not have the app.' }",
    ...lines,
    'Disconnect-ExchangeOnline -Confirm:$false',
    'Disconnect-MgGraph | Out-Null',
    '',
  ].join('\n')
}

/** An administrative unit needs no scope of its own: Microsoft recommends to name it in the assignment. */
function scopeLines(scope: MailboxScope, name: string): readonly string[] {
  if (scope.type === 'administrativeUnit') return []
  const filter =
    scope.type === 'filter'
      ? [`$filter = ${powershellText(scope.filter)}`]
      : [
          '# Members of groups within the group do not count.',
          `$group = (Get-Group -Identity ${powershellText(scope.group)}).DistinguishedName`,
          "$filter = \"MemberOfGroup -eq '$($group.Replace(\"'\", \"''\"))'\"",
        ]
  return [
    ...filter,
    `if (Get-ManagementScope | Where-Object { $_.Name -eq ${name} }) { Set-ManagementScope -Identity ${name} -RecipientRestrictionFilter $filter } else { New-ManagementScope -Name ${name} -RecipientRestrictionFilter $filter | Out-Null }`,
  ]
}

function valuesOf(scoped: readonly ScopedPermission[]): string {
  return list(scoped.map(({ permission }) => permission.value))
}

function list(texts: readonly string[]): string {
  return `@(${texts.map(powershellText).join(', ')})`
}
