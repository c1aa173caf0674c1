import { randomBytes } from 'node:crypto'
import { MigrationError } from '../../core/errors.ts'
import type { Target } from '../../core/ports/connector.ts'
import type { Context } from '../../core/ports/context.ts'
import type { HttpSender } from '../kit/http/http-client.ts'
import type { ExchangeAdmin } from '../kit/microsoft/exchange-admin.ts'
import type { GraphCaller } from '../kit/microsoft/graph-client.ts'
import { graphPath } from '../kit/microsoft/graph-path.ts'
import type { JsonObject } from '../kit/microsoft/read-json.ts'
import { connectMicrosoft } from '../kit/microsoft/microsoft-access.ts'
import { readTokenClaims } from '../kit/microsoft/sign-in/token-claims.ts'
import { accessOf, type GraphConfig } from './config.ts'
import { exchangeCommands } from '../kit/microsoft/exchange-commands.ts'
import { jsonText } from '../kit/microsoft/json-values.ts'
import { isExchangeId } from './exchange-id.ts'
import { mailEssence } from './mail/mail-essence.ts'
import { MailboxClient } from './mailbox-client.ts'
import { limitsAt, type MailboxPaces } from './mailbox-pace.ts'
import type { MemoryShare, MemoryShares } from './memory-shares.ts'
import type { OpenByImap } from './open-by-imap.ts'

/** A mailbox that answers. */
export interface OpenedMailbox {
  readonly client: MailboxClient
  readonly exchange: ExchangeAdmin
  /** For URLs that need no token and count in no budget. */
  readonly http: HttpSender
  readonly memory: MemoryShare
  /** Idempotent. */
  close(): void
}

/** What all mailboxes of this process share. */
export interface SharedLimits {
  readonly paces: MailboxPaces
  readonly memory: MemoryShares
}

/**
 * Signs in and finds the mailbox. Throws as the sign-in does, and `config` where the user has no such mailbox or the cloud no
 * such interface.
 */
export async function openMailbox(config: GraphConfig, context: Context, { paces, memory }: SharedLimits): Promise<OpenedMailbox> {
  const access = accessOf(config)
  context.signal.throwIfAborted()
  const connection = connectMicrosoft(access, context, randomBytes)
  const { graph, hosts, http, tokens, close } = connection
  try {
    const { mailboxId, version } = await findMailbox(graph, config)
    const client = new MailboxClient({
      graph,
      http,
      pace: paces.of(access.app.clientId, mailboxId, config.limits ?? (hosts.pace && limitsAt(hosts.pace))),
      context,
      randomBytes,
      mailboxId,
      graphUrl: hosts.graph,
      // The ordinary interfaces know an archive by its id alone (exchange.md 2.3).
      userName: config.isArchive ? mailboxId : config.mailbox,
      version,
      roles: readTokenClaims(await tokens.token('graph', context.signal)).roles,
    })
    const exchange = exchangeCommands(connection, access.app.tenantId, context, randomBytes)
    const share = memory.open()
    const closeAll = (): void => {
      share.close()
      close()
    }
    return { client, exchange, http, memory: share, close: closeAll }
  } catch (error) {
    close()
    throw error
  }
}

/** Signs in and opens the mailbox by IMAP; tokens are renewed for as long as it is open. */
export async function openTargetByImap(config: GraphConfig, context: Context, openByImap: OpenByImap): Promise<Target> {
  const access = accessOf(config)
  const { hosts, tokens, close } = connectMicrosoft(access, context, randomBytes)
  const accessToken = (signal: AbortSignal): Promise<string> => tokens.token('outlook', signal)
  try {
    const { mailbox: user, sessionsMax } = config
    const target = await openByImap({ server: hosts.imap, tls: access.tls, user, accessToken, sessionsMax }, context)
    const closeTarget = target.close.bind(target)
    const closeBoth = async (): Promise<void> => {
      await closeTarget()
      close()
    }
    return Object.assign(target, { essences: [mailEssence], isOfAnotherWay: isExchangeId, close: closeBoth })
  } catch (error) {
    close()
    throw error
  }
}

type Version = 'v1.0' | 'beta'

/** Archives are known to beta alone, and some clouds know none of it (exchange.md 0.3, 2.1). */
async function findMailbox(graph: GraphCaller, config: GraphConfig): Promise<{ readonly mailboxId: string; readonly version: Version }> {
  if (config.isArchive) {
    const mailboxId = jsonText(await readSettings(graph, config.mailbox, 'beta'), 'inPlaceArchiveMailboxId')
    if (mailboxId === '') throw noArchive()
    return { mailboxId, version: 'beta' }
  }
  for (const version of ['v1.0', 'beta'] as const) {
    try {
      const mailboxId = jsonText(await readSettings(graph, config.mailbox, version), 'primaryMailboxId')
      if (mailboxId !== '') return { mailboxId, version }
    } catch (error) {
      if (!(error instanceof MigrationError) || error.code !== 'graph.not-offered' || version === 'beta') throw error
    }
  }
  throw new MigrationError('config', 'graph.not-offered', {
    message: 'This interface is not offered by the tenant\'s cloud.',
    hint: 'Move the mail alone, by IMAP: mailvan endpoint check NAME shows which ways there are.',
  })
}

async function readSettings(graph: GraphCaller, user: string, version: Version): Promise<JsonObject> {
  const path = graphPath`/users/${user}/settings/exchange`
  return (await graph.call({ method: 'GET', path, version, permission: 'User.Read.All' })).json
}

function noArchive(): MigrationError {
  return new MigrationError('config', 'graph.mailbox.no-archive', {
    message: 'The mailbox has no in-place archive.',
    hint: 'Leave ?archive=1 out, or have the archive switched on (Enable-Mailbox -Archive).',
  })
}
