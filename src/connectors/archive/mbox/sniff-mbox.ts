import { stat } from 'node:fs/promises'
import { findFirstFromLine } from '../../../formats/mbox/scanner.ts'
import { errnoOf, toArchiveError } from '../errors.ts'
import { openFile, readPart } from '../stored-file.ts'

/** Whether a file holds an mbox, by its beginning; `empty` may be one. Undefined: no regular file. */
export async function sniffMbox(path: Buffer, shown: string): Promise<'mbox' | 'empty' | 'other' | undefined> {
  const stats = await stat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ELOOP') return undefined
    throw toArchiveError(error, shown)
  })
  if (!stats?.isFile()) return undefined
  if (stats.size === 0) return 'empty'
  const handle = await openFile(path, shown)
  if (handle === undefined) return undefined
  try {
    const read = (position: number, lengthBytes: number) => readPart(handle, shown, position, lengthBytes)
    return (await findFirstFromLine({ sizeBytes: stats.size, read })) === undefined ? 'other' : 'mbox'
  } finally {
    await handle.close()
  }
}
