import { dovecotVersion, findDovecot } from '../../test/servers/dovecot-binary.ts'
import type { Tool } from './tool.ts'

/** What of the source dsync may ask for in advance, when told; by default it waits for every message's header. */
const prefetchCount = 20

/**
 * Dovecot's own dsync: reads the source by IMAP and writes the target's store directly, without a target session. As
 * its guides show it, or tuned for a distant source: that is worth a factor of five at 40 ms (2.3.19), known to few.
 */
export function doveadmTool(isTuned: boolean): Tool {
  return {
    name: isTuned ? 'doveadm-tuned' : 'doveadm',
    note: isTuned ? `and mail_prefetch_count=${prefetchCount}` : 'backup -R imapc:, writes the store directly',
    phases: ['copy', 'no-op', '+1 %'],
    // Comes with the server, and does not tell its own version.
    findVersion: async () => {
      const dovecot = await findDovecot()
      return dovecot && (await dovecotVersion(dovecot))
    },
    async prepare(job) {
      const settings = {
        imapc_host: '127.0.0.1',
        imapc_port: job.tls ? job.source.tlsPort : job.source.port,
        imapc_user: job.source.user,
        imapc_password: job.source.password,
        imapc_ssl: job.tls ? 'imaps' : 'no',
        imapc_ssl_verify: 'no',
        imapc_features: 'rfc822.size fetch-headers fetch-bodystructure',
        ...(isTuned && { mail_prefetch_count: prefetchCount }),
      }
      const overrides = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
      const args = ['-c', job.targetConfigFile, ...overrides, 'backup', '-R', '-u', job.target.user, 'imapc:']
      return { file: 'doveadm', args }
    },
  }
}
