import type { Capabilities } from '../../core/model/capabilities.ts'
import type { Connector } from '../../core/ports/connector.ts'
import { canonicalGraphUrl, type GraphConfig, parseGraphUrl } from './config.ts'
import { ExchangeReader } from './exchange/reader.ts'
import { ExchangeTarget } from './exchange/target.ts'
import { MailboxPaces } from './mailbox-pace.ts'
import { openMailbox, type OpenedMailbox } from './open-mailbox.ts'

const paces = new MailboxPaces()

/** Mailboxes of Microsoft 365 by Microsoft Graph. */
export const graphConnector: Connector<GraphConfig> = {
  kind: 'graph',
  forms: ['exchange'],
  schemes: ['m365'],
  parseUrl: parseGraphUrl,
  canonicalUrl: canonicalGraphUrl,
  endpointName: ({ endpoint }) => endpoint,
  needsPassword: () => false,
  openSource: async (config, context) => {
    const opened = await openMailbox(config, context, paces)
    return new ExchangeReader(opened, capabilitiesOf(config, opened))
  },
  openTarget: async (config, context) => {
    const opened = await openMailbox(config, context, paces)
    return new ExchangeTarget(opened, capabilitiesOf(config, opened))
  },
}

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
    announced: client.roles.toSorted(),
  }
}
