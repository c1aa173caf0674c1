import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { GraphError } from '../http/graph-error.ts'
import { linkTo } from '../http/odata/answer-collection.ts'
import type { GraphRequest } from '../http/route.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'

/** Where a client is in the changes of one collection; all of it travels in the token. */
export interface DeltaState {
  /** The mailbox's change counter up to which the client has everything. */
  readonly after: number
  /** The counter when the first round began: of what left before, the client never knew. */
  readonly since: number
  /** How many entities the first round has given so far. */
  readonly given: number
  /** The options of the request that began it, `$select` and others; later requests need not repeat them. */
  readonly query: Readonly<Record<string, string>>
}

/** Options of a delta request that its tokens carry on. */
const keptOptions = [
  '$select',
  '$filter',
  '$expand',
  '$orderby',
  '$top',
  'changeType',
  'includeHiddenFolders',
  'startDateTime',
  'endDateTime',
] as const

/** Exchange publishes none ("dependent on the size of the internal delta token cache"); a token older than this is lost. */
const tokenAgeMsMax = 30 * 24 * 3600 * 1000
const checkBytes = 6

interface Token extends DeltaState {
  /** Which collection of which mailbox: `<guid>/messages/12`. */
  readonly scope: string
  readonly issuedMs: number
}

/**
 * Reads `$deltatoken` or `$skiptoken`, or begins anew; `collection` names what is followed, within the mailbox. Throws 410
 * `SyncStateNotFound` with the `Location` of a fresh start for tokens that are too old or of another collection, and 400
 * `SyncStateInvalid` for what is no token (exchange.md 3.3).
 */
export function readDelta(request: GraphRequest, mailbox: Mailbox, collection: string): DeltaState {
  const text = optionOf(request.query, '$deltatoken') ?? optionOf(request.query, '$skiptoken') ?? ''
  if (text === '') {
    const query = Object.fromEntries(
      keptOptions.flatMap((name) => {
        const value = optionOf(request.query, name)
        return value === undefined ? [] : [[name, value]]
      }),
    )
    return { after: 0, since: mailbox.change, given: 0, query }
  }
  const token = decode(text)
  if (token === undefined) throw new GraphError(400, 'SyncStateInvalid', 'The sync state is invalid: badly formed token.')
  const isTooOld = request.tenant.clock.nowMs() - token.issuedMs > tokenAgeMsMax
  // A counter ahead of the mailbox's is of a mailbox that was restored since.
  if (isTooOld || token.scope !== scopeOf(mailbox, collection) || token.after > mailbox.change) {
    throw new GraphError(
      410,
      'SyncStateNotFound',
      'The sync state generation is not found; continuity with the previous sync state is lost. Please restart the synchronization.',
      {
        Location: linkTo(request, { $skiptoken: undefined, $skipToken: undefined, $deltaToken: undefined, $deltatoken: '' }),
      },
    )
  }
  return token
}

/** The link that carries a state on: to the next page of a round, or to the next round. */
export function toDeltaLink(
  request: GraphRequest,
  mailbox: Mailbox,
  collection: string,
  type: '$skiptoken' | '$deltatoken',
  { after, since, given, query }: DeltaState,
): string {
  const token: Token = {
    after,
    since,
    given,
    query,
    scope: scopeOf(mailbox, collection),
    issuedMs: Math.round(request.tenant.clock.nowMs()),
  }
  return `${request.endpoints.graph}${request.path}?${type}=${encode(token)}`
}

/** The options of the request that began the round, for parsing. */
export function deltaQuery({ query }: DeltaState): Pick<GraphRequest, 'query'> {
  return { query: new URLSearchParams(query) }
}

/** An option in any case, with or without its `$`. */
function optionOf(query: URLSearchParams, name: string): string | undefined {
  const wanted = name.replace('$', '').toLowerCase()
  for (const [given, value] of query) if (given.replace('$', '').toLowerCase() === wanted) return value
  return undefined
}

function scopeOf(mailbox: Mailbox, collection: string): string {
  return `${mailbox.row.guid}/${collection}`
}

function encode(token: Token): string {
  const bytes = Buffer.from(JSON.stringify(token), 'utf8')
  return Buffer.concat([check(bytes), bytes]).toString('base64url')
}

function decode(text: string): Token | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  const body = bytes.subarray(checkBytes)
  return check(body).equals(bytes.subarray(0, checkBytes)) ? (JSON.parse(body.toString('utf8')) as Token) : undefined
}

function check(bytes: Buffer): Buffer {
  return createHash('sha256').update('delta token').update(bytes).digest().subarray(0, checkBytes)
}
