import { randomBytes } from 'node:crypto'
import { HttpClient, type HttpClientOptions, type HttpSender } from '../../connectors/kit/http/http-client.ts'
import { EndpointStore } from '../endpoints/endpoint-store.ts'
import type { Home } from '../home.ts'
import type { EndpointInput } from './resolve-endpoint.ts'

/** The named endpoints of a home, with the machine's randomness; `env` may hold MAILVAN_KEY. */
export function openEndpoints(home: Home, env: Readonly<Record<string, string | undefined>>): EndpointStore {
  return new EndpointStore(home, env, randomBytes)
}

/** A client over the machine's network. */
export function openHttp(options: HttpClientOptions): HttpClient {
  return new HttpClient(options)
}

/** Works with a client that verifies certificates as a person has said, and closes it. */
export async function withHttp<T>(
  { authorityPem, verifiesCertificates }: Pick<EndpointInput, 'authorityPem' | 'verifiesCertificates'>,
  work: (http: HttpSender) => Promise<T>,
): Promise<T> {
  const http = openHttp({ verifiesCertificates, ...(authorityPem !== undefined && { certificateAuthorities: [authorityPem] }) })
  try {
    return await work(http)
  } finally {
    http.close()
  }
}
