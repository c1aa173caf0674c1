/** A request as the sandbox's page shows it. */
export interface LoggedRequest {
  readonly atMs: number
  /** `graph`, `sign-in`, `import`, `imap`. */
  readonly face: string
  readonly method: string
  /** Without the query's secrets. */
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly error?: string | undefined
}

/** What is told of a request when it has been answered. */
export interface AnsweredRequest extends Omit<LoggedRequest, 'path'> {
  readonly url: string
}

const requestsMax = 200
const pathLengthMax = 300

/** The last requests, the oldest forgotten first. */
export class RequestLog {
  /** Nearly all are forgotten before anybody looks: their paths are made fit to be seen when somebody does. */
  readonly #requests: AnsweredRequest[] = []
  #total = 0
  readonly #byStatus = new Map<number, number>()

  get total(): number {
    return this.#total
  }

  /** How many were answered by each status. */
  get byStatus(): ReadonlyMap<number, number> {
    return this.#byStatus
  }

  record(request: AnsweredRequest): void {
    this.#total++
    this.#byStatus.set(request.status, (this.#byStatus.get(request.status) ?? 0) + 1)
    this.#requests.push(request)
    if (this.#requests.length > requestsMax) this.#requests.shift()
  }

  /** The newest first. */
  latest(limit: number): readonly LoggedRequest[] {
    return this.#requests
      .slice(-limit)
      .toReversed()
      .map(({ url, ...request }) => ({ ...request, path: toLoggedPath(new URL(url)).slice(0, pathLengthMax) }))
  }
}

/** A URL's path and query without what signs a caller in: tokens, codes, secrets. */
function toLoggedPath(url: URL): string {
  const query = new URLSearchParams(url.search)
  for (const name of query.keys()) {
    if (/token|code|secret|assertion|state|nonce|password/i.test(name) && !/^\$(?:skip|delta)token$/i.test(name)) query.set(name, '…')
  }
  const text = query.toString().replaceAll('%24', '$').replaceAll('%E2%80%A6', '…')
  return text === '' ? url.pathname : `${url.pathname}?${text}`
}
