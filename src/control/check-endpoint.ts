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
    const { announced, itemSizeBytesMax, sessionsMax } = source.capabilities
    return {
      url: endpoint.url,
      announced,
      folders: folders.length,
      items: folders.reduce((sum, folder) => sum + (folder.status?.items ?? 0), 0),
      sessionsMax,
      ...(itemSizeBytesMax === undefined ? {} : { itemSizeBytesMax }),
      openMs: openedAtMs - startedAtMs,
      discoverMs: context.clock.now() - openedAtMs,
    }
  } finally {
    await source.close()
  }
}
