import { X509Certificate } from 'node:crypto'
import type { MicrosoftEndpoint } from '../../control/microsoft-365/microsoft-endpoint.ts'
import { scopeText } from '../../control/microsoft-365/scope/mailbox-scope.ts'
import { permissionsOf } from '../../control/microsoft-365/work.ts'
import { hangingLines } from './line-cells.ts'
import type { Style } from './style.ts'
import { toTerminalText } from './terminal-text.ts'

const labelCells = 11

/** An endpoint as `--json` gives it: everything but its secrets. */
export function endpointObject(endpoint: MicrosoftEndpoint): object {
  const { credential, authorityPem, ...rest } = endpoint
  return {
    type: 'endpoint',
    kind: 'microsoft-365',
    ...rest,
    permissions: permissionsOf(endpoint.side, endpoint.work).map(({ value }) => value),
    hasAuthority: authorityPem !== undefined,
    credential: credential === undefined ? null : credential.type === 'secret' ? { type: 'secret' } : { type: 'certificate', ...certificateFacts(credential.certificatePem) },
  }
}

/** The same for a person. */
export function endpointLines(endpoint: MicrosoftEndpoint, style: Style, cells: number): readonly string[] {
  const { name, tenantId, cloud, hosts, side, work, app, credential, verifiesCertificates } = endpoint
  const rows = [
    ['tenant', tenantId],
    ['cloud', hosts === undefined ? cloud : `${cloud}, at ${hosts.graph}`],
    ...(hosts?.pace === undefined ? [] : [['pace', `its clock goes ${hosts.pace.timeFactor} times as fast, and it lets in ${hosts.pace.limitPercent} % of Microsoft's limits`]]),
    ['side', side],
    ['work', work.join(', ')],
    ['needs', permissionsOf(side, work).map(({ value }) => value).join(', ')],
    ...(endpoint.scope === undefined ? [] : [['scope', scopeText(endpoint.scope)]]),
    ['app', app === undefined ? 'not set up yet' : `${app.clientId}${app.isOurs ? ', made by Mailvan' : ''}`],
    ['proof', proofOf(credential)],
    ...(verifiesCertificates ? [] : [['warning', 'any server certificate is accepted']]),
    ['mailboxes', `m365://${name}/ADDRESS`],
  ]
  const lines = rows.flatMap(([label = '', text = '']) => hangingLines(`  ${style.paint('dim', label.padEnd(labelCells))}`, labelCells + 2, toTerminalText(text), cells))
  return [toTerminalText(name), ...lines]
}

function proofOf(credential: MicrosoftEndpoint['credential']): string {
  if (credential === undefined) return 'none yet'
  if (credential.type === 'secret') return 'a client secret'
  const { validUntil, thumbprint } = certificateFacts(credential.certificatePem)
  return `a certificate, valid until ${validUntil.slice(0, 10)}, SHA-1 ${thumbprint}`
}

/** As Entra's pages show a certificate. */
function certificateFacts(pem: string): { readonly validUntil: string; readonly thumbprint: string } {
  const certificate = new X509Certificate(pem)
  return { validUntil: certificate.validToDate.toISOString(), thumbprint: certificate.fingerprint.replaceAll(':', '') }
}
