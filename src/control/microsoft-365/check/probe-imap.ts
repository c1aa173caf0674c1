import { writeFile } from 'node:fs/promises'
import type { TokenSource } from '../../../connectors/kit/microsoft/sign-in/token-source.ts'
import { withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Context } from '../../../core/ports/context.ts'
import { parseEndpoint } from '../../endpoint.ts'
import { hostsOfEndpoint, type MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { bad, type Finding, good } from './finding.ts'

/** What Exchange's IMAP says to an app whose token is good and whose access to the mailbox is not (exchange.md 4.5, 5.4). */
const noAccess = new Set(['imap.auth.failed', 'imap.not-connected', 'imap.auth.not-authorized', 'imap.auth.disabled'])

/** Whether the app opens a mailbox by IMAP (exchange.md 5.4). Only reads. */
export async function probeImap(endpoint: MicrosoftEndpoint, tokens: TokenSource, user: string, authorityFile: string, context: Context): Promise<Finding> {
  const probe = { about: 'probe', name: 'imap' } as const
  try {
    const token = await withPatience(() => tokens.token('outlook', context.signal), context)
    const source = await (await parseEndpoint(await imapUrl(endpoint, user, authorityFile), 'IMAP')).withPassword(token).openSource(context)
    try {
      const folders = await source.discover()
      return good(probe, `the app opens the mailbox of ${user} by IMAP, with ${folders.length} folders`)
    } finally {
      await source.close()
    }
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    if (!noAccess.has(error.code)) return bad(probe, error.message.replace(/\.$/, ''), error.hint)
    return bad(
      probe,
      `Exchange does not let the app open the mailbox of ${user} by IMAP`,
      `Open it with "mailvan endpoint bootstrap ${endpoint.name} --imap-mailbox ${user}", which takes up to an hour; the app must be known to Exchange by its enterprise application, and IMAP be on for the mailbox (Set-CASMailbox -ImapEnabled $true).`,
    )
  }
}

async function imapUrl(endpoint: MicrosoftEndpoint, user: string, authorityFile: string): Promise<string> {
  const { host, port, security } = hostsOfEndpoint(endpoint).imap
  const { authorityPem, verifiesCertificates } = endpoint
  if (authorityPem !== undefined) await writeFile(authorityFile, authorityPem, { mode: 0o600 })
  const query = new URLSearchParams({
    auth: 'xoauth2',
    ...(security === 'plain' && { tls: 'off' }),
    ...(security === 'tls' && !verifiesCertificates && { tls: 'unverified' }),
    ...(security === 'tls' && authorityPem !== undefined && { ca: authorityFile }),
  })
  return `${security === 'tls' ? 'imaps' : 'imap'}://${encodeURIComponent(user)}@${host}:${port}?${query.toString()}`
}
