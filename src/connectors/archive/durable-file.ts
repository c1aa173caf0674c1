import { open, rename, unlink, type FileHandle } from 'node:fs/promises'
import type { Content } from '../../core/model/item.ts'
import { countBareLineFeeds } from '../../formats/line-ends.ts'
import { archiveError, errnoOf } from './errors.ts'

/** What was learned of a content while it was written. */
export interface WrittenContent {
  readonly sizeBytes: number
  readonly bareLineFeeds: number
}

/**
 * Writes a content into a new file, durable when this resolves, with `receivedAtMs` as its time of change. Leaves no
 * file when it throws: because the file exists, the disk fails, the content throws, or it is not `sizeBytes` long.
 */
export async function writeNewFile(
  path: Buffer,
  content: Content,
  facts: { readonly sizeBytes: number; readonly receivedAtMs: number },
): Promise<WrittenContent> {
  const handle = await open(path, 'wx', 0o600)
  try {
    const written = await writeContent(handle, content, facts.sizeBytes)
    // As a `Date`: Node takes a negative number for the present.
    const receivedAt = new Date(facts.receivedAtMs)
    await handle.utimes(receivedAt, receivedAt)
    await handle.sync()
    await handle.close()
    return written
  } catch (error) {
    await handle.close().catch(ignoreClosed)
    await unlink(path)
    throw error
  }
}

async function writeContent(handle: FileHandle, content: Content, sizeBytes: number): Promise<WrittenContent> {
  let written = 0
  let bareLineFeeds = 0
  let isAfterCr = false
  const write = async (chunk: Uint8Array) => {
    if (written + chunk.byteLength > sizeBytes) throw archiveError('size-mismatch')
    bareLineFeeds += countBareLineFeeds(chunk, isAfterCr)
    if (chunk.byteLength > 0) isAfterCr = chunk.at(-1) === 0x0d
    await writeFully(handle, chunk)
    written += chunk.byteLength
  }
  if (content instanceof Uint8Array) await write(content)
  else for await (const chunk of content) await write(chunk)
  if (written !== sizeBytes) throw archiveError('size-mismatch')
  return { sizeBytes: written, bareLineFeeds }
}

/** Writes all of `chunk` where the file stands, or at `position`. */
export async function writeFully(handle: FileHandle, chunk: Uint8Array, position?: number): Promise<void> {
  for (let start = 0; start < chunk.byteLength;) {
    const at = position === undefined ? null : position + start
    const { bytesWritten } = await handle.write(chunk, start, chunk.byteLength - start, at)
    start += bytesWritten
  }
}

/** Replaces a small file, or makes it: whoever reads it sees the old text or the new one, also after a power loss. */
export async function replaceFile(path: Buffer, text: string | Uint8Array): Promise<void> {
  const beside = Buffer.concat([path, Buffer.from('.new')])
  const handle = await open(beside, 'w', 0o600)
  try {
    await writeFully(handle, typeof text === 'string' ? Buffer.from(text, 'utf8') : text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, path)
}

/** Makes what was renamed, made or unlinked in a directory survive a power loss. */
export async function syncDirectory(path: Buffer): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some file systems (FAT, some FUSE ones) cannot sync a directory; then there is nothing more to do.
    if (!unsyncable.has(errnoOf(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}

const unsyncable: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EBADF'])

function ignoreClosed(): void {
  // The failure that matters is the one that led here.
}
