import { GraphError } from './graph-error.ts'

/** One request of a `$batch`, as it came and was found good. */
export interface BatchStep {
  readonly id: string
  readonly method: string
  /** Below the version, with its query, without a leading slash. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON, or base64 where the headers name another type; undefined for none. */
  readonly body: unknown
  /** Ids as the steps themselves have them. */
  readonly dependsOn: readonly string[]
}

/** exchange.md 3.3. */
const stepsMax = 20

const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'PATCH', 'PUT', 'DELETE'])
const names: ReadonlySet<string> = new Set(['id', 'method', 'url', 'headers', 'body', 'dependsOn'])

/** Checks the body of a `$batch` (Graph's page on JSON batching). Throws 400 `BadRequest` for the whole when a part is wrong. */
export function readBatch(value: unknown): readonly BatchStep[] {
  const requests = isObject(value) ? value['requests'] : undefined
  if (!Array.isArray(requests) || requests.length === 0) throw malformed()
  if (requests.length > stepsMax) throw malformed(`Number of batch request steps exceeds the maximum value of ${stepsMax}.`)
  const steps = requests.map(readStep)
  const ids = new Map(steps.map(({ id }) => [id.toLowerCase(), id]))
  if (ids.size < steps.length) throw malformed('The ids of the requests in a batch must be unique.')
  const known = steps.map((step) => ({
    ...step,
    dependsOn: step.dependsOn.map((id) => ids.get(id.toLowerCase()) ?? refuseDependency(id)),
  }))
  requireNoCircle(known)
  return known
}

function readStep(value: unknown): BatchStep {
  if (!isObject(value)) throw malformed()
  const { id, method, url, headers = {}, body, dependsOn = [] } = value
  const unknown = Object.keys(value).find((name) => !names.has(name))
  if (unknown !== undefined) throw malformed(`The property '${unknown}' is not one of a request in a batch.`)
  if (typeof id !== 'string' || id === '' || typeof method !== 'string' || typeof url !== 'string' || url === '')
    throw malformed()
  if (!methods.has(method.toUpperCase())) throw malformed(`The method '${method}' is not supported in a batch.`)
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(url)) throw malformed(`The url '${url}' is not relative.`)
  if (!isObject(headers) || !Object.values(headers).every((header) => typeof header === 'string')) throw malformed()
  if (!Array.isArray(dependsOn) || !dependsOn.every((one) => typeof one === 'string')) throw malformed()
  if (body !== undefined && body !== null && contentTypeOf(headers) === undefined) {
    throw malformed('The headers of a request with a body must contain a value for Content-Type.')
  }
  return {
    id,
    method: method.toUpperCase(),
    url: url.replace(/^\/+/, ''),
    headers: headers as Readonly<Record<string, string>>,
    body: body ?? undefined,
    dependsOn,
  }
}

/** The media type that a step's headers name, in lower case. */
export function contentTypeOf(headers: Readonly<Record<string, unknown>>): string | undefined {
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return typeof header === 'string' ? header.split(';')[0]?.trim().toLowerCase() : undefined
}

function requireNoCircle(steps: readonly BatchStep[]): void {
  const settled = new Set<string>()
  let waiting = steps
  while (waiting.length > 0) {
    const left = waiting.filter(({ dependsOn }) => !dependsOn.every((id) => settled.has(id)))
    if (left.length === waiting.length) throw malformed('The requests of the batch depend on each other in a circle.')
    for (const { id } of waiting) if (!left.some((step) => step.id === id)) settled.add(id)
    waiting = left
  }
}

function refuseDependency(id: string): never {
  throw malformed(`A request of the batch depends on '${id}', which is not in it.`)
}

function malformed(message = 'Invalid batch payload format.'): GraphError {
  return new GraphError(400, 'BadRequest', message)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
