import { randomBytes } from 'node:crypto'
import { changing } from '../../graph-mailbox/changing.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, pickSelected, toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import { answerList } from './answer-list.ts'
import { type MessageRule, ruleFrom, ruleJson } from './message-rule.ts'
import { messageRuleType } from './message-rule-type.ts'
import { readsSettings, writesSettings } from './permissions.ts'
import { keyed, userContext } from './user-context.ts'

const documentType = 'messageRule'
const properties: ReadonlySet<string> = new Set(Object.keys(messageRuleType.properties))
const readOnly = ['id', 'hasError', 'isReadOnly'] as const
/** Set-Mailbox -RulesQuota: 256 KB at most, of whatever Exchange makes of the rules; here of their JSON. */
const rulesBytesMax = 256 * 1024

/** The rules of the inbox (exchange.md 3.4). They are kept and never run: nothing arrives by itself. */
export function messageRuleRoutes(stores: MailboxStores): readonly Route[] {
  const collection = '/users/{id}/mailFolders/inbox/messageRules'
  const entity = `${collection}/{ruleId}`
  const reads = { area: 'mailbox', permissions: readsSettings } as const
  const writes = { area: 'mailbox', permissions: writesSettings } as const
  return [
    { ...reads, method: 'GET', path: collection, handle: (request) => listRules(request, stores) },
    { ...writes, method: 'POST', path: collection, handle: (request) => createRule(request, stores) },
    { ...reads, method: 'GET', path: entity, handle: (request) => getRule(request, stores) },
    { ...writes, method: 'PATCH', path: entity, handle: (request) => patchRule(request, stores) },
    { ...writes, method: 'DELETE', path: entity, handle: (request) => removeRule(request, stores) },
  ]
}

function listRules(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  return answerList(request, {
    type: messageRuleType.name,
    context: contextFor(request),
    properties,
    items: rulesOf(mailbox),
    toJson: (rule) => ruleJson(mailbox, rule),
  })
}

function getRule(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const { select } = parseItemQuery(request, { type: messageRuleType.name, options: ['$select'], properties })
  const value = pickSelected(ruleJson(mailbox, ruleOf(mailbox, request)), select, ['id'])
  return jsonAnswer(200, toEntity(request, contextOf(contextFor(request), select, '/$entity'), value))
}

async function createRule(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const body = await readJsonBody(request, messageRuleType, { required: ['displayName', 'actions'], readOnly })
  const rule = changing(request, () => {
    const last = rulesOf(mailbox).at(-1)?.sequence ?? 0
    const made = ruleFrom(mailbox, { id: newRuleId(), displayName: '', sequence: last + 1, isEnabled: true, actions: {} }, body)
    put(mailbox, made)
    return made
  })
  return jsonAnswer(201, toEntity(request, `${contextFor(request)}/$entity`, ruleJson(mailbox, rule)))
}

async function patchRule(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const body = await readJsonBody(request, messageRuleType, { readOnly })
  const rule = changing(request, () => {
    const changed = ruleFrom(mailbox, ruleOf(mailbox, request), body)
    put(mailbox, changed)
    return changed
  })
  return jsonAnswer(200, toEntity(request, `${contextFor(request)}/$entity`, ruleJson(mailbox, rule)))
}

function removeRule(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  changing(request, () => mailbox.documents.remove(documentType, ruleOf(mailbox, request).id))
  return emptyAnswer()
}

function rulesOf(mailbox: Mailbox): readonly MessageRule[] {
  return mailbox.documents.list<MessageRule>(documentType).toSorted((a, b) => a.sequence - b.sequence)
}

function ruleOf(mailbox: Mailbox, { params }: GraphRequest): MessageRule {
  const rule = mailbox.documents.get<MessageRule>(documentType, params['ruleId'] ?? '')
  if (rule === undefined) throw itemNotFound()
  return rule
}

/** Keeps a rule at its place; one that stands there already goes behind it, and so on. */
function put(mailbox: Mailbox, rule: MessageRule): void {
  let taken = rule.sequence
  for (const other of rulesOf(mailbox).filter(({ id }) => id !== rule.id)) {
    if (other.sequence !== taken) continue
    taken++
    mailbox.documents.put(documentType, other.id, { ...other, sequence: taken })
  }
  mailbox.documents.put(documentType, rule.id, rule)
  const bytes = Buffer.byteLength(JSON.stringify(rulesOf(mailbox)))
  if (bytes > rulesBytesMax) throw new GraphError(507, 'ErrorRulesOverQuota', 'The rules of the mailbox exceed their quota.')
}

/** `AQAAAJ5dZqA=`: one, and a number; fit for a path. */
function newRuleId(): string {
  const bytes = Buffer.concat([Buffer.from([1, 0, 0, 0]), randomBytes(4)])
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

function contextFor(request: GraphRequest): string {
  return userContext(request, keyed('mailFolders', 'inbox'), 'messageRules')
}
