import type { BodyOf, Structure } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import type { GraphRequest } from '../../http/route.ts'

/** The parameters of an action; none where the request has no body. Throws as `readJsonBody`. */
export async function readOptionalBody<S extends Structure>(request: GraphRequest, structure: S): Promise<BodyOf<S>> {
  const { byteLength } = await request.bytes()
  return byteLength === 0 ? ({} as BodyOf<S>) : readJsonBody(request, structure)
}
