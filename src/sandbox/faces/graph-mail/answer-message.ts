import type { MessageHead } from '../../../formats/fast-transfer/stored-form.ts'
import { extendedPropertiesJson, type ExtendedPropertySelection } from '../../graph-json/extended-properties.ts'
import { attachmentJson } from '../../graph-json/attachment-json.ts'
import { computedValue, type ItemSource, messageFieldNames, messageJson } from '../../graph-json/message-json.ts'
import { attachmentSources } from '../../graph-mailbox/attachment-source.ts'
import { expandedProperties, type ItemQueryRules } from '../../graph-mailbox/item-query.ts'
import { itemSources } from '../../graph-mailbox/item-source.ts'
import { appliedPreferences } from '../../graph-mailbox/preferences.ts'
import { accessDenied } from '../../http/authorize.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { contextOf, toEntity } from '../../http/odata/answer-collection.ts'
import type { ODataQuery } from '../../http/odata/parse-query.ts'
import type { GraphRequest } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { ItemRow } from '../../mailbox/rows.ts'
import { seesBasicsOnly } from './mail-permissions.ts'
import { messagesContext } from './message-place.ts'

/** What may be asked of one message. */
export const messageRules: ItemQueryRules = {
  type: 'microsoft.graph.message',
  options: ['$select', '$expand'],
  properties: messageFieldNames,
  expandable: ['attachments'],
}

/** What Mail.ReadBasic does not show (Graph's page on permissions). */
const hiddenFromBasics: ReadonlySet<string> = new Set(['body', 'bodyPreview', 'uniqueBody'])
const shownToBasics = [...messageFieldNames].filter(
  (name) => !hiddenFromBasics.has(name) && name !== 'internetMessageHeaders',
)

/** What an answer shows of each message. */
export interface MessageView {
  readonly select: readonly string[] | undefined
  readonly expanded: ExtendedPropertySelection
  readonly withAttachments: boolean
}

/** Throws 403 `ErrorAccessDenied` for expansions that a caller with Mail.ReadBasic may not see. */
export function messageView(request: GraphRequest, query: Pick<ODataQuery, 'select' | 'expand'>): MessageView {
  const isBasic = seesBasicsOnly(request.caller)
  if (isBasic && query.expand.length > 0) throw accessDenied('mailbox')
  return {
    select: isBasic ? (query.select ?? shownToBasics).filter((name) => !hiddenFromBasics.has(name)) : query.select,
    expanded: expandedProperties(query.expand),
    withAttachments: query.expand.some(({ property }) => property === 'attachments'),
  }
}

/** One message with what was expanded. */
export function viewedMessage(
  mailbox: Mailbox,
  source: ItemSource,
  { select, expanded, withAttachments }: MessageView,
): Record<string, unknown> {
  const json = messageJson(source, select)
  if (expanded.single !== undefined || expanded.multi !== undefined) {
    Object.assign(
      json,
      extendedPropertiesJson(
        { bag: source.head().properties, computed: (property) => computedValue(source, property) },
        expanded,
      ),
    )
  }
  if (withAttachments)
    json['attachments'] = attachmentSources(mailbox, source.row).map((attachment) => attachmentJson(attachment))
  return json
}

const wholeMessage: MessageView = {
  select: undefined,
  expanded: { single: undefined, multi: undefined },
  withAttachments: false,
}

/** The answer that is one message; `head` where it is at hand. */
export function answerMessage(
  request: GraphRequest,
  mailbox: Mailbox,
  row: ItemRow,
  options: {
    readonly status?: number
    readonly head?: MessageHead
    readonly view?: MessageView
    readonly select?: readonly string[] | undefined
  } = {},
): Response {
  const { status = 200, head, view = wholeMessage, select } = options
  const sources = itemSources(request, mailbox)
  const json = viewedMessage(mailbox, sources.of(row, head), view)
  const context = contextOf(messagesContext(request), select, '/$entity')
  return jsonAnswer(status, toEntity(request, context, json), {
    ...appliedPreferences(sources.preferences),
    ...locationOf(request, status, json),
  })
}

function locationOf(
  request: GraphRequest,
  status: number,
  { id }: Record<string, unknown>,
): Readonly<Record<string, string>> {
  if (status !== 201) return {}
  return {
    Location: `${request.endpoints.graph}/${request.version}/${messagesContext(request).split('/')[0]}/messages('${encodeURIComponent(String(id))}')`,
  }
}
