import type { ImapConfig } from '../../src/connectors/imap/config.ts'
import { imapConnector } from '../../src/connectors/imap/index.ts'
import { type ImapSandbox, startImapSandbox } from '../servers/sandbox/imap-sandbox.ts'
import type { Meddler } from '../servers/meddler.ts'
import { envelopes } from './enveloped-messages.ts'
import { ExchangeMailbox, refusalsOf } from './exchange-mailbox.ts'
import { startForgetfulWay } from './forgetful-way.ts'
import type { ConformanceMailbox, ConformanceServer, Refusal } from './harness.ts'
import { wrapped } from './wrapping.ts'

/** Exchange Online's IMAP, opened by an app's access tokens; every mailbox holds the messages of the suite wrapped. */
export async function startExchangeImap(): Promise<ConformanceServer<ImapConfig>> {
  const place = new Place(await startImapSandbox())
  return {
    connector: wrapped(imapConnector, envelopes),
    bigBytes: 5_000_000,
    pairRunsMax: 6,
    keepsDate: ({ epochMs }) => epochMs >= 0,
    secrets: [place.expired, place.token],
    canName: (name) => !['/', '*', '%', 'CASE'].some((text) => name.includes(text)),
    freshMailbox: async () => place.freshMailbox(),
    badConfigs: async () => {
      const good = place.freshMailbox().config
      return [
        { name: 'expired token', config: { ...good, password: place.expired }, kind: 'auth' },
        { name: 'a password', config: { ...good, password: 'wrong horse battery staple' }, kind: 'auth' },
        { name: 'nobody listens', config: { ...good, port: 1 }, kind: 'config' },
        { name: 'no TLS where it is asked for', config: { ...good, security: 'starttls' }, kind: 'config' },
      ]
    },
    stop: () => place.stop(),
  }
}

/** The server, and everything that was started around it. */
class Place {
  readonly token: string
  readonly expired: string
  readonly #sandbox: ImapSandbox
  readonly #meddlers: Meddler[] = []
  #users = 0

  constructor(sandbox: ImapSandbox) {
    this.#sandbox = sandbox
    this.token = sandbox.token()
    this.expired = sandbox.token(-60)
  }

  freshMailbox(): OAuthMailbox {
    return new OAuthMailbox(this, this.#sandbox, `user${++this.#users}@contoso.example`)
  }

  configOf(address: string, port = this.#sandbox.port): ImapConfig {
    const url = `imap://${encodeURIComponent(address)}@127.0.0.1:${port}?tls=off&auth=xoauth2`
    return imapConnector.parseUrl(url, { password: this.token })
  }

  /** A way to the server over which the first answer to an APPEND never comes. */
  async startForgetful(): Promise<number> {
    const meddler = await startForgetfulWay(this.#sandbox.port)
    this.#meddlers.push(meddler)
    return meddler.port
  }

  async stop(): Promise<void> {
    await Promise.all(this.#meddlers.map((meddler) => meddler.stop()))
    const defects = await this.#sandbox.stop()
    if (defects.length > 0) throw new AggregateError(defects, 'the sandbox has defects')
  }
}

class OAuthMailbox extends ExchangeMailbox implements ConformanceMailbox<ImapConfig> {
  readonly config: ImapConfig
  readonly #place: Place
  readonly #address: string

  constructor(place: Place, sandbox: ImapSandbox, address: string) {
    super(sandbox.mailbox(address), envelopes)
    this.#place = place
    this.#address = address
    this.config = place.configOf(address)
  }

  async withLostAnswer(): Promise<ImapConfig> {
    return this.#place.configOf(this.#address, await this.#place.startForgetful())
  }

  async refusals(): Promise<readonly Refusal<ImapConfig>[]> {
    // Of a full mailbox Exchange says no more than that it is not available.
    return refusalsOf([this.#place.freshMailbox(), this.#place.freshMailbox()], 'transient')
  }
}
