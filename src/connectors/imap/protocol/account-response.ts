import { Scanner, toByteString, toNumber } from './tokens.ts'

/** A quota root and what of it is used (RFC 9208). STORAGE counts in units of 1024 bytes, MESSAGE in messages. */
export interface Quota {
  readonly root: string
  readonly resources: readonly { readonly name: string; readonly usage: number; readonly limit: number }[]
}

/** Reads a QUOTA response; undefined for any other. Throws `imap.protocol.garbage`. */
export function parseQuota(text: string, literals: readonly Uint8Array[] = []): Quota | undefined {
  if (!/^\* QUOTA /i.test(text)) return undefined
  const scanner = new Scanner(text, literals, 8)
  const root = scanner.nilOrString() ?? ''
  const list = scanner.list()
  const resources = []
  for (let at = 0; at + 2 < list.length; at += 3) {
    const name = toByteString(list[at])?.toUpperCase()
    const usage = toNumber(list[at + 1])
    const limit = toNumber(list[at + 2])
    if (name !== undefined && usage !== undefined && limit !== undefined) resources.push({ name, usage, limit })
  }
  return { root, resources }
}

/** Reads an ENABLED response (RFC 5161), upper-case names; undefined for any other. */
export function parseEnabled(text: string): readonly string[] | undefined {
  const match = /^\* ENABLED(?: |$)(.*)$/i.exec(text)
  return match === null ? undefined : (match[1] as string).toUpperCase().split(' ').filter(Boolean)
}
