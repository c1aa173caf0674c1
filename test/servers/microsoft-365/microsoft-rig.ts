import { randomBytes } from 'node:crypto'
import { HttpClient } from '../../../src/connectors/kit/http/http-client.ts'
import { customHosts, type MicrosoftHosts } from '../../../src/connectors/kit/microsoft/clouds.ts'
import { GraphClient } from '../../../src/connectors/kit/microsoft/graph-client.ts'
import { connectMicrosoft, type MicrosoftConnection } from '../../../src/connectors/kit/microsoft/microsoft-access.ts'
import type { AppCredential } from '../../../src/connectors/kit/microsoft/sign-in/app-credential.ts'
import type { AppIdentity } from '../../../src/connectors/kit/microsoft/sign-in/app-tokens.ts'
import type { SignInContext } from '../../../src/connectors/kit/microsoft/sign-in/sign-in-context.ts'
import type { TokenSource } from '../../../src/connectors/kit/microsoft/sign-in/token-source.ts'
import type { Context } from '../../../src/core/ports/context.ts'
import type { SandboxOptions } from '../../../src/sandbox/sandbox-options.ts'
import type { Cloud } from '../../../src/sandbox/tenant/cloud.ts'
import { StandingSandbox } from '../sandbox/standing-sandbox.ts'

/** A sandbox on a clock that stands still, and what this program needs to reach it. */
export class MicrosoftRig {
  readonly standing: StandingSandbox
  readonly http = new HttpClient()
  readonly #connections: MicrosoftConnection[] = []

  constructor(standing: StandingSandbox) {
    this.standing = standing
  }

  static async start(users = 2, messagesPerUser = 1, change: Partial<SandboxOptions> = {}): Promise<MicrosoftRig> {
    return new MicrosoftRig(await StandingSandbox.start(users, messagesPerUser, change))
  }

  get tenant() {
    return this.standing.tenant
  }

  get hosts(): MicrosoftHosts {
    const { signIn, graph, outlook, imap } = this.standing.sandbox.access
    return customHosts({ authority: signIn, graph, outlook, imap, cloud: this.tenant.cloud as Cloud })
  }

  /** The app that every sandbox has. */
  get app(): AppIdentity {
    return this.appWith({ type: 'secret', secret: this.tenant.clientSecret })
  }

  appWith(credential: AppCredential, clientId = this.tenant.clientId): AppIdentity {
    return { tenantId: this.tenant.id, clientId, credential }
  }

  /** The sandbox's time; a sleep moves it on. */
  get context(): Context & SignInContext {
    const { clock } = this.standing
    return {
      http: this.http,
      hosts: this.hosts,
      randomBytes,
      signal: new AbortController().signal,
      random: Math.random,
      log: () => undefined,
      clock: {
        now: () => clock.nowMs(),
        sleep: async (delayMs, signal) => {
          signal.throwIfAborted()
          clock.advance(delayMs)
        },
      },
    }
  }

  graph(tokens?: TokenSource): GraphClient {
    if (tokens !== undefined) return new GraphClient({ ...this.context, tokens })
    const connection = connectMicrosoft({ hosts: this.hosts, app: this.app, tls: {} }, this.context, randomBytes)
    this.#connections.push(connection)
    return connection.graph
  }

  async close(): Promise<void> {
    this.http.close()
    this.#connections.forEach((connection) => connection.close())
    await this.standing.sandbox.close()
  }
}
