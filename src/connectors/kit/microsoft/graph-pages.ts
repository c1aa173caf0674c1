import type { GraphCall, GraphCaller } from './graph-client.ts'
import type { JsonObject } from './read-json.ts'

/** A page of a collection, or of its changes. */
export interface GraphPage {
  readonly values: readonly JsonObject[]
  /** Where the next page is; absent on the last. */
  readonly nextLink: string | undefined
  /** Where changes from now on are asked for; only on the last page of a delta query. */
  readonly deltaLink: string | undefined
}

/** The pages of a collection, each asked for when it is wanted. Throws as `GraphCaller.call`. */
export async function* graphPages(graph: GraphCaller, first: GraphCall): AsyncIterable<GraphPage> {
  let call = first
  for (;;) {
    const { json } = await graph.call(call)
    const page = toPage(json)
    yield page
    if (page.nextLink === undefined) return
    // The link has the query in it already.
    const { query: _, ...rest } = first
    call = { ...rest, path: page.nextLink }
  }
}

/** What a collection holds, page by page. Throws as `GraphCaller.call`. */
export async function* graphValues(graph: GraphCaller, first: GraphCall): AsyncIterable<JsonObject> {
  for await (const { values } of graphPages(graph, first)) yield* values
}

function toPage(json: JsonObject): GraphPage {
  const link = (name: string): string | undefined => (typeof json[name] === 'string' ? json[name] : undefined)
  const values = Array.isArray(json['value']) ? json['value'].filter((one): one is JsonObject => typeof one === 'object' && one !== null) : []
  return { values, nextLink: link('@odata.nextLink'), deltaLink: link('@odata.deltaLink') }
}
