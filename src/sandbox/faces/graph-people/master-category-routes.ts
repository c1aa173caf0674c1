import { randomUUID } from 'node:crypto'
import { changing } from '../../graph-mailbox/changing.ts'
import { parseItemQuery } from '../../graph-mailbox/item-query.ts'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { type MailboxStores, openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { oneOf, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextOf, pickSelected, toEntity } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import { answerList } from './answer-list.ts'
import { memberOf } from './member-of.ts'
import { readsSettings, writesSettings } from './permissions.ts'
import { userContext } from './user-context.ts'

interface MasterCategory {
  readonly id: string
  readonly displayName: string
  readonly color: string
}

const documentType = 'masterCategory'
/** Says that the list was begun: an emptied one does not fill itself again. */
const begunType = 'masterCategoryList'
const nameLengthMax = 255

const presets = Array.from({ length: 25 }, (_, number) => `preset${number}`)
const colors = ['none', ...presets] as const
const properties: ReadonlySet<string> = new Set(['id', 'displayName', 'color'])

/** A category as clients give it. */
export const outlookCategoryType = {
  name: 'microsoft.graph.outlookCategory',
  properties: { id: text, displayName: text, color: oneOf('categoryColor', colors) },
} as const satisfies Structure

/** What Outlook begins a mailbox's list with (Graph's page on listing categories). */
const firstCategories = [
  ['Red category', 'preset0'],
  ['Orange category', 'preset1'],
  ['Yellow category', 'preset3'],
  ['Green category', 'preset4'],
  ['Blue category', 'preset7'],
  ['Purple category', 'preset8'],
] as const

/** The list of categories with their colours (exchange.md 3.4); items carry the names as text, whatever is listed here. */
export function masterCategoryRoutes(stores: MailboxStores): readonly Route[] {
  const collection = '/users/{id}/outlook/masterCategories'
  const entity = `${collection}/{categoryId}`
  const reads = { area: 'mailbox', permissions: readsSettings } as const
  const writes = { area: 'mailbox', permissions: writesSettings } as const
  return [
    { ...reads, method: 'GET', path: collection, handle: (request) => listCategories(request, stores) },
    { ...writes, method: 'POST', path: collection, handle: (request) => createCategory(request, stores) },
    { ...reads, method: 'GET', path: entity, handle: (request) => getCategory(request, stores) },
    { ...writes, method: 'PATCH', path: entity, handle: (request) => patchCategory(request, stores) },
    { ...writes, method: 'DELETE', path: entity, handle: (request) => removeCategory(request, stores) },
  ]
}

function listCategories(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const items = changing(request, () => categoriesOf(mailbox))
  return answerList(request, { type: outlookCategoryType.name, context: contextFor(request), properties, items, toJson: (category) => category })
}

function getCategory(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  const { select } = parseItemQuery(request, { type: outlookCategoryType.name, options: ['$select'], properties })
  const category = changing(request, () => categoryOf(mailbox, request))
  return jsonAnswer(200, toEntity(request, contextOf(contextFor(request), select, '/$entity'), pickSelected(category, select, ['id'])))
}

async function createCategory(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const body = await readJsonBody(request, outlookCategoryType, { required: ['displayName'], readOnly: ['id'] })
  const displayName = body.displayName ?? ''
  if (displayName.trim() === '' || displayName.length > nameLengthMax) {
    throw new GraphError(400, 'ErrorInvalidArgument', 'The name of the category is empty or too long.')
  }
  const category = changing(request, () => {
    const isTaken = categoriesOf(mailbox).some((one) => one.displayName.toLowerCase() === displayName.toLowerCase())
    if (isTaken) throw new GraphError(409, 'CategoryNameDuplicate', 'The category name is already in use.')
    const made: MasterCategory = { id: randomUUID(), displayName, color: memberOf(colors, body.color ?? 'none') }
    put(mailbox, made)
    return made
  })
  return jsonAnswer(201, toEntity(request, `${contextFor(request)}/$entity`, category))
}

async function patchCategory(request: GraphRequest, stores: MailboxStores): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  // "displayName: ... After a category is created, the name cannot be changed" (Graph's page on outlookCategory).
  const body = await readJsonBody(request, outlookCategoryType, { readOnly: ['id', 'displayName'] })
  const category = changing(request, () => {
    const before = categoryOf(mailbox, request)
    const after = body.color === undefined ? before : { ...before, color: memberOf(colors, body.color ?? 'none') }
    put(mailbox, after)
    return after
  })
  return jsonAnswer(200, toEntity(request, `${contextFor(request)}/$entity`, category))
}

function removeCategory(request: GraphRequest, stores: MailboxStores): Response {
  const mailbox = openMailbox(request, stores)
  changing(request, () => mailbox.documents.remove(documentType, keyOf(categoryOf(mailbox, request))))
  return emptyAnswer()
}

/** The list, begun where it never was. */
function categoriesOf(mailbox: Mailbox): readonly MasterCategory[] {
  const listed = mailbox.documents.list<MasterCategory>(documentType)
  if (listed.length > 0 || mailbox.documents.get(begunType, '') !== undefined) return listed
  mailbox.documents.put(begunType, '', {})
  for (const [displayName, color] of firstCategories) put(mailbox, { id: randomUUID(), displayName, color })
  return mailbox.documents.list<MasterCategory>(documentType)
}

function categoryOf(mailbox: Mailbox, { params }: GraphRequest): MasterCategory {
  const id = params['categoryId']?.toLowerCase()
  const category = categoriesOf(mailbox).find((one) => one.id === id)
  if (category === undefined) throw itemNotFound()
  return category
}

function put(mailbox: Mailbox, category: MasterCategory): void {
  mailbox.documents.put(documentType, keyOf(category), category)
  mailbox.documents.put(begunType, '', {})
}

function keyOf({ displayName }: MasterCategory): string {
  return displayName.toLowerCase()
}

function contextFor(request: GraphRequest): string {
  return userContext(request, 'outlook', 'masterCategories')
}
