import { X509Certificate } from 'node:crypto'
import type { CloudName } from '../../../connectors/kit/microsoft/clouds.ts'
import type { ExchangeCommand } from '../../../connectors/kit/microsoft/exchange-admin.ts'
import { odataText } from '../../../connectors/kit/microsoft/graph-path.ts'
import { powershellText } from '../../../connectors/kit/microsoft/powershell-text.ts'
import { hostsOfEndpoint, type MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { tenantWidePermissionsOf } from '../scope/mailbox-scope.ts'
import { appNameOf } from './bootstrap.ts'
import { resourceAppIds } from './directory.ts'

/** As `Connect-MgGraph -Environment` and `Connect-ExchangeOnline -ExchangeEnvironmentName` name the clouds. */
export const environments: Readonly<Record<CloudName, { readonly graph: string; readonly exchange: string }>> = {
  worldwide: { graph: 'Global', exchange: 'O365Default' },
  'gcc-high': { graph: 'USGov', exchange: 'O365USGovGCCHigh' },
  dod: { graph: 'USGovDoD', exchange: 'O365USGovDoD' },
  china: { graph: 'China', exchange: 'O365China' },
}

/**
 * The page on which an administrator consents to exactly what an app's registration asks for (exchange.md 5.3). With a
 * `redirect` the browser is sent there afterwards.
 */
export function consentUrl(endpoint: MicrosoftEndpoint, clientId: string, redirect?: { readonly uri: string; readonly state: string }): string {
  const query = new URLSearchParams({ client_id: clientId, ...(redirect !== undefined && { redirect_uri: redirect.uri, state: redirect.state }) })
  return `${hostsOfEndpoint(endpoint).authority}/${endpoint.tenantId}/adminconsent?${query.toString()}`
}

/** A script for PowerShell that does what a bootstrap does; it holds nothing secret. The endpoint has its certificate. */
export function setUpScript(endpoint: MicrosoftEndpoint): string {
  const { credential, cloud, tenantId } = endpoint
  const certificate = new X509Certificate(credential?.type === 'certificate' ? credential.certificatePem : '')
  const wanted = tenantWidePermissionsOf(endpoint)
  const valuesOf = (resource: 'graph' | 'outlook') => wanted.filter((one) => one.resource === resource).map(({ value }) => powershellText(value)).join(', ')
  const needsExchangeRole = endpoint.work.includes('exchange')
  const scopes = ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', ...(needsExchangeRole ? ['RoleManagement.ReadWrite.Directory'] : [])]
  return [
    `# Sets up the app ${powershellText(appNameOf(endpoint.name))} for Mailvan. Needs: Install-Module Microsoft.Graph`,
    "$ErrorActionPreference = 'Stop'",
    `Connect-MgGraph -TenantId ${powershellText(tenantId)} -Environment ${environments[cloud].graph} -Scopes ${scopes.map(powershellText).join(', ')}`,
    // Run twice it would make a second app, and nobody would know which one the ids are of.
    `if (Get-MgApplication -Filter ${powershellText(`displayName eq ${odataText(appNameOf(endpoint.name))}`)}) { throw 'The tenant has an app of this name already. Remove it and run this again, or use its ids.' }`,
    `$graph = Get-MgServicePrincipal -Filter "appId eq '${resourceAppIds.graph}'"`,
    `$exchange = Get-MgServicePrincipal -Filter "appId eq '${resourceAppIds.outlook}'"`,
    `$wanted = @(@{ Service = $graph; Values = @(${valuesOf('graph')}) }, @{ Service = $exchange; Values = @(${valuesOf('outlook')}) })`,
    '$access = foreach ($one in $wanted | Where-Object { $_.Values.Count -gt 0 }) {',
    '  @{ resourceAppId = $one.Service.AppId; resourceAccess = @($one.Service.AppRoles | Where-Object { $one.Values -contains $_.Value } | ForEach-Object { @{ id = $_.Id; type = \'Role\' } }) }',
    '}',
    `$key = [Convert]::FromBase64String(${powershellText(certificate.raw.toString('base64'))})`,
    '$app = New-MgApplication -BodyParameter @{',
    `  displayName = ${powershellText(appNameOf(endpoint.name))}; signInAudience = 'AzureADMyOrg'; tags = @('mailvan')`,
    "  web = @{ redirectUris = @('http://localhost') }; requiredResourceAccess = @($access)",
    "  keyCredentials = @(@{ type = 'AsymmetricX509Cert'; usage = 'Verify'; key = $key; displayName = 'Mailvan' })",
    '}',
    'Start-Sleep -Seconds 30',
    '$principal = New-MgServicePrincipal -AppId $app.AppId',
    'Start-Sleep -Seconds 30',
    'foreach ($one in $wanted) {',
    '  foreach ($role in $one.Service.AppRoles | Where-Object { $one.Values -contains $_.Value }) {',
    '    New-MgServicePrincipalAppRoleAssignedTo -ServicePrincipalId $one.Service.Id -PrincipalId $principal.Id -ResourceId $one.Service.Id -AppRoleId $role.Id | Out-Null',
    '  }',
    '}',
    ...(needsExchangeRole
      ? ["New-MgRoleManagementDirectoryRoleAssignment -PrincipalId $principal.Id -RoleDefinitionId '29232cdf-9323-42fd-ade2-1d097af3e4de' -DirectoryScopeId '/' | Out-Null"]
      : []),
    'Disconnect-MgGraph | Out-Null',
    '"client id: $($app.AppId)"',
    '"enterprise application: $($principal.Id)"',
    '',
  ].join('\n')
}

/** Exchange's commands as a person enters them in its PowerShell. */
export function exchangeScript(cloud: CloudName, commands: readonly ExchangeCommand[]): string {
  return [
    '# Needs: Install-Module ExchangeOnlineManagement',
    `Connect-ExchangeOnline -ExchangeEnvironmentName ${environments[cloud].exchange}`,
    ...commands.map(({ name, parameters }) => [name, ...Object.entries(parameters).map(([key, value]) => argument(key, value))].join(' ')),
    'Disconnect-ExchangeOnline -Confirm:$false',
    '',
  ].join('\n')
}

function argument(name: string, value: unknown): string {
  if (typeof value === 'boolean') return `-${name}:$${String(value)}`
  const values = Array.isArray(value) ? value : [value]
  return `-${name} ${values.map((one) => powershellText(String(one))).join(', ')}`
}
