import assert from 'node:assert'
import { comparePathsUtf8, compareUtf8 } from './compare-utf8.ts'
import {
  folderLine,
  headerLine,
  rowLine,
  signatureLine,
  statementLine,
  type CertificateFolder,
  type CertificateHeader,
  type CertificateRow,
} from './format.ts'
import { keyIdOf } from './key.ts'
import { MerkleTree } from './merkle.ts'
import { CertificateSums } from './sums.ts'

/** What a certificate is made of. */
export interface CertificateInput<Folder extends CertificateFolder> {
  readonly header: CertificateHeader
  /** In any order. */
  readonly folders: readonly Folder[]
  /**
   * The items of a folder by id, as UTF-8 bytes order them (`ORDER BY` in SQLite); asked for one folder after another.
   */
  rowsOf(folder: Folder): AsyncIterable<CertificateRow> | Iterable<CertificateRow>
  /** The Ed25519 signature of the header's public key over exactly these bytes. */
  sign(bytes: Uint8Array): Uint8Array
}

/** Texts are given out at about this length. */
const pieceLength = 64 * 1024

const copyFields = ['targetId', 'sha256', 'contentBytes', 'proof'] as const

/**
 * The text of a certificate, in pieces of whole lines; memory does not grow with the mailbox. Deterministic for a given
 * input. Throws an assertion when rows are not in order or do not say what their fate demands: a copy needs its id,
 * digest and proof, a skipped or failed item its reason.
 */
export async function* certificateLines<Folder extends CertificateFolder>(
  input: CertificateInput<Folder>,
): AsyncGenerator<string> {
  const tree = new MerkleTree()
  const sums = new CertificateSums()
  let piece = ''
  const append = (line: string) => {
    tree.add(line)
    piece += `${line}\n`
  }
  append(headerLine(input.header))
  const folders = input.folders.toSorted(compareFolders)
  for (const [at, folder] of folders.entries()) {
    assert(at === 0 || compareFolders(folders[at - 1]!, folder) < 0, 'a folder stands twice in the certificate')
    const targetJson = pathJsons()
    const folderJson = JSON.stringify(folder.path)
    let before: string | undefined
    for await (const row of input.rowsOf(folder)) {
      assert(before === undefined || compareUtf8(before, row.id) < 0, 'the items of a folder are not in order')
      assertComplete(row)
      before = row.id
      sums.addItem(row)
      append(rowLine(row, folderJson, row.targetFolder && targetJson(row.targetFolder)))
      if (piece.length >= pieceLength) {
        yield piece
        piece = ''
      }
    }
    append(folderLine(folder, sums.closeFolder(folder)))
  }
  const statement = statementLine({ ...sums.totals(), lines: tree.size, merkleRoot: tree.root() })
  const signature = Buffer.from(input.sign(Buffer.from(statement))).toString('base64')
  yield `${piece}${statement}\n${signatureLine(keyIdOf(input.header.publicKey), signature)}\n`
}

/** The order of folders in a certificate. */
export function compareFolders(left: CertificateFolder, right: CertificateFolder): number {
  return comparePathsUtf8(left.path, right.path) || compareUtf8(left.folderId, right.folderId)
}

function assertComplete(row: CertificateRow): void {
  const isCopied = row.fate === 'migrated' || row.fate === 'alreadyThere'
  if (isCopied) for (const field of copyFields) assert(row[field] !== undefined, `a copied item has no ${field}`)
  const needsReason = row.fate === 'skipped' || row.fate === 'failed'
  assert(!needsReason || row.reason !== undefined, 'a skipped or failed item has no reason')
}

/** Nearly all items of a folder go to one target folder, given as the same array. */
function pathJsons(): (path: readonly string[]) => string {
  let known: readonly string[] | undefined
  let json = ''
  return (path) => {
    if (path !== known) {
      known = path
      json = JSON.stringify(path)
    }
    return json
  }
}
