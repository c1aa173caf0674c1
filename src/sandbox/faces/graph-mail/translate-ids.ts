import { openMailbox } from '../../graph-mailbox/open-mailbox.ts'
import { GraphError } from '../../http/graph-error.ts'
import { jsonAnswer } from '../../http/json-answer.ts'
import { listOf, oneOf, type Structure, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { toCollection } from '../../http/odata/answer-collection.ts'
import type { GraphRequest } from '../../http/route.ts'
import { type ExchangeIdFormat, exchangeIdFormats, readExchangeId, writeExchangeId } from './exchange-ids.ts'
import type { MailOptions } from './mail-options.ts'

const format = oneOf('exchangeIdFormat', exchangeIdFormats)

/** Graph takes the parameters in either case: its pages have `inputIds`, its metadata `InputIds`. */
const parameters = {
  name: 'microsoft.graph.translateExchangeIds',
  properties: {
    inputIds: listOf(text),
    InputIds: listOf(text),
    sourceIdType: format,
    SourceIdType: format,
    targetIdType: format,
    TargetIdType: format,
  },
} as const satisfies Structure

const idsMax = 1000

/** `POST /translateExchangeIds` (exchange.md 3.3): one answer for each id, in order; those that name nothing say why. */
export async function translateExchangeIds(request: GraphRequest, { stores }: MailOptions): Promise<Response> {
  const mailbox = openMailbox(request, stores)
  const body = await readJsonBody(request, parameters)
  const inputIds = body.inputIds ?? body.InputIds
  const source = formatOf(body.sourceIdType ?? body.SourceIdType)
  const target = formatOf(body.targetIdType ?? body.TargetIdType)
  if (inputIds === undefined || inputIds === null || source === undefined || target === undefined) {
    throw new GraphError(400, 'ErrorInvalidArgument', 'inputIds, sourceIdType and targetIdType are required.')
  }
  if (inputIds.length > idsMax)
    throw new GraphError(400, 'ErrorInvalidArgument', `No more than ${idsMax} ids can be translated at once.`)
  const value = inputIds.map((sourceId) => {
    const reference = readExchangeId(mailbox, sourceId, source)
    const targetId = reference === undefined ? undefined : writeExchangeId(mailbox, reference, target)
    if (targetId !== undefined) return { sourceId, targetId }
    return {
      sourceId,
      errorDetails: { code: 'ErrorInvalidIdMalformed', message: 'Id is malformed or names nothing in this mailbox.' },
    }
  })
  return jsonAnswer(200, toCollection(request, { context: 'Collection(microsoft.graph.convertIdResult)', value }))
}

function formatOf(given: string | null | undefined): ExchangeIdFormat | undefined {
  return exchangeIdFormats.find((one) => one.toLowerCase() === given?.toLowerCase())
}
