/** Within what the largest size is looked for. */
export interface SizeRange {
  /** Tried first: what is expected to be taken. */
  readonly firstBytes: number
  readonly maxBytes: number
  /** The search ends when it knows the limit as closely as this. */
  readonly precisionBytes: number
  /** It also ends before more than this was sent in all. */
  readonly totalBytesMax: number
}

/** What is known of the limit: it lies between the two. */
export interface FoundLargest {
  readonly takenBytes: number
  /** Absent when nothing was refused. */
  readonly refusedBytes: number | undefined
  readonly sentBytes: number
  /** More would have had to be sent to know it as closely as was wanted. */
  readonly isCutShort: boolean
}

/** Looks for the largest size that is taken, by halves, and sends no more than it may. Throws what `isTaken` throws. */
export async function searchLargest(isTaken: (sizeBytes: number) => Promise<boolean>, range: SizeRange): Promise<FoundLargest> {
  let takenBytes = 0
  let refusedBytes: number | undefined
  let sentBytes = 0
  for (let sizeBytes = Math.min(range.firstBytes, range.maxBytes); ;) {
    if (sentBytes + sizeBytes > range.totalBytesMax) return { takenBytes, refusedBytes, sentBytes, isCutShort: true }
    sentBytes += sizeBytes
    if (await isTaken(sizeBytes)) takenBytes = sizeBytes
    else refusedBytes = sizeBytes
    if (refusedBytes === undefined && takenBytes === range.maxBytes) break
    if (refusedBytes !== undefined && refusedBytes - takenBytes <= range.precisionBytes) break
    sizeBytes = refusedBytes === undefined ? range.maxBytes : Math.floor((takenBytes + refusedBytes) / 2)
  }
  return { takenBytes, refusedBytes, sentBytes, isCutShort: false }
}
