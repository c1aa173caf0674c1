import { compareUtf8 } from './compare-utf8.ts'
import { certifiedFates, type CertificateFolder, type CertificateHeader, type CertificateStatement } from './format.ts'
import { isSignedBy, keyIdOf } from './key.ts'
import { MerkleTree } from './merkle.ts'
import { LineError, readLine, type CertificateLine } from './read-line.ts'
import { lineBytesMax, splitLines, type RawLine } from './split-lines.ts'
import { CertificateSums } from './sums.ts'
import { compareFolders } from './write-certificate.ts'

/** What a verifier found. */
export interface CertificateVerdict {
  /** Not a byte differs from what was signed, and the signed sums are those of the lines. */
  readonly valid: boolean
  /**
   * One sentence each, with the line's number where there is one; at most 20, the last of which may say how many more.
   */
  readonly problems: readonly string[]
  readonly header?: CertificateHeader
  readonly statement?: CertificateStatement
  /** Fingerprint of the key in the header; see `key`. */
  readonly keyId?: string
  /**
   * Who signed. A certificate carries its own key: without an expected fingerprint a valid one proves that nothing
   * changed since it was signed, and a person has to compare the fingerprint with the one they got from whoever ran the
   * migration.
   */
  readonly signer: 'expected' | 'not-compared' | 'other'
}

const problemsMax = 20

/**
 * Checks a certificate from its bytes alone, in one reading and in memory that does not grow with it: form, order,
 * sums, the tree hash over the raw lines, and the signature. `expectedKeyId` is what `parseExpectedKey` gives. Never
 * throws for what the file holds.
 */
export async function verifyCertificate(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: { readonly expectedKeyId?: string | undefined } = {},
): Promise<CertificateVerdict> {
  const check = new CertificateCheck(options.expectedKeyId)
  for await (const line of splitLines(chunks)) check.take(line)
  return check.finish()
}

class CertificateCheck {
  readonly #expectedKeyId: string | undefined
  readonly #tree = new MerkleTree()
  readonly #sums = new CertificateSums()
  readonly #problems: string[] = []
  #problemsTotal = 0
  #lineNumber = 0
  #areLinesRead = true
  #header: CertificateHeader | undefined
  #openFolder: readonly string[] | undefined
  #lastId: string | undefined
  #lastFolder: CertificateFolder | undefined
  #statement: CertificateStatement | undefined
  #statementBytes: Uint8Array | undefined
  #isSigned = false

  constructor(expectedKeyId: string | undefined) {
    this.#expectedKeyId = expectedKeyId
  }

  take({ bytes, isEnded }: RawLine): void {
    this.#lineNumber++
    if (!isEnded) {
      const isLong = bytes.length > lineBytesMax
      this.#say(
        isLong ? `is longer than ${lineBytesMax} bytes` : 'is not ended: the file was cut off or something was added',
      )
    }
    const isBehindEnd = this.#isSigned
    try {
      if (isBehindEnd) throw new LineError('stands behind the signature')
      this.#place(readLine(bytes), bytes)
    } catch (error) {
      if (!(error instanceof LineError)) throw error
      this.#areLinesRead = false
      this.#say(error.message)
    }
    if (this.#statement === undefined) this.#tree.add(bytes)
  }

  finish(): CertificateVerdict {
    if (this.#lineNumber === 0) this.#complain('The file is empty.')
    else if (!this.#isSigned) this.#complain('The signature is missing: the file was cut off or is not a certificate.')
    const keyId = this.#header && keyIdOf(this.#header.publicKey)
    const signer =
      this.#expectedKeyId === undefined ? 'not-compared' : keyId === this.#expectedKeyId ? 'expected' : 'other'
    if (signer === 'other' && keyId !== undefined) {
      this.#complain(`The certificate is signed by the key ${keyId}, not by the expected key ${this.#expectedKeyId}.`)
    }
    const more = this.#problemsTotal - problemsMax
    return {
      valid: this.#problemsTotal === 0,
      problems: more > 0 ? [...this.#problems.slice(0, -1), `There are ${more + 1} more problems.`] : this.#problems,
      ...(this.#header === undefined ? {} : { header: this.#header }),
      ...(this.#statement === undefined ? {} : { statement: this.#statement }),
      ...(keyId === undefined ? {} : { keyId }),
      signer,
    }
  }

  #place(line: CertificateLine, bytes: Uint8Array): void {
    const isFirst = this.#lineNumber === 1
    if (isFirst !== (line.type === 'header')) {
      throw new LineError(
        isFirst ? 'is no header: this is not a certificate, or its beginning is missing' : 'is a second header',
      )
    }
    if (this.#statement !== undefined && line.type !== 'signature') throw new LineError('stands behind the statement')
    switch (line.type) {
      case 'header':
        this.#header = line.header
        break
      case 'item':
        this.#placeItem(line)
        break
      case 'folder':
        this.#placeFolder(line)
        break
      case 'statement':
        this.#placeStatement(line.statement, bytes)
        break
      case 'signature':
        this.#placeSignature(line.keyId, line.signature)
        break
    }
  }

  #placeItem({ folder, row }: Extract<CertificateLine, { type: 'item' }>): void {
    if (this.#openFolder !== undefined && !isSamePath(this.#openFolder, folder)) {
      throw new LineError('is in another folder than the item before it, whose folder is not closed')
    }
    if (this.#lastId !== undefined && compareUtf8(this.#lastId, row.id) >= 0) {
      throw new LineError(this.#lastId === row.id ? 'names an item that stands there already' : 'is not in order')
    }
    this.#openFolder = folder
    this.#lastId = row.id
    this.#sums.addItem(row)
  }

  #placeFolder({ folder, items, sizeBytes }: Extract<CertificateLine, { type: 'folder' }>): void {
    const sums = this.#sums.closeFolder(folder)
    const isOther = this.#openFolder !== undefined && !isSamePath(this.#openFolder, folder.path)
    const isOutOfOrder = this.#lastFolder !== undefined && compareFolders(this.#lastFolder, folder) >= 0
    this.#openFolder = undefined
    this.#lastId = undefined
    this.#lastFolder = folder
    if (isOther) throw new LineError('closes another folder than that of the items above it')
    if (isOutOfOrder) throw new LineError('is a folder that is not in order or stands there already')
    if (this.#areLinesRead && sums.items !== items) {
      throw new LineError(`says that its folder has ${items} items, and ${sums.items} are listed`)
    }
    if (this.#areLinesRead && sums.sizeBytes !== sizeBytes) {
      throw new LineError(`says that its folder has ${sizeBytes} bytes, and the items listed have ${sums.sizeBytes}`)
    }
  }

  #placeStatement(statement: CertificateStatement, bytes: Uint8Array): void {
    this.#statement = statement
    this.#statementBytes = Uint8Array.from(bytes)
    if (this.#sums.openItems > 0) this.#say('comes before the last folder is closed')
    if (statement.merkleRoot !== this.#tree.root()) {
      this.#say(
        'states another tree hash than that of the lines above it: at least one of them was changed, added, removed or moved',
      )
    }
    if (statement.lines !== this.#tree.size)
      this.#say(`states ${statement.lines} lines above it, and there are ${this.#tree.size}`)
    // Sums over lines that could not be read would only say again that they could not.
    if (this.#areLinesRead) this.#compareSums(statement)
  }

  #compareSums(statement: CertificateStatement): void {
    const found = this.#sums.totals()
    const compare = (name: string, stated: number, real: number) => {
      if (stated !== real) this.#say(`states ${stated} ${name}, and the lines above it add up to ${real}`)
    }
    compare('items', statement.items, found.items)
    compare('bytes', statement.sizeBytes, found.sizeBytes)
    for (const fate of certifiedFates) {
      compare(`items that are ${fate}`, statement.fates[fate], found.fates[fate])
      compare(`bytes that are ${fate}`, statement.fateBytes[fate], found.fateBytes[fate])
    }
    compare('altered items', statement.alteredItems, found.alteredItems)
    compare('folders', statement.folders, found.folders)
    compare('announced items', statement.announcedItems, found.announcedItems)
    compare('accounted items', statement.accountedItems, found.accountedItems)
  }

  #placeSignature(keyId: string, signature: string): void {
    this.#isSigned = true
    if (this.#statementBytes === undefined) throw new LineError('is a signature without a statement above it')
    const publicKey = this.#header?.publicKey
    if (publicKey === undefined) throw new LineError('cannot be checked: the header with the key is missing')
    if (keyId !== keyIdOf(publicKey)) throw new LineError('names another key than the header')
    if (!isSignedBy(publicKey, signature, this.#statementBytes)) {
      throw new LineError('is no signature of that key over the statement: one of them was changed')
    }
  }

  #say(sentenceEnd: string): void {
    this.#complain(`Line ${this.#lineNumber} ${sentenceEnd}.`)
  }

  #complain(problem: string): void {
    this.#problemsTotal++
    if (this.#problems.length < problemsMax) this.#problems.push(problem)
  }
}

function isSamePath(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, at) => name === right[at])
}
