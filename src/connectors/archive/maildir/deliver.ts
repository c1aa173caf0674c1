import { rename, unlink } from 'node:fs/promises'
import type { FolderId, ItemId } from '../../../core/model/ids.ts'
import type { Delivery } from '../../../core/model/item.ts'
import { exactMark, formatMaildirFileName } from '../../../formats/maildir/file-name.ts'
import { writeNewFile } from '../durable-file.ts'
import { toArchiveError } from '../errors.ts'
import type { WriteOutcome } from '../storage.ts'
import type { UniqueNames } from '../unique-name.ts'
import { toOutcome } from '../write-outcome.ts'
import type { FolderDirectory } from './folder-directory.ts'

/**
 * Stores messages the way Maildir asks for: each is written whole into `tmp`, synced, and only then renamed into `cur`.
 * Bytes are kept as given, CRLF line ends too; a message with bare LF gets the exact mark, so that it is given again as
 * it is.
 */
export async function deliver(
  deliveries: readonly Delivery[],
  names: UniqueNames,
  folder: (id: FolderId) => FolderDirectory,
): Promise<WriteOutcome> {
  const touched = new Set<FolderDirectory>()
  const outcomes = await Promise.allSettled(
    deliveries.map(async (delivery) => {
      const directory = folder(delivery.into)
      const id = await store(delivery, directory, names)
      touched.add(directory)
      return id
    }),
  )
  try {
    for (const directory of touched) await directory.sync()
  } catch (error) {
    return { results: [], failure: { error } }
  }
  return toOutcome(deliveries, outcomes, (id) => id)
}

async function store(delivery: Delivery, directory: FolderDirectory, names: UniqueNames): Promise<ItemId> {
  const { item, keywords, receivedAt } = delivery
  const unique = names.next()
  const temporary = directory.path('tmp', unique)
  try {
    const facts = { sizeBytes: item.sizeBytes, receivedAtMs: receivedAt.epochMs }
    const { sizeBytes, bareLineFeeds } = await writeNewFile(temporary, item.content, facts)
    const mark = bareLineFeeds > 0 ? exactMark : ''
    const id = `${unique}${mark},S=${sizeBytes},W=${sizeBytes + bareLineFeeds}` as ItemId
    try {
      const name = formatMaildirFileName(id, await directory.keywords.flagsFor(id, keywords))
      await rename(temporary, directory.path('cur', name))
      directory.note(id, name)
      return id
    } catch (error) {
      await unlink(temporary)
      throw error
    }
  } catch (error) {
    throw toArchiveError(error, directory.shown())
  }
}
