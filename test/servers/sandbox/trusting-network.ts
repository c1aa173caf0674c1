import { Agent, request } from 'node:https'
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node'

/** A network for MSAL that trusts a sandbox's authority; MSAL's own trusts only what the process trusts. */
export function createTrustingNetwork(authorityPem: string): INetworkModule {
  const agent = new Agent({ ca: authorityPem })
  const send = async <T>(method: string, url: string, options: NetworkRequestOptions = {}): Promise<NetworkResponse<T>> => {
    const { status, headers, text } = await sendHttps(agent, method, url, options)
    return { status, headers, body: JSON.parse(text) as T }
  }
  return {
    sendGetRequestAsync: (url, options) => send('GET', url, options),
    sendPostRequestAsync: (url, options) => send('POST', url, options),
  }
}

/** An answer, read whole. */
export interface HttpsAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly bytes: Buffer
  readonly text: string
}

/** One HTTPS request, redirects not followed. */
export async function sendHttps(
  agent: Agent,
  method: string,
  url: string,
  options: NetworkRequestOptions = {},
): Promise<HttpsAnswer> {
  const answered = Promise.withResolvers<HttpsAnswer>()
  const outgoing = request(url, { method, agent, headers: options.headers ?? {} }, (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', answered.reject)
    response.on('end', () => {
      const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
      const bytes = Buffer.concat(chunks)
      answered.resolve({ status: response.statusCode ?? 0, headers, bytes, text: bytes.toString('utf8') })
    })
  })
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    // The server gave up a connection that was kept, in the moment in which it was used again: nothing was begun.
    if (outgoing.reusedSocket && error.code === 'ECONNRESET') answered.resolve(sendHttps(agent, method, url, options))
    else answered.reject(error)
  })
  outgoing.end(options.body)
  return answered.promise
}
