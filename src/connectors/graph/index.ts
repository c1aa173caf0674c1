import { MigrationError } from '../../core/errors.ts'
import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Connector } from '../../core/ports/connector.ts'
import { canonicalGraphUrl, type GraphConfig, parseGraphUrl } from './config.ts'
import { ExchangeReader } from './exchange/reader.ts'
import { ExchangeTarget } from './exchange/target.ts'
import { toMailAccess } from './mail/mail-access.ts'
import { MailReader } from './mail/reader.ts'
import { MailTarget } from './mail/target.ts'
import { MailboxPaces } from './mailbox-pace.ts'
import { MemoryShares } from './memory-shares.ts'
import type { OpenByImap } from './open-by-imap.ts'
import { openMailbox, type OpenedMailbox, openTargetByImap } from './open-mailbox.ts'

const paces = new MailboxPaces()
/** For items on their way and those above their shares, beside what is still being collected: with the program itself below 200 MB. */
const memory = new MemoryShares(32 * 1024 * 1024, 40 * 1024 * 1024)

/**
 * Mailboxes of Microsoft 365 by Microsoft Graph. Mail goes in by IMAP where a URL says so, and where the tenant's cloud has
 * no other way; only with `openByImap`.
 */
export function makeGraphConnector(openByImap?: OpenByImap): Connector<GraphConfig> {
  return {
    kind: 'graph',
    forms: ['exchange', 'mail'],
    schemes: ['m365'],
    parseUrl: parseGraphUrl,
    canonicalUrl: canonicalGraphUrl,
    endpointName: ({ endpoint }) => endpoint,
    needsPassword: () => false,
    openSource: async (config, context, form = 'exchange') => {
      const opened = await openMailbox(config, context, { paces, memory })
      const whole = new ExchangeReader(opened, capabilitiesOf(config, opened))
      return form === 'exchange' ? whole : new MailReader(whole, toMailAccess(opened))
    },
    openTarget: async (config, context, form = 'exchange') => {
      if (form === 'mail' && config.via === 'imap' && openByImap !== undefined) return openTargetByImap(config, context, openByImap)
      try {
        const opened = await openMailbox(config, context, { paces, memory })
        const whole = new ExchangeTarget(opened, capabilitiesOf(config, opened))
        if (form === 'exchange') return whole
        return new MailTarget(whole, toMailAccess(opened), { via: config.via, uploads: opened.http })
      } catch (error) {
        const isElsewhere = error instanceof MigrationError && error.code === 'graph.not-offered' && config.via === 'auto'
        if (!isElsewhere || form !== 'mail' || openByImap === undefined) throw error
        return openTargetByImap(config, context, openByImap)
      }
    },
  }
}

/** The same without a way by IMAP. */
export const graphConnector = makeGraphConnector()

/** The longest item that a mailbox can be set to take (exchange.md 4.3). */
const itemSizeBytesMax = 150 * 1024 * 1024

function capabilitiesOf({ sessionsMax }: GraphConfig, { client }: OpenedMailbox): Capabilities {
  return {
    preservesBytes: false,
    datePrecisionMs: 1000,
    storesKeywords: true,
    form: 'exchange',
    replacesItems: true,
    sessionsMax,
    itemSizeBytesMax,
    folderNaming: {
      forbidden: '',
      nameBytesMax: 255,
      depthMax: 250,
      isCaseSensitive: false,
      inboxHoldsFolders: true,
      reserved: [],
    },
    announced: client.roles.filter((role) => role.startsWith('Mail')).toSorted(),
  }
}
