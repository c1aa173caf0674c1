import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What `file args` prints first that looks like a version, or undefined when it cannot be run. */
export async function findVersion(file: string, args: readonly string[] = ['--version']): Promise<string | undefined> {
  const ran = await promisify(execFile)(file, [...args], { timeout: 30_000 }).catch(() => undefined)
  return ran && (/\d+(\.\d+)+/.exec(ran.stdout + ran.stderr)?.[0] ?? 'unknown')
}
