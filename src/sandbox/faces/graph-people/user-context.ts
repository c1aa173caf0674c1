import type { GraphRequest } from '../../http/route.ts'

/** `users('x')/contacts`: what follows `$metadata#` in the context of something below a user. */
export function userContext(request: GraphRequest, ...below: readonly string[]): string {
  return [keyed('users', request.params['id'] ?? ''), ...below].join('/')
}

/** `contactFolders('x')`. */
export function keyed(collection: string, key: string): string {
  return `${collection}('${encodeURIComponent(key).replaceAll("'", "''")}')`
}
