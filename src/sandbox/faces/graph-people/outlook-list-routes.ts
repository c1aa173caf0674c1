import { GraphError, resourceNotFound } from '../../http/graph-error.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { parseQuery } from '../../http/odata/parse-query.ts'
import { toCollection } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { findUser } from '../../tenant/directory-store.ts'
import { supportedLocales } from './locales.ts'
import { readsOutlookLists } from './permissions.ts'
import { ianaTimeZones, windowsTimeZones } from './time-zone-list.ts'

/** What a mailbox's language and time zone can be (Graph's pages on outlookUser). */
export function outlookListRoutes(): readonly Route[] {
  const common = { method: 'GET', area: 'mailbox', permissions: readsOutlookLists } as const
  return [
    {
      ...common,
      path: '/users/{id}/outlook/supportedLanguages',
      handle: (request) => answer(request, 'microsoft.graph.localeInfo', () => supportedLocales()),
    },
    {
      ...common,
      path: '/users/{id}/outlook/supportedTimeZones',
      handle: (request) => answer(request, 'microsoft.graph.timeZoneInformation', () => windowsTimeZones()),
    },
    {
      ...common,
      path: '/users/{id}/outlook/supportedTimeZones(TimeZoneStandard={standard})',
      handle: (request) => answer(request, 'microsoft.graph.timeZoneInformation', () => zonesOf(request)),
    },
  ]
}

function answer(request: GraphRequest, type: string, list: () => readonly object[]): Response {
  const user = request.params['id'] ?? ''
  if (findUser(request.tenant.directory, user) === undefined) throw resourceNotFound(user)
  parseQuery(request.query, { type, options: [] })
  return jsonAnswer(200, toCollection(request, { context: `Collection(${type})`, value: list() }))
}

/** `microsoft.graph.timeZoneStandard'Iana'`, or the member's name alone. */
function zonesOf({ params }: GraphRequest): readonly object[] {
  const written = params['standard'] ?? ''
  const standard = (/^microsoft\.graph\.timeZoneStandard'(\w+)'$/i.exec(written)?.[1] ?? written).toLowerCase()
  if (standard === 'windows') return windowsTimeZones()
  if (standard === 'iana') return ianaTimeZones()
  throw new GraphError(400, 'BadRequest', `The string '${written}' is not a valid enumeration type constant.`)
}
