import type { Context } from '../../../core/ports/context.ts'
import { HttpClient, type HttpClientOptions, type HttpSender } from '../http/http-client.ts'
import type { MicrosoftHosts } from './clouds.ts'
import { GraphClient } from './graph-client.ts'
import { type AppIdentity, AppTokens } from './sign-in/app-tokens.ts'
import type { TokenSource } from './sign-in/token-source.ts'

/** All that it takes to reach a tenant as an app. */
export interface MicrosoftAccess {
  readonly hosts: MicrosoftHosts
  readonly app: AppIdentity
  readonly tls: Pick<HttpClientOptions, 'certificateAuthorities' | 'verifiesCertificates'>
}

/** A tenant that is reached; nothing is sent by making it. */
export interface MicrosoftConnection {
  readonly http: HttpSender
  readonly hosts: MicrosoftHosts
  readonly tokens: TokenSource
  readonly graph: GraphClient
  /** Ends all connections. May be called twice. */
  close(): void
}

/** Connects to a tenant. Throws `config` for a certificate that cannot be used. */
export function connectMicrosoft(
  { hosts, app, tls }: MicrosoftAccess,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  randomBytes: (size: number) => Uint8Array,
): MicrosoftConnection {
  const http = new HttpClient(tls)
  const tokens = new AppTokens({ http, hosts, clock, randomBytes }, app)
  const graph = new GraphClient({ http, hosts, tokens, clock, randomBytes, signal })
  return { http, hosts, tokens, graph, close: () => http.close() }
}
