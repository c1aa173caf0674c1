import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { archiveError, errnoOf, toItemError } from './errors.ts'
import type { StoredMessage } from './storage.ts'

/** Opens a regular file for reading; undefined when it is gone. A pipe or device is refused without waiting for it. */
export async function openFile(systemPath: Buffer, shownPath: string): Promise<FileHandle | undefined> {
  try {
    return await open(systemPath, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw toItemError(error, shownPath)
  }
}

/** A whole file as a message. */
export async function openMessageFile(
  systemPath: Buffer,
  shownPath: string,
  form: Pick<StoredMessage, 'isExact' | 'isQuoted'>,
): Promise<StoredMessage | undefined> {
  const handle = await openFile(systemPath, shownPath)
  if (handle === undefined) return undefined
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw archiveError('not-a-message', shownPath)
    return messageIn(handle, shownPath, { start: 0, sizeBytes: stats.size, ...form })
  } catch (error) {
    await handle.close()
    throw toItemError(error, shownPath)
  }
}

/** Part of an open file as a message; closing the message closes the file. */
export function messageIn(
  handle: FileHandle,
  path: string,
  part: { readonly start: number; readonly sizeBytes: number; readonly isExact: boolean; readonly isQuoted: boolean },
): StoredMessage {
  return {
    path,
    sizeBytes: part.sizeBytes,
    isExact: part.isExact,
    isQuoted: part.isQuoted,
    read: (position, lengthBytes) =>
      readPart(handle, path, part.start + position, Math.min(lengthBytes, part.sizeBytes - position)),
    close: () => handle.close(),
  }
}

/** Reads as many bytes as there are, up to `lengthBytes`. Throws an `item` error where the disk fails. */
export async function readPart(
  handle: FileHandle,
  shownPath: string,
  position: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, lengthBytes))
  let length = 0
  try {
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, position + length)
      if (bytesRead === 0) break
      length += bytesRead
    }
  } catch (error) {
    throw toItemError(error, shownPath)
  }
  return length === buffer.length ? buffer : buffer.subarray(0, length)
}
