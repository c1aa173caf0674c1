import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MigrationError } from '../core/errors.ts'

/**
 * Writes a file, readable by its owner only, so that at any time either nothing or the whole of it stands at `file`; durable
 * when it resolves. Throws `config` when it cannot be written.
 */
export async function writeWholeFile(file: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const aside = `${file}.${randomUUID()}.part`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const handle = await open(aside, 'wx', 0o600)
    try {
      for await (const piece of pieces) await handle.appendFile(piece)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(aside, file)
  } catch (error) {
    await rm(aside, { force: true })
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error
    throw new MigrationError('config', 'home.unwritable', {
      message: `The file ${file} cannot be written (${String(error.code)}).`,
      hint: 'Check the permissions of the home and the room on its disk, then run the same command again.',
      cause: error,
    })
  }
}
