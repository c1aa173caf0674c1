import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Connector, Target } from '../../core/ports/connector.ts'
import type { Context } from '../../core/ports/context.ts'
import { canonicalImapUrl, type ImapConfig, parseImapUrl } from './config.ts'
import { Sessions } from './sessions.ts'
import { ImapReader } from './source.ts'
import { ImapTarget } from './target.ts'

/** Any IMAP4rev1 or rev2 server (RFC 3501, 9051). Extensions are used when announced; nothing needs any. */
export const imapConnector: Connector<ImapConfig> = {
  kind: 'imap',
  forms: ['mail'],
  schemes: ['imaps', 'imap'],
  parseUrl: parseImapUrl,
  canonicalUrl: canonicalImapUrl,
  needsPassword: (config) => config.password === undefined,
  openSource: async (config, context) => {
    const { sessions, capabilities } = await open(config, context)
    return new ImapReader(sessions, capabilities)
  },
  openTarget: async (config, context) => {
    const { sessions, capabilities } = await open(config, context)
    return new ImapTarget(sessions, capabilities)
  },
}

/** An account that is opened by access tokens, which are asked for at each login. */
export interface TokenAccount {
  readonly server: { readonly host: string; readonly port: number; readonly security: 'tls' | 'plain' }
  readonly tls: { readonly certificateAuthorities?: readonly string[]; readonly verifiesCertificates?: boolean }
  readonly user: string
  readonly accessToken: (signal: AbortSignal) => Promise<string>
  readonly sessionsMax: number
}

/** Opens such an account for writing (XOAUTH2). Throws as `openTarget`, and what `accessToken` throws. */
export function openByToken({ server, tls, ...account }: TokenAccount, context: Context): Promise<Target> {
  const config: ImapConfig = {
    ...server,
    ...account,
    mechanism: 'XOAUTH2',
    verifiesCertificate: tls.verifiesCertificates !== false,
    certificateAuthorities: tls.certificateAuthorities ?? [],
    compression: 'auto',
  }
  return imapConnector.openTarget(config, context)
}

async function open(config: ImapConfig, context: Context): Promise<{ sessions: Sessions; capabilities: Capabilities }> {
  const sessions = new Sessions(config, context)
  const control = await sessions.control()
  return { sessions, capabilities: capabilitiesOf(config, [...control.capabilities]) }
}

function capabilitiesOf(config: ImapConfig, announced: readonly string[]): Capabilities {
  const limit = announced.map((name) => /^APPENDLIMIT=(\d+)$/.exec(name)?.[1]).find((found) => found !== undefined)
  return {
    // Dovecot 2.3 changes line ends and NUL and answers OK; no server promises otherwise.
    preservesBytes: false,
    datePrecisionMs: 1000,
    storesKeywords: true,
    sessionsMax: config.sessionsMax,
    ...(limit === undefined ? {} : { itemSizeBytesMax: Number(limit) }),
    folderNaming: {
      // The separator, and what else is refused, is known with the first listing of a target.
      forbidden: '/*%\\',
      nameBytesMax: 200,
      depthMax: 30,
      isCaseSensitive: true,
      inboxHoldsFolders: true,
      reserved: [],
    },
    announced,
  }
}
