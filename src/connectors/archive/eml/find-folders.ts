import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { unescapeFileName } from '../../../formats/file-name-escape.ts'
import { joinPath, toSystemPath, toText, type BytePath } from '../byte-path.ts'
import { toDistinctFolders, withInbox, type FoundFolder } from '../distinct-folders.ts'
import { errnoOf } from '../errors.ts'
import { folderFactsFile, readFolderFacts } from '../folder-facts.ts'
import { toTreeName } from '../tree-name.ts'
import { isMessageName } from './folder-directory.ts'

const depthMax = 64
const directoriesMax = 50_000

/** What a tree of .eml files holds. */
export interface EmlFolders {
  readonly folders: readonly FoundFolder[]
  readonly hasMessages: boolean
  readonly hasOtherFiles: boolean
}

/**
 * Every directory below `root` is a folder, by its unescaped name. Messages in the root itself are INBOX, or, where
 * there is a directory INBOX too, a folder by the name of the root. Hidden directories count only when they hold
 * messages.
 */
export async function findEmlFolders(root: string): Promise<EmlFolders> {
  const found: FoundFolder[] = []
  let hasMessages = false
  let hasOtherFiles = false
  const waiting: { relative: BytePath; path: readonly string[] }[] = [{ relative: '.', path: [] }]
  let rootHasMessages = false
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { directories, messages, others } = await entriesIn(toSystemPath(root, next.relative))
    hasMessages ||= messages > 0
    hasOtherFiles ||= others > 0
    if (next.relative === '.') rootHasMessages = messages > 0
    else if (messages > 0 || !isHidden(next.relative)) {
      const facts = await readFolderFacts(toSystemPath(root, joinPath(next.relative, folderFactsFile)))
      const name = facts.path?.at(-1)
      const path = name === undefined ? next.path : [...next.path.slice(0, -1), name]
      found.push({ relative: next.relative, path, holdsItems: true })
      next = { relative: next.relative, path }
    }
    if (next.path.length >= depthMax || found.length >= directoriesMax) continue
    for (const name of directories) {
      waiting.push({ relative: joinPath(next.relative, name), path: [...next.path, unescapeFileName(toText(name))] })
    }
  }
  const hasInbox = found.some(({ path }) => path.length === 1 && path[0]?.toUpperCase() === 'INBOX')
  if (rootHasMessages) found.push({ relative: '.', path: [hasInbox ? basename(root) : 'INBOX'], holdsItems: true })
  return { folders: toDistinctFolders(withInbox(found, 'INBOX'), toTreePath), hasMessages, hasOtherFiles }
}

/** The directory for a new folder. */
function toTreePath(path: readonly string[]): BytePath {
  return path.map(toTreeName).join('/')
}

function isHidden(relative: BytePath): boolean {
  return relative.slice(relative.lastIndexOf('/') + 1).startsWith('.')
}

async function entriesIn(directory: Buffer) {
  const directories: BytePath[] = []
  let messages = 0
  let others = 0
  try {
    for (const entry of await readdir(directory, { encoding: 'latin1', withFileTypes: true })) {
      if (entry.isDirectory()) directories.push(entry.name)
      else if (isMessageName(entry.name)) messages++
      else if (!entry.name.startsWith('mailvan-') && !entry.name.startsWith('.')) others++
    }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
  return { directories, messages, others }
}
