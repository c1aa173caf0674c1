import { Buffer } from 'node:buffer'
import { type BatchStep, contentTypeOf, readBatch } from './batch-payload.ts'
import { GraphError, toErrorBody } from './graph-error.ts'
import { jsonAnswer } from './json-answer.ts'
import { readJson } from './json/read-json-body.ts'
import type { GraphRequest, Route } from './route.ts'

/** One answer within the answer to a `$batch`. */
interface StepAnswer {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Outlook works on so many requests of a batch to one mailbox at once (exchange.md 3.3). */
const mailboxStepsAtOnceMax = 4

/**
 * `POST /$batch`: up to 20 requests, each answered as if it had come alone - permissions, budgets and faults included - in
 * the order in which they end (exchange.md 3.3). Whoever has a token may call it.
 */
export const batchRoute: Route = {
  method: 'POST',
  path: '/$batch',
  area: 'directory',
  permissions: { application: [[]], delegated: [[]] },
  handle: runBatch,
}

async function runBatch(request: GraphRequest): Promise<Response> {
  const steps = readBatch(await readJson(request))
  const slots = new Map<string, Slots>()
  const running = new Map<string, Promise<StepAnswer>>()
  const responses: StepAnswer[] = []
  const run = async (step: BatchStep): Promise<StepAnswer> => {
    const before = await Promise.all(step.dependsOn.map(start))
    const answer = before.some(({ status }) => status >= 400)
      ? failedDependency(step, request)
      : await slotsOf(slots, step).run(() => perform(step, request))
    responses.push(answer)
    return answer
  }
  const start = (id: string): Promise<StepAnswer> => {
    const step = steps.find((one) => one.id === id) as BatchStep
    const started = running.get(id) ?? run(step)
    running.set(id, started)
    return started
  }
  await Promise.all(steps.map(({ id }) => start(id)))
  return jsonAnswer(200, { responses })
}

async function perform(step: BatchStep, request: GraphRequest): Promise<StepAnswer> {
  if (/^\$batch\b/i.test(step.url))
    return refused(step, request, new GraphError(400, 'BadRequest', 'A batch cannot be part of a batch.'))
  const headers = new Headers()
  headers.set('authorization', request.headers.get('authorization') ?? '')
  headers.set('client-request-id', request.clientRequestId)
  try {
    for (const [name, value] of Object.entries(step.headers)) headers.set(name, value)
    const body = bodyOf(step)
    headers.set('content-length', String(body?.byteLength ?? 0))
    const url = `${request.endpoints.graph}/${request.version}/${step.url}`
    return await toAnswer(
      step.id,
      await request.dispatch(new Request(url, { method: step.method, headers, ...(body === undefined ? {} : { body }) })),
    )
  } catch (error) {
    // What a request cannot be made of: a header's value, a body with GET.
    if (error instanceof TypeError)
      return refused(step, request, new GraphError(400, 'BadRequest', 'Invalid batch payload format.'))
    throw error
  }
}

function bodyOf({ body, headers }: BatchStep): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined) return undefined
  if (contentTypeOf(headers) === 'application/json') return Uint8Array.from(Buffer.from(JSON.stringify(body)))
  if (typeof body !== 'string') throw new TypeError('a body of another type is base64')
  return Uint8Array.from(Buffer.from(body.replaceAll('-', '+').replaceAll('_', '/'), 'base64'))
}

async function toAnswer(id: string, response: Response): Promise<StepAnswer> {
  const bytes = Buffer.from(await response.arrayBuffer())
  const headers = Object.fromEntries([...response.headers].map(([name, value]) => [writtenName(name), value]))
  const answer = { id, status: response.status, headers }
  if (bytes.byteLength === 0) return answer
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return { ...answer, body: isJson ? (JSON.parse(bytes.toString('utf8')) as unknown) : bytes.toString('base64') }
}

const writtenNames: Readonly<Record<string, string>> = {
  etag: 'ETag',
  'odata-version': 'OData-Version',
  'www-authenticate': 'WWW-Authenticate',
}

/** Clients look for `Retry-After` in the object as they would spell it; Graph writes these few in lower case. */
function writtenName(name: string): string {
  if (/^(?:x-|request-id|client-request-id)/.test(name)) return name
  return writtenNames[name] ?? name.replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase())
}

function failedDependency(step: BatchStep, request: GraphRequest): StepAnswer {
  return refused(
    step,
    request,
    new GraphError(424, 'FailedDependency', 'The request was not run because a request that it depends on failed.'),
  )
}

function refused({ id }: BatchStep, request: GraphRequest, error: GraphError): StepAnswer {
  const body = toErrorBody(error, request, request.tenant.clock.nowMs())
  return { id, status: error.status, headers: { 'Content-Type': 'application/json' }, body }
}

/** The slots of the mailbox that a step speaks of; what is no mailbox's has as many as it likes. */
function slotsOf(all: Map<string, Slots>, { url }: BatchStep): Slots {
  const [collection = '', id = ''] = url
    .replace(/[?#].*$/s, '')
    .replace(/^users\('([^']*)'\)/i, 'users/$1')
    .split('/')
  const mailbox =
    collection.toLowerCase() === 'me' ? 'me' : collection.toLowerCase() === 'users' ? id.toLowerCase() : undefined
  const slots = all.get(mailbox ?? '') ?? new Slots(mailbox === undefined ? Infinity : mailboxStepsAtOnceMax)
  all.set(mailbox ?? '', slots)
  return slots
}

/** Lets some work go on at once and the rest wait, first come first served. */
class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
