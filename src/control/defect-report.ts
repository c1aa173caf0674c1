import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { redactSecrets } from '../connectors/kit/redaction.ts'

/**
 * Writes what is known of an error of this program into `folder`, or into the system's folder for temporary files when
 * that cannot be written. `secrets` are replaced wherever they occur. Gives the file, or undefined when nothing can be
 * written anywhere.
 */
export async function writeDefectReport(
  defect: unknown,
  options: { folder: string; version: string; atMs: number; secrets: readonly string[] },
): Promise<string | undefined> {
  const text = [
    `mailvan ${options.version}, Node.js ${process.version}, ${process.platform} ${process.arch}`,
    new Date(options.atMs).toISOString(),
    '',
    inspect(defect, { depth: 4, maxStringLength: 2_000, maxArrayLength: 20 }),
    '',
  ].join('\n')
  const name = `mailvan-defect-${options.atMs}-${process.pid}.txt`
  for (const folder of [options.folder, tmpdir()]) {
    const file = join(folder, name)
    const isWritten = await write(folder, file, redactSecrets(text, options.secrets))
    if (isWritten) return file
  }
  return undefined
}

async function write(folder: string, file: string, text: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(file, text, { mode: 0o600 })
    return true
  } catch {
    // The next folder is tried: what failed first is what matters.
    return false
  }
}
