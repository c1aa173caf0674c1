import type { Quota } from '../core/model/quota.ts'
import type { Context } from '../core/ports/context.ts'
import type { Endpoint } from './endpoint.ts'

/** What an endpoint is and can do. */
export interface EndpointCheck {
  readonly url: string
  /** What was announced and is used. */
  readonly announced: readonly string[]
  readonly folders: number
  /** Of the folders that say so. */
  readonly items: number
  readonly sessionsMax: number
  readonly itemSizeBytesMax?: number
  /** What is used and what is allowed, when the server says. */
  readonly quota?: Quota
  /** Until it was open, sign-in included. */
  readonly openMs: number
  /** Until all folders were listed. */
  readonly discoverMs: number
}

/** Opens an endpoint for reading, lists its folders and closes it. Throws as these do. */
export async function checkEndpoint(endpoint: Endpoint, context: Context): Promise<EndpointCheck> {
  const startedAtMs = context.clock.now()
  const source = await endpoint.openSource(context)
  try {
    const openedAtMs = context.clock.now()
    const folders = await source.discover()
    const discoveredAtMs = context.clock.now()
    const quota = await source.quota?.()
    const { announced, itemSizeBytesMax, sessionsMax } = source.capabilities
    return {
      url: endpoint.url,
      announced,
      folders: folders.length,
      items: folders.reduce((sum, folder) => sum + (folder.status?.items ?? 0), 0),
      sessionsMax,
      ...(itemSizeBytesMax === undefined ? {} : { itemSizeBytesMax }),
      ...(quota === undefined ? {} : { quota }),
      openMs: openedAtMs - startedAtMs,
      discoverMs: discoveredAtMs - openedAtMs,
    }
  } finally {
    await source.close()
  }
}
