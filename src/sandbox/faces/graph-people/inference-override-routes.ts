import { randomUUID } from 'node:crypto'
import { changing } from '../../graph-mailbox/changing.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { emailAddressType } from '../../graph-mailbox/outlook-types.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { complex, oneOf, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import { answerList } from './answer-list.ts'
import { memberOf } from './member-of.ts'
import { readsOverrides, writesOverrides } from './permissions.ts'
import { userContext } from './user-context.ts'

interface Override {
  readonly classifyAs: string
  readonly senderEmailAddress: { readonly name: string; readonly address: string }
  readonly id: string
}

const documentType = 'inferenceOverride'
/** exchange.md 3.4. */
const overridesMax = 1000
const classes = ['focused', 'other'] as const
const properties: ReadonlySet<string> = new Set(['id', 'classifyAs', 'senderEmailAddress'])

/** An override as clients give it. */
export const inferenceOverrideType = {
  name: 'microsoft.graph.inferenceClassificationOverride',
  properties: { id: text, classifyAs: oneOf('inferenceClassificationType', classes), senderEmailAddress: complex(emailAddressType) },
} as const satisfies Structure

/** Whose mail goes where in the focused inbox (exchange.md 3.4). */
export function inferenceOverrideRoutes(stores: MailboxStores): readonly Route[] {
  const collection = '/users/{id}/inferenceClassification/overrides'
  const entity = `${collection}/{overrideId}`
  const writes = { area: 'mailbox', permissions: writesOverrides } as const
  return [
    { area: 'mailbox', permissions: readsOverrides, method: 'GET', path: collection, handle: (request) => listOverrides(request, stores) },
    { ...writes, method: 'POST', path: collection, handle: (request) => putOverride(request, stores) },
    { ...writes, method: 'PATCH', path: entity, handle: (request) => patchOverride(request, stores) },
    { ...writes, method: 'DELETE', path: entity, handle: (request) => removeOverride(request, stores) },
  ]
}

function listOverrides(request: GraphRequest, stores: MailboxStores): Response {
  const items = openMailbox(request, stores).documents.list<Override>(documentType)
  return answerList(request, { type: inferenceOverrideType.name, context: contextFor(request), properties, items, toJson: (override) => override })
}

/** "If an override already exists with the same SMTP address, its fields are updated" (Graph's page on creating one). */
async function putOverride(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const body = await readJsonBody(request, inferenceOverrideType, { required: ['classifyAs', 'senderEmailAddress'], readOnly: ['id'] })
  const address = body.senderEmailAddress?.address?.trim() ?? ''
  if (!/^[^\s@]+@[^\s@]+$/.test(address)) throw new GraphError(400, 'ErrorInvalidArgument', 'The address of the sender is no SMTP address.')
  const override = changing(request, () => {
    const all = mailbox.documents.list<Override>(documentType)
    const before = all.find(({ senderEmailAddress }) => senderEmailAddress.address.toLowerCase() === address.toLowerCase())
    if (before === undefined && all.length >= overridesMax) {
      throw new GraphError(400, 'ErrorInvalidArgument', `A mailbox has at most ${overridesMax} overrides.`)
    }
    const made: Override = {
      classifyAs: memberOf(classes, body.classifyAs ?? ''),
      senderEmailAddress: { name: body.senderEmailAddress?.name ?? before?.senderEmailAddress.name ?? address, address: before?.senderEmailAddress.address ?? address },
      id: before?.id ?? randomUUID(),
    }
    mailbox.documents.put(documentType, made.id, made)
    return made
  })
  return jsonAnswer(201, toEntity(request, `${contextFor(request)}/$entity`, override))
}

/** `classifyAs` alone can be changed (Graph's page on updating one). */
async function patchOverride(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const body = await readJsonBody(request, inferenceOverrideType, { required: ['classifyAs'], readOnly: ['id', 'senderEmailAddress'] })
  const override = changing(request, () => {
    const changed = { ...overrideOf(mailbox, request), classifyAs: memberOf(classes, body.classifyAs ?? '') }
    mailbox.documents.put(documentType, changed.id, changed)
    return changed
  })
  return jsonAnswer(200, toEntity(request, `${contextFor(request)}/$entity`, override))
}

function removeOverride(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  changing(request, () => mailbox.documents.remove(documentType, overrideOf(mailbox, request).id))
  return emptyAnswer()
}

function overrideOf(mailbox: Mailbox, { params }: GraphRequest): Override {
  const override = mailbox.documents.get<Override>(documentType, params['overrideId']?.toLowerCase() ?? '')
  if (override === undefined) throw itemNotFound()
  return override
}

function contextFor(request: GraphRequest): string {
  return userContext(request, 'inferenceClassification', 'overrides')
}
