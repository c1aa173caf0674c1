import type { SignInWay } from '../../../control/microsoft-365/bootstrap/administrator.ts'
import { UsageError } from '../../../control/usage-error.ts'

/** How an administrator signs in, as options say it. */
export interface SignInOptions {
  readonly deviceCode?: boolean
  readonly port?: string
  readonly signInClient?: string
  readonly leaveExchange?: boolean
}

/** Reads the options. Throws `UsageError`. */
export function readSignInWay({ deviceCode, port, signInClient }: SignInOptions): SignInWay {
  return {
    type: deviceCode === true ? 'device-code' : 'browser',
    ...(port !== undefined && { port: readPort(port) }),
    ...(signInClient !== undefined && { clientId: signInClient }),
  }
}

/** Reads a port. Throws `UsageError`. */
export function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new UsageError('endpoint-port', `--port: "${text.slice(0, 20)}" is no port.`, 'Give a number from 1 to 65535, or leave it out.')
}
