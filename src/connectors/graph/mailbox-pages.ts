import { MigrationError } from '../../core/errors.ts'
import type { GraphAnswer } from '../kit/microsoft/graph-client.ts'
import type { JsonObject } from '../kit/microsoft/read-json.ts'
import { jsonObjects, jsonText } from '../kit/microsoft/json-values.ts'
import type { MailboxCall, MailboxClient } from './mailbox-client.ts'

/** A page of a list, or of its changes. */
export interface MailboxPage {
  readonly values: readonly JsonObject[]
  /** Where the next page is; absent on the last. */
  readonly nextLink?: string
  /** Where later changes are asked for; on the last page of a delta query. */
  readonly deltaLink?: string
}

/** The pages of a list, each asked for when it is wanted. Throws as `MailboxClient.call`. */
export async function* mailboxPages(client: MailboxClient, first: MailboxCall): AsyncGenerator<MailboxPage> {
  for (let page = await wholePage(first, (call) => client.call(call)); ; ) {
    yield page
    const { nextLink } = page
    if (nextLink === undefined) return
    page = await followPage(client, first, nextLink)
  }
}

/** The page that a link leads to, asked for as the first one was. */
export function followPage(client: MailboxClient, first: MailboxCall, link: string): Promise<MailboxPage> {
  // The link has the query in it already.
  const { query: _, ...rest } = first
  return wholePage({ ...rest, path: link }, (call) => client.follow(call))
}

/** What a list holds. Throws as `MailboxClient.call`. */
export async function* mailboxValues(client: MailboxClient, first: MailboxCall): AsyncGenerator<JsonObject> {
  for await (const { values } of mailboxPages(client, first)) yield* values
}

/** How many items a page has that is asked for a third time. */
const smallPage = 50

/** A page whose JSON ends too early is asked for once more, and then for less of it (exchange.md 3.3). */
async function wholePage(call: MailboxCall, ask: (call: MailboxCall) => Promise<GraphAnswer>): Promise<MailboxPage> {
  const tries = [call, call, { ...call, headers: { ...call.headers, prefer: `odata.maxpagesize=${smallPage}` } }]
  let cut: unknown
  for (const one of tries) {
    try {
      return toPage(await ask(one))
    } catch (error) {
      if (!(error instanceof MigrationError) || error.code !== 'graph.answer.cut-short') throw error
      cut = error
    }
  }
  throw cut
}

function toPage({ json }: GraphAnswer): MailboxPage {
  const nextLink = jsonText(json, '@odata.nextLink')
  const deltaLink = jsonText(json, '@odata.deltaLink')
  return {
    values: jsonObjects(json, 'value'),
    ...(nextLink === '' ? {} : { nextLink }),
    ...(deltaLink === '' ? {} : { deltaLink }),
  }
}
