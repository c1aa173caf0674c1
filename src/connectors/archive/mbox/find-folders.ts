import { readdir } from 'node:fs/promises'
import { unescapeFileName } from '../../../formats/file-name-escape.ts'
import { joinPath, showPath, toSystemPath, toText, type BytePath } from '../byte-path.ts'
import { toDistinctFolders, withInbox, type FoundFolder } from '../distinct-folders.ts'
import { archiveError, errnoOf } from '../errors.ts'
import { readFolderFacts } from '../folder-facts.ts'
import { toTreeName } from '../tree-name.ts'
import { mboxFactsSuffix } from './mailbox-file.ts'
import { sniffMbox } from './sniff-mbox.ts'

const depthMax = 64
const filesMax = 50_000

/** Role, subscription and long name of the folder beside it. */
const mboxFolderFactsSuffix = '.mailvan.json'

/** What a directory of mbox files holds. */
export interface MboxFolders {
  readonly folders: readonly FoundFolder[]
  readonly hasMailboxes: boolean
  readonly hasOtherFiles: boolean
}

interface Waiting {
  readonly relative: BytePath
  readonly path: readonly string[]
}

/**
 * Finds the mbox files below `root`: `Name.mbox`, `Name.mbx` and, as Thunderbird has it, `Name`; the folders below a
 * folder are in `Name.sbd` (Thunderbird) or `Name`. `Name.mbox/mbox` is how Apple Mail exports. Throws `config` for a
 * file that calls itself .mbox and is none: nobody would miss it in time.
 */
export async function findMboxFolders(root: string): Promise<MboxFolders> {
  const found: FoundFolder[] = []
  let hasOtherFiles = false
  const waiting: Waiting[] = [{ relative: '.', path: [] }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { files, directories } = await entriesIn(toSystemPath(root, next.relative))
    for (const name of files) {
      const folder = await toFound(root, next, name, { files, directories })
      if (folder !== undefined && found.length < filesMax) found.push(folder)
      else if (!isOurs(name)) hasOtherFiles = true
    }
    if (next.path.length >= depthMax) continue
    for (const name of directories) {
      const facts = await readFolderFacts(factsPath(root, joinPath(next.relative, stemOf(name))))
      const segment = facts.path?.at(-1) ?? unescapeFileName(toText(stemOf(name)))
      waiting.push({ relative: joinPath(next.relative, name), path: [...next.path, segment] })
    }
  }
  const folders = toDistinctFolders(withInbox(found, toMboxPath(['INBOX'])), toMboxPath)
  return { folders, hasMailboxes: found.length > 0, hasOtherFiles }
}

/** The file for a new folder. */
export function toMboxPath(path: readonly string[]): BytePath {
  const above = path.slice(0, -1).map((name) => `${toTreeName(name)}.sbd/`)
  return `${above.join('')}${toTreeName(path.at(-1) ?? '')}.mbox`
}

/** The folder facts that belong to an mbox file. */
export function folderFactsPath(root: string, relative: BytePath): Buffer {
  return factsPath(root, relative.replace(/\.(?:mbox|mbx)$/i, ''))
}

/** The folder of a single file: `2019.mbox` is 2019, and a file without an extension is an INBOX (/var/mail/ada). */
export function nameOfSingleFile(fileName: BytePath): string {
  const stem = stemOf(fileName)
  return stem === fileName || stem === '' ? 'INBOX' : unescapeFileName(toText(stem))
}

function factsPath(root: string, stem: BytePath): Buffer {
  return toSystemPath(root, `${stem}${mboxFolderFactsSuffix}`)
}

/** Undefined for a file that is no mbox and does not look as if it should be. */
async function toFound(
  root: string,
  directory: Waiting,
  name: BytePath,
  beside: { readonly files: readonly BytePath[]; readonly directories: readonly BytePath[] },
): Promise<FoundFolder | undefined> {
  if (isOurs(name) || name.startsWith('.') || /\.(?:msf|dat|html|json|lock)$/i.test(name)) return undefined
  const relative = joinPath(directory.relative, name)
  const kind = await sniffMbox(toSystemPath(root, relative), showPath(root, relative))
  const isNamed = /\.(?:mbox|mbx)$/i.test(name)
  if (kind === 'other' && isNamed) throw archiveError('mbox.not-mbox', showPath(root, relative))
  const hasCompanion = beside.files.includes(`${name}.msf`) || beside.directories.includes(`${name}.sbd`)
  const isFolder = kind === 'mbox' || (kind === 'empty' && (isNamed || hasCompanion))
  if (!isFolder) return undefined
  const isInside = name.toLowerCase() === 'mbox' && /\.mbox$/i.test(directory.relative)
  const facts = isInside ? {} : await readFolderFacts(factsPath(root, joinPath(directory.relative, stemOf(name))))
  const segment = facts.path?.at(-1) ?? unescapeFileName(toText(stemOf(name)))
  return { relative, path: isInside ? directory.path : [...directory.path, segment], holdsItems: true }
}

/** The name without what a format puts behind it. */
function stemOf(name: BytePath): BytePath {
  return name.replace(/\.(?:mbox|mbx|sbd)$/i, '')
}

function isOurs(name: BytePath): boolean {
  return name.endsWith(mboxFactsSuffix) || name.endsWith(mboxFolderFactsSuffix) || name.endsWith('.mailvan.json.new')
}

async function entriesIn(directory: Buffer) {
  try {
    const entries = await readdir(directory, { encoding: 'latin1', withFileTypes: true })
    return {
      files: entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => entry.name)
        .sort(),
      directories: entries
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map((entry) => entry.name)
        .sort(),
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { files: [], directories: [] }
    throw error
  }
}
