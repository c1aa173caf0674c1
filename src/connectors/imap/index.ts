import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Connector } from '../../core/ports/connector.ts'
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
