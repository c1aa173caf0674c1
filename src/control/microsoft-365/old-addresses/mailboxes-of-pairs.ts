import { m365UrlOf, parseM365Url } from '../../../connectors/kit/microsoft/m365-url.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Pairs } from '../../pairs/parse-pairs.ts'
import { targetAddressOf } from '../provision/people-of-pairs.ts'

/** Where a mailbox comes from: another tenant, which knows its addresses, or a server where it is called by one. */
export type FormerMailbox =
  | { readonly type: 'tenant'; readonly endpoint: string; readonly mailbox: string }
  | { readonly type: 'login'; readonly address: string }

/** A mailbox of the target, and those that were moved into it. */
export interface AddressedMailbox {
  /** Of its first row. */
  readonly line: number
  readonly address: string
  readonly former: readonly FormerMailbox[]
}

/** The mailboxes of a list, and the rows that are about none. */
export interface MailboxesOfPairs {
  readonly mailboxes: readonly AddressedMailbox[]
  readonly faulty: Pairs['faulty']
}

/**
 * Whose old addresses each target of a list takes over, all targets of one endpoint. Several sources may have one target; one
 * source has no two targets, since an address belongs to one mailbox.
 */
export function mailboxesOfPairs({ pairs, faulty }: Pairs, endpoint: string): MailboxesOfPairs {
  const mailboxes = new Map<string, AddressedMailbox>()
  const owners = new Map<string, { readonly line: number; readonly target: string }>()
  const faults = [...faulty]
  for (const { line, source, target } of pairs) {
    const address = targetAddressOf(target, endpoint)
    if (typeof address !== 'string') {
      faults.push({ line, reason: address.reason })
      continue
    }
    const key = address.toLowerCase()
    const former = formerMailboxOf(source, endpoint)
    const formerKey = former === undefined ? undefined : keyOf(former)
    const owner = formerKey === undefined ? undefined : owners.get(formerKey)
    if (owner !== undefined && owner.target !== key) {
      faults.push({ line, reason: `the same source as in line ${owner.line}, with another target: its addresses can go to one only` })
      continue
    }
    if (formerKey !== undefined) owners.set(formerKey, { line: owner?.line ?? line, target: key })
    const known = mailboxes.get(key) ?? { line, address, former: [] }
    const more = former === undefined || owner !== undefined ? [] : [former]
    mailboxes.set(key, { ...known, former: [...known.former, ...more] })
  }
  return { mailboxes: [...mailboxes.values()], faulty: faults.toSorted((a, b) => a.line - b.line) }
}

/** Undefined for a source that has no address, and for one of the target's own tenant: there it is known by all of them as it is. */
function formerMailboxOf(source: string, target: string): FormerMailbox | undefined {
  if (/^m365:/i.test(source)) {
    const { endpoint, mailbox } = readM365Url(source) ?? { endpoint: target, mailbox: '' }
    return endpoint === target ? undefined : { type: 'tenant', endpoint, mailbox }
  }
  const address = URL.canParse(source) ? decoded(new URL(source).username) : ''
  return /^[^@\s/:]+@[^@\s/:]+\.[^@\s/:]+$/.test(address) ? { type: 'login', address } : undefined
}

/** An archive of a mailbox is named by the same URL but for its parameters. */
function keyOf(former: FormerMailbox): string {
  return former.type === 'tenant' ? m365UrlOf(former) : former.address.toLowerCase()
}

function readM365Url(text: string) {
  try {
    return parseM365Url(text)
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return undefined
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
