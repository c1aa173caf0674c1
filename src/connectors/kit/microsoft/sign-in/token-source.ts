import type { Resource } from '../clouds.ts'

/** Where access tokens come from. */
export interface TokenSource {
  /**
   * A token for the resource that is good for a while. Callers at the same time share one request; when `signal` is aborted
   * only this caller gives up. Throws by the table of `sign-in-errors.ts`.
   */
  token(resource: Resource, signal: AbortSignal): Promise<string>
  /** Never to be given again, since the service has refused it; without effect when another has taken its place. */
  discard(resource: Resource, token: string): void
}
