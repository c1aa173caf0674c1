import { toSeconds } from '../tenant/create-tenant.ts'

/** A refusal of Microsoft Graph; the app renders it as Graph's error envelope. Thrown by anything below a route. */
export class GraphError extends Error {
  readonly status: number
  /** Graph's own: `Request_ResourceNotFound`, `ErrorItemNotFound`. */
  readonly code: string
  /** Sent with the answer: `Retry-After`, `WWW-Authenticate`. */
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'GraphError'
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** The ids of a request that every answer repeats. */
export interface RequestIds {
  readonly requestId: string
  /** The client's own, or the request id where it sent none. */
  readonly clientRequestId: string
}

/** Graph's error envelope: `{"error":{"code","message","innerError":{"date","request-id","client-request-id"}}}`. */
export function toErrorBody(error: GraphError, ids: RequestIds, nowMs: number): object {
  return {
    error: {
      code: error.code,
      message: error.message,
      innerError: {
        date: toSeconds(nowMs).slice(0, -1),
        'request-id': ids.requestId,
        'client-request-id': ids.clientRequestId,
      },
    },
  }
}

/** 404 as the directory says it, for an id or a user principal name. */
export function resourceNotFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )
}

/** 400 as the directory says it. */
export function badRequest(message: string, code = 'Request_BadRequest'): GraphError {
  return new GraphError(400, code, message)
}
