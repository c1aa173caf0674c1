/** Answers that leave through a broken connection; whoever holds the socket breaks it. */
const broken = new WeakSet<Response>()

/** An answer that never arrives: the connection is reset in its place (profile `flaky`). */
export function brokenAnswer(): Response {
  const answer = new Response(null, { status: 500 })
  broken.add(answer)
  return answer
}

export function isBrokenAnswer(response: Response): boolean {
  return broken.has(response)
}

/** A page of 200 whose JSON ends after its list has begun (exchange.md 3.3). */
export async function cutPage(response: Response): Promise<Response> {
  const text = await response.text()
  const at = text.indexOf('"value":[')
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  return new Response(at < 0 ? text : text.slice(0, at + '"value":['.length), { status: response.status, headers })
}
