import { changing } from '../../graph-mailbox/changing.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, pickSelected, toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { changedSettings, type MailboxSettingsJson, settingsOf } from './mailbox-settings.ts'
import { mailboxSettingsType } from './mailbox-settings-type.ts'
import { readsSettings, writesSettings } from './permissions.ts'
import { userContext } from './user-context.ts'

const properties: ReadonlySet<string> = new Set(Object.keys(mailboxSettingsType.properties))

/** Settings that have a path of their own (Graph's page on getting mailboxSettings). */
const single = [
  'automaticRepliesSetting',
  'dateFormat',
  'delegateMeetingMessageDeliveryOptions',
  'language',
  'timeFormat',
  'timeZone',
  'userPurpose',
  'workingHours',
] as const satisfies readonly (keyof MailboxSettingsJson)[]

/** The settings of a mailbox (exchange.md 3.4). Automatic replies are kept; nothing is ever answered. */
export function mailboxSettingsRoutes(stores: MailboxStores): readonly Route[] {
  const path = '/users/{id}/mailboxSettings'
  const reads = { area: 'mailbox', permissions: readsSettings, method: 'GET' } as const
  return [
    { ...reads, path, handle: (request) => getSettings(request, stores) },
    { area: 'mailbox', permissions: writesSettings, method: 'PATCH', path, handle: (request) => patchSettings(request, stores) },
    ...single.map((name): Route => ({ ...reads, path: `${path}/${name}`, handle: (request) => getSetting(request, stores, name) })),
  ]
}

function getSettings(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const { select } = parseItemQuery(request, { type: mailboxSettingsType.name, options: ['$select'], properties })
  const settings = pickSelected(settingsOf(mailbox, request.tenant.clock.nowMs()), select)
  return jsonAnswer(200, toEntity(request, contextOf(userContext(request, 'mailboxSettings'), select), settings))
}

function getSetting(request: GraphRequest, stores: MailboxStores, name: (typeof single)[number]): Response {
  const mailbox = openMailbox(request, stores)
  parseItemQuery(request, { type: mailboxSettingsType.name, options: [], properties })
  const value = settingsOf(mailbox, request.tenant.clock.nowMs())[name]
  return jsonAnswer(200, toEntity(request, userContext(request, 'mailboxSettings', name), typeof value === 'object' ? value : { value }))
}

async function patchSettings(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const body = await readJsonBody(request, mailboxSettingsType, { readOnly: ['archiveFolder', 'userPurpose'] })
  const changed = changing(request, () => {
    const changes = changedSettings(settingsOf(mailbox, request.tenant.clock.nowMs()), body)
    mailbox.changeSettings({ graph: { ...mailbox.settings.graph, ...changes } })
    return changes
  })
  // The answer has what the request changed (Graph's examples of updating mailboxSettings).
  return jsonAnswer(200, toEntity(request, userContext(request, 'mailboxSettings'), changed))
}
