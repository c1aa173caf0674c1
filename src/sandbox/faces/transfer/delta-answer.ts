import type { Mailbox } from '../../mailbox/mailbox.ts'
import { type DeltaState, toDeltaLink } from '../../graph-mailbox/delta-state.ts'
import { pageItems } from '../../graph-mailbox/item-query.ts'
import { appliedPreferences, readPreferences } from '../../graph-mailbox/preferences.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { pickSelected, toCollection } from '../../http/odata/answer-collection.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'

/** One page of changes, and the state behind it. */
export interface DeltaPage {
  readonly value: readonly Readonly<Record<string, unknown>>[]
  readonly next: DeltaState
  /** Whether `next` goes on in this round; otherwise it begins another one. */
  readonly hasMore: boolean
}

/** How many the client wants on a page: `Prefer: odata.maxpagesize`, `$top`, or 10 (exchange.md 2.3, 9). */
export function deltaPageItems(request: GraphRequest, { top }: ODataQuery): number {
  return Math.min(readPreferences(request).pageItemsMax ?? top ?? pageItems.normal, pageItems.max)
}

/** The answer with its link; `collection` names what is followed, as in `readDelta`. */
export function deltaAnswer(
  request: GraphRequest,
  mailbox: Mailbox,
  collection: string,
  type: 'mailboxItem' | 'mailboxFolder',
  { value, next, hasMore }: DeltaPage,
  { select }: ODataQuery,
): Response {
  const link = toDeltaLink(request, mailbox, collection, hasMore ? '$skiptoken' : '$deltatoken', next)
  const body = toCollection(request, {
    context: `Collection(${type})`,
    ...(hasMore ? { nextLink: link } : { deltaLink: link }),
    value: value.map((one) => pickSelected(one, select, ['id'])),
  })
  return jsonAnswer(200, body, appliedPreferences(readPreferences(request)))
}
