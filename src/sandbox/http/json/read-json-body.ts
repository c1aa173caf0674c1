import { Buffer } from 'node:buffer'
import { GraphError } from '../graph-error.ts'
import type { GraphRequest } from '../route.ts'
import { type BodyOf, checkStructure, type Structure } from './kinds.ts'

/** What a body has to have beside its type. */
export interface BodyRules {
  /** Properties that must be there and not null. */
  readonly required?: readonly string[]
  /** Properties of the type that the caller may not give. */
  readonly readOnly?: readonly string[]
}

/**
 * Reads a JSON body of a type, as strictly as Graph does. Throws 400 for malformed JSON (`BadRequest`, or Exchange's
 * `UnableToDeserializePostBody`), for an unknown property or a wrong type (`BadRequest`, or Exchange's
 * `RequestBodyRead`), for what is required and missing, and 400 or 415 for another `Content-Type`.
 */
export async function readJsonBody<S extends Structure>(
  request: GraphRequest,
  structure: S,
  rules: BodyRules = {},
): Promise<BodyOf<S>> {
  const value = await readJson(request)
  const misfit = checkStructure(structure, value)
  if (misfit !== undefined)
    throw new GraphError(400, request.area === 'mailbox' ? 'RequestBodyRead' : 'BadRequest', misfit.message)
  const body = value as BodyOf<S> & Readonly<Record<string, unknown>>
  const missing = (rules.required ?? []).filter((name) => body[name] === undefined || body[name] === null)
  if (missing.length > 0) throw missingProperty(missing[0] as string, structure, request)
  const forbidden = (rules.readOnly ?? []).find((name) => body[name] !== undefined)
  if (forbidden !== undefined) {
    throw new GraphError(
      400,
      request.area === 'mailbox' ? 'ErrorInvalidPropertySet' : 'Request_BadRequest',
      `Property '${forbidden}' is read-only and cannot be set.`,
    )
  }
  return body
}

/** Reads a body as JSON of any shape; the same refusals as `readJsonBody` without a type. */
export async function readJson(request: GraphRequest): Promise<unknown> {
  requireJson(request)
  const bytes = await request.bytes()
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes))) as unknown
  } catch {
    throw unreadable(request)
  }
}

function requireJson(request: GraphRequest): void {
  const contentType = request.headers.get('content-type')
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase()
  if (mediaType === 'application/json') return
  if (request.area === 'mailbox') throw unreadable(request)
  if (mediaType === undefined || mediaType === '') {
    throw new GraphError(
      400,
      'Request_BadRequest',
      'Write requests (excluding DELETE) must contain the Content-Type header declaration.',
    )
  }
  throw new GraphError(
    415,
    'Request_UnsupportedMediaType',
    `Content-Type '${mediaType}' is not supported; application/json was expected.`,
  )
}

function unreadable({ area }: GraphRequest): GraphError {
  return area === 'mailbox'
    ? new GraphError(400, 'UnableToDeserializePostBody', 'were unable to deserialize ')
    : new GraphError(
        400,
        'BadRequest',
        'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
      )
}

function missingProperty(name: string, structure: Structure, { area }: GraphRequest): GraphError {
  if (area === 'mailbox') return new GraphError(400, 'ErrorInvalidArgument', `The required property '${name}' is missing.`)
  const type = structure.name.replace('microsoft.graph.', '')
  const typeName = `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`
  return new GraphError(400, 'Request_BadRequest', `A value is required for property '${name}' of resource '${typeName}'.`)
}
