import type { Clock } from '../../../../core/ports/context.ts'
import type { HttpSender } from '../../http/http-client.ts'
import type { MicrosoftHosts } from '../clouds.ts'

/** What signing in needs of the world. */
export interface SignInContext {
  readonly http: HttpSender
  readonly hosts: MicrosoftHosts
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  /** Bytes that nobody can guess. */
  readonly randomBytes: (size: number) => Uint8Array
}

/** A random UUID (RFC 9562 version 4) of 16 bytes. */
export function toUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.map((byte, at) => (at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte))).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
