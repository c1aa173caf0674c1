import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** How many messages a Maildir++ tree holds now; 0 when there is none. Quick enough to be asked all the time. */
export function countDelivered(maildir: string): number {
  const folders = ['', ...namesIn(maildir).filter((name) => name.startsWith('.'))]
  const parts = folders.flatMap((folder) => [join(maildir, folder, 'cur'), join(maildir, folder, 'new')])
  return parts.reduce((sum, part) => sum + namesIn(part).length, 0)
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    // Not made yet, or being made.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
