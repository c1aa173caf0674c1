import { readFile, stat } from 'node:fs/promises'
import { UsageError } from '../usage-error.ts'

const sizeBytesMax = 32 * 1024 * 1024

/** The text of a list in UTF-8 or UTF-16. Throws `UsageError` when it cannot be read. */
export async function readListText(file: string): Promise<string> {
  return decode(await readBounded(file), file)
}

async function readBounded(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).size > sizeBytesMax) {
      throw new UsageError('pairs', `The list ${file} is larger than ${sizeBytesMax} bytes.`, 'Split it into several files.')
    }
    return await readFile(file)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new UsageError('pairs', `The list ${file} cannot be read (${reason}).`, 'Check the path and its permissions.', error)
  }
}

function decode(bytes: Buffer, file: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (error) {
    throw new UsageError('pairs', `The list ${file} is not text in UTF-8.`, 'Save it as "CSV UTF-8".', error)
  }
}
