import type { Area, Caller, RoutePermissions } from './authorize.ts'
import type { Endpoints } from './endpoints.ts'
import { GraphError, type RequestIds } from './graph-error.ts'
import { parsePath } from './path-segments.ts'
import type { Tenant } from '../tenant/tenant.ts'

/** The two versions of Graph. */
export type GraphVersion = 'v1.0' | 'beta'

/** A request to Graph whose caller is known and allowed. */
export interface GraphRequest extends RequestIds {
  readonly method: string
  readonly version: GraphVersion
  /** As it came, with the version, without the query: `/v1.0/users('x')/messages`. */
  readonly path: string
  /** Values of the route's `{placeholders}`, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Headers
  readonly caller: Caller
  readonly tenant: Tenant
  readonly area: Area
  readonly endpoints: Endpoints
  /** The whole body; reads it once and keeps it. Throws 413 when it is longer than Graph takes. */
  bytes(): Promise<Uint8Array>
  /** Whether it is a part of a `$batch`. */
  readonly isBatchPart: boolean
  /** Answers a part of this request, a `$batch`, by the same app. */
  dispatch(part: Request): Promise<Response>
}

/** One operation of a face. A face exports its table of these; nothing else answers. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Below the version: `/users/{id}/mailFolders/{folderId}`, `/users/{id}/reminderView(startDateTime={start})`. */
  readonly path: string
  /** Both, where absent. */
  readonly versions?: readonly GraphVersion[]
  readonly area: Area
  readonly permissions: RoutePermissions
  /** Longest body in bytes; Graph's 4 MB (exchange.md 4.1) where absent. */
  readonly bodyBytesMax?: number
  handle(request: GraphRequest): Response | Promise<Response>
}

interface Node {
  readonly literals: Map<string, Node>
  placeholder: Node | undefined
  /** By method and version. */
  readonly routes: Map<string, DeclaredRoute>
}

interface DeclaredRoute {
  readonly route: Route
  /** Placeholder names in the order of the path. */
  readonly placeholders: readonly string[]
  /** Placeholder names of values given by name. */
  readonly named: Readonly<Record<string, string>>
}

/** What a path leads to. */
export interface RouteMatch {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** Finds the route of a path. Throws when two routes of a table are the same. */
export class RouteTable {
  readonly #root: Node = emptyNode()

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route)
  }

  /**
   * `segments` as `parsePath` gives them. Throws Graph's refusals: 400 `BadRequest` naming the first segment that leads
   * nowhere, 405 where the path exists and the method does not.
   */
  find(method: string, version: GraphVersion, path: ReturnType<typeof parsePath>): RouteMatch {
    const reached = { depth: 0 }
    const found = this.#descend(this.#root, path.segments, 0, [], reached, method, version)
    if (found === 'no-method') {
      throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.')
    }
    if (found === undefined) {
      const segment = path.segments[reached.depth] ?? path.segments.at(-1) ?? ''
      throw new GraphError(400, 'BadRequest', `Resource not found for the segment '${segment.replace(/\(.*$/s, '')}'.`)
    }
    const { declared, values } = found
    const params = Object.fromEntries(declared.placeholders.map((name, index) => [name, values[index] as string]))
    for (const [key, name] of Object.entries(declared.named)) params[name] = path.named[key] as string
    return { route: declared.route, params }
  }

  #descend(
    node: Node,
    segments: readonly string[],
    depth: number,
    values: readonly string[],
    reached: { depth: number },
    method: string,
    version: GraphVersion,
  ): { declared: DeclaredRoute; values: readonly string[] } | 'no-method' | undefined {
    reached.depth = Math.max(reached.depth, depth)
    const segment = segments[depth]
    if (segment === undefined) {
      const declared = node.routes.get(`${method} ${version}`)
      if (declared !== undefined) return { declared, values }
      return [...node.routes.keys()].some((key) => key.endsWith(` ${version}`)) ? 'no-method' : undefined
    }
    const literal = node.literals.get(segment.toLowerCase())
    const byName =
      literal === undefined ? undefined : this.#descend(literal, segments, depth + 1, values, reached, method, version)
    if (byName !== undefined || node.placeholder === undefined) return byName
    return this.#descend(node.placeholder, segments, depth + 1, [...values, segment], reached, method, version)
  }

  #add(route: Route): void {
    const { segments, named } = parsePath(route.path)
    let node = this.#root
    const placeholders: string[] = []
    for (const segment of segments) {
      const name = placeholderName(segment)
      if (name !== undefined) placeholders.push(name)
      node = name === undefined ? childOf(node, segment.toLowerCase()) : (node.placeholder ??= emptyNode())
    }
    const names = Object.fromEntries(Object.entries(named).map(([key, value]) => [key, placeholderName(value) ?? value]))
    for (const version of route.versions ?? (['v1.0', 'beta'] as const)) {
      const key = `${route.method} ${version}`
      if (node.routes.has(key)) throw new Error(`${key} ${route.path} is declared twice`)
      node.routes.set(key, { route, placeholders, named: names })
    }
  }
}

function placeholderName(segment: string): string | undefined {
  return /^\{(\w+)\}$/.exec(segment)?.[1]
}

function childOf(node: Node, name: string): Node {
  const child = node.literals.get(name) ?? emptyNode()
  node.literals.set(name, child)
  return child
}

function emptyNode(): Node {
  return { literals: new Map(), placeholder: undefined, routes: new Map() }
}
