import { join } from 'node:path'
import { writeWholeFile } from '../../write-whole-file.ts'
import type { MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import type { Measurement } from './measurement.ts'

/** What a probe found, to be sent to who maintains this program. */
export interface ProbeFound {
  readonly endpoint: MicrosoftEndpoint
  readonly mailboxes: readonly string[]
  readonly version: string
  readonly atMs: number
  readonly wrote: boolean
  readonly measurements: readonly Measurement[]
}

/**
 * Saves what was found in `folder` and gives the file. Names of the tenant and of people are left out of it, unless
 * `withNames`; secrets are never in it. Throws `config` when it cannot be written.
 */
export async function saveProbeRecord(folder: string, found: ProbeFound, withNames: boolean): Promise<string> {
  const time = new Date(found.atMs).toISOString()
  const file = join(folder, `microsoft-365-${time.replace(/[:.]/g, '-')}.json`)
  await writeWholeFile(file, [toProbeRecord(found, withNames)])
  return file
}

/** The text of the record. */
export function toProbeRecord({ endpoint, mailboxes, version, atMs, wrote, measurements }: ProbeFound, withNames: boolean): string {
  const record = {
    type: 'microsoft-365-probe',
    version,
    at: new Date(atMs).toISOString(),
    cloud: endpoint.cloud,
    // A sandbox shows nothing about Microsoft.
    hosts: endpoint.hosts === undefined ? "Microsoft's" : 'other',
    wrote,
    ...(withNames && { tenantId: endpoint.tenantId, clientId: endpoint.app?.clientId, mailboxes }),
    measurements,
  }
  const text = `${JSON.stringify(record, undefined, 2)}\n`
  return withNames ? text : withoutNames(text, mailboxes)
}

const withheld = '(withheld)'
const guid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi
const address = /[^\s"'<>(),;:\\/]+@[^\s"'<>(),;:\\/]+/g

/** Every address, every id of a tenant, an app or a mailbox, and the domains of the mailboxes. */
function withoutNames(text: string, mailboxes: readonly string[]): string {
  const domains = mailboxes.flatMap((mailbox) => mailbox.split('@').slice(1)).filter((domain) => domain !== '')
  return domains.reduce((rest, domain) => rest.replaceAll(domain, withheld), text.replace(address, withheld).replace(guid, withheld))
}
