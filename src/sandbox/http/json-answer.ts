const graphJson = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

/** An answer as Graph sends JSON. */
export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': graphJson, 'OData-Version': '4.0', 'Cache-Control': 'no-cache', ...headers },
  })
}

/** An answer without a body: 202, 204. */
export function emptyAnswer(status = 204, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers: { 'Cache-Control': 'no-cache', ...headers } })
}
