import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Path of the `dovecot` program, or nothing. Looks in the sbin folders too, which PATH often lacks for plain users. */
export async function findDovecot(): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  for (const folder of folders.filter(Boolean)) {
    const path = join(folder, 'dovecot')
    const found = await access(path, constants.X_OK).then(() => true, () => false)
    if (found) return path
  }
  return undefined
}

/** `2.3.19.1`, as the program at `path` prints it. */
export async function dovecotVersion(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 10_000 })
  return stdout.split(' ')[0]?.trim() ?? ''
}
