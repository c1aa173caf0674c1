import type { CertificateFolder, CertificateRow, CertificateStatement, CertifiedFate } from './format.ts'

/** Adds up what a statement says of rows and folders; the writer and the verifier use the same. */
export class CertificateSums {
  readonly #fates = zeros()
  readonly #fateBytes = zeros()
  #alteredItems = 0
  #folders = 0
  #announcedItems = 0
  #accountedItems = 0
  #folderItems = 0
  #folderBytes = 0
  #folderGone = 0

  /** An item of the folder that is not closed yet. */
  addItem(row: Pick<CertificateRow, 'fate' | 'sizeBytes' | 'altered'>): void {
    this.#fates[row.fate]++
    this.#fateBytes[row.fate] += row.sizeBytes
    if (row.altered !== undefined) this.#alteredItems++
    this.#folderItems++
    this.#folderBytes += row.sizeBytes
    if (row.fate === 'gone') this.#folderGone++
  }

  /** Closes a folder; gives the sums over its items. */
  closeFolder(folder: Pick<CertificateFolder, 'announcedItems'>): {
    readonly items: number
    readonly sizeBytes: number
  } {
    const sums = { items: this.#folderItems, sizeBytes: this.#folderBytes }
    this.#folders++
    if (folder.announcedItems !== undefined) {
      this.#announcedItems += folder.announcedItems
      this.#accountedItems += this.#folderItems - this.#folderGone
    }
    this.#folderItems = 0
    this.#folderBytes = 0
    this.#folderGone = 0
    return sums
  }

  /** Items of a folder that no folder line has closed. */
  get openItems(): number {
    return this.#folderItems
  }

  /** All sums so far. */
  totals(): Omit<CertificateStatement, 'lines' | 'merkleRoot'> {
    return {
      items: add(this.#fates),
      sizeBytes: add(this.#fateBytes),
      fates: { ...this.#fates },
      fateBytes: { ...this.#fateBytes },
      alteredItems: this.#alteredItems,
      folders: this.#folders,
      announcedItems: this.#announcedItems,
      accountedItems: this.#accountedItems,
    }
  }
}

function zeros(): Record<CertifiedFate, number> {
  return { migrated: 0, alreadyThere: 0, skipped: 0, failed: 0, gone: 0, pending: 0 }
}

function add(numbers: Readonly<Record<CertifiedFate, number>>): number {
  return Object.values(numbers).reduce((sum, one) => sum + one, 0)
}
