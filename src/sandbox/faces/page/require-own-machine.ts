import { BlockList, isIPv6 } from 'node:net'
import { ControlError } from './control-error.ts'

/** Where a request came from, as the server knows it. */
export interface RequestOrigin {
  readonly incoming: { readonly socket: { readonly remoteAddress?: string | undefined } }
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const ownHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Lets through what this machine itself asks for: a script, or the sandbox's own page in a browser. Throws 403 for other
 * machines, for names that somebody else's DNS points here, and for forms of other pages.
 */
export function requireOwnMachine(request: Request, { incoming }: RequestOrigin): void {
  const address = incoming.socket.remoteAddress ?? ''
  if (!loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))
    throw new ControlError(403, 'not-loopback', 'Only this machine itself may change its sandbox.')
  const url = new URL(request.url)
  if (!ownHosts.has(url.hostname)) throw new ControlError(403, 'foreign-host', `The sandbox is not called ${url.hostname}.`)
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  const isOwnPage = (origin === null || origin === url.origin) && (site === null || site === 'same-origin' || site === 'none')
  if (!isOwnPage) throw new ControlError(403, 'foreign-page', 'Another page may not change the sandbox.')
}
