import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * A loopback TCP port that nobody listened on a moment ago. Another process may take it before the caller does, so
 * whoever binds it must be ready to ask for another.
 */
export async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resolve(port))
  })
  return promise
}

/** Two free ports whose distance is `distance`: measuring tools expect TLS at a fixed distance from the plain port. */
export async function freePortPair(distance: number): Promise<{ first: number; second: number }> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = await freePort()
    if (first + distance < 65_536 && (await isFree(first + distance))) return { first, second: first + distance }
  }
  throw new Error(`found no two free ports at a distance of ${distance}`)
}

async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  return promise
}
