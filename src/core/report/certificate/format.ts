import type { Fate, Proof } from '../../model/entry.ts'
import type { ZonedTime } from '../../model/item.ts'
import type { Verification } from '../../model/rules.ts'

/*
 * The file: JSON Lines in UTF-8, each line ended by one LF. One `header`, then for each source folder its `item` lines
 * and behind them its `folder` line, then one `statement`, then one `signature`. Folders are sorted by path and id,
 * items of a folder by id, all as UTF-8 bytes, and no two are equal. A line has exactly the fields written here, in
 * this order, those without a value left out, without blanks, and as `JSON.stringify` spells them: every certificate
 * has one spelling.
 */

/** Bumped when an older verifier could not read the file. */
export const certificateVersion = 1

/** A fate, or `pending` for an item that no pass has settled yet. */
export type CertifiedFate = Fate | 'pending'

/** In the order in which sums are written. */
export const certifiedFates: readonly CertifiedFate[] = [
  'migrated',
  'alreadyThere',
  'skipped',
  'failed',
  'gone',
  'pending',
]

/** What the certificate speaks of, and the key that answers for it. */
export interface CertificateHeader {
  /** Name and version of the program. */
  readonly product: string
  /** Endpoint URLs without secrets. */
  readonly source: string
  readonly target: string
  /** The last pass; its times in whole milliseconds since 1970. */
  readonly pass: number
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly issuedAtMs: number
  readonly verification: Verification
  /** SubjectPublicKeyInfo in DER, base64; see `key`. */
  readonly publicKey: string
}

/** A source folder. Two may have one path: a folder that was deleted and made again. */
export interface CertificateFolder {
  readonly path: readonly string[]
  readonly folderId: string
  readonly targetPath?: readonly string[] | undefined
  /** The rule that leaves the whole folder out. */
  readonly skippedBy?: string | undefined
  /** How many items the source itself said the folder holds. */
  readonly announcedItems?: number | undefined
}

/** A source item and its fate. */
export interface CertificateRow {
  /** The source's id of the item, unique in its folder. */
  readonly id: string
  readonly receivedAt: ZonedTime
  readonly sizeBytes: number
  readonly fate: CertifiedFate
  /** The rule of a skipped item, the error code of a failed one. */
  readonly reason?: string | undefined
  /** Where the copy is; absent when that folder has no known name any more. */
  readonly targetFolder?: readonly string[] | undefined
  readonly targetId?: string | undefined
  /** Of the content as read from the source, hexadecimal. */
  readonly sha256?: string | undefined
  readonly contentBytes?: number | undefined
  readonly proof?: Proof | undefined
  /** How the target's bytes differ from the source's. */
  readonly altered?: string | undefined
}

/** What is signed. */
export interface CertificateStatement {
  /** Items of the source, and what they add up to as announced. */
  readonly items: number
  readonly sizeBytes: number
  readonly fates: Readonly<Record<CertifiedFate, number>>
  readonly fateBytes: Readonly<Record<CertifiedFate, number>>
  readonly alteredItems: number
  readonly folders: number
  /** Over the folders whose items the source counted itself: its count, and the items listed here that are not gone. */
  readonly announcedItems: number
  readonly accountedItems: number
  /** Lines above, and the RFC 6962 tree hash over them, each without its LF. */
  readonly lines: number
  readonly merkleRoot: string
}

/** The header line, without LF. */
export function headerLine(header: CertificateHeader): string {
  return JSON.stringify({
    type: 'header',
    format: 'mailvan-certificate',
    version: certificateVersion,
    product: header.product,
    source: header.source,
    target: header.target,
    pass: header.pass,
    startedAt: new Date(header.startedAtMs).toISOString(),
    endedAt: new Date(header.endedAtMs).toISOString(),
    issuedAt: new Date(header.issuedAtMs).toISOString(),
    verification: header.verification,
    publicKey: header.publicKey,
  })
}

/** An item line, without LF. Put together by hand: there is one for each message of a mailbox. */
export function rowLine(row: CertificateRow, folderPathJson: string, targetFolderJson: string | undefined): string {
  let line = `{"type":"item","folder":${folderPathJson},"id":${JSON.stringify(row.id)}`
  line += `,"receivedAt":"${zonedText(row.receivedAt)}","sizeBytes":${row.sizeBytes},"fate":"${row.fate}"`
  if (row.reason !== undefined) line += `,"reason":${JSON.stringify(row.reason)}`
  if (targetFolderJson !== undefined) line += `,"targetFolder":${targetFolderJson}`
  if (row.targetId !== undefined) line += `,"targetId":${JSON.stringify(row.targetId)}`
  if (row.sha256 !== undefined) line += `,"sha256":"${row.sha256}"`
  if (row.contentBytes !== undefined) line += `,"contentBytes":${row.contentBytes}`
  if (row.proof !== undefined) line += `,"proof":"${row.proof}"`
  if (row.altered !== undefined) line += `,"altered":${JSON.stringify(row.altered)}`
  return `${line}}`
}

/** The line behind a folder's items, without LF. */
export function folderLine(
  folder: CertificateFolder,
  sums: { readonly items: number; readonly sizeBytes: number },
): string {
  return JSON.stringify({
    type: 'folder',
    folder: folder.path,
    folderId: folder.folderId,
    targetFolder: folder.targetPath,
    skippedBy: folder.skippedBy,
    items: sums.items,
    sizeBytes: sums.sizeBytes,
    announcedItems: folder.announcedItems,
  })
}

/** The statement line, without LF: the bytes that are signed. */
export function statementLine(statement: CertificateStatement): string {
  const inOrder = (numbers: Readonly<Record<CertifiedFate, number>>) =>
    Object.fromEntries(certifiedFates.map((fate) => [fate, numbers[fate]]))
  return JSON.stringify({
    type: 'statement',
    items: statement.items,
    sizeBytes: statement.sizeBytes,
    fates: inOrder(statement.fates),
    fateBytes: inOrder(statement.fateBytes),
    alteredItems: statement.alteredItems,
    folders: statement.folders,
    announcedItems: statement.announcedItems,
    accountedItems: statement.accountedItems,
    lines: statement.lines,
    merkleRoot: statement.merkleRoot,
  })
}

/** The last line, without LF; `signature` in base64. */
export function signatureLine(keyId: string, signature: string): string {
  return JSON.stringify({ type: 'signature', algorithm: 'Ed25519', keyId, signature })
}

/** ISO 8601 with the zone the time was written in; what no calendar holds is the beginning of 1970. */
function zonedText({ epochMs, offsetMinutes }: ZonedTime): string {
  const offset = Number.isInteger(offsetMinutes) && Math.abs(offsetMinutes) < 1440 ? offsetMinutes : 0
  const local = new Date(epochMs + offset * 60_000)
  if (Number.isNaN(local.getTime())) return '1970-01-01T00:00:00Z'
  const text = local.toISOString()
  const date = text.endsWith('.000Z') ? text.slice(0, -5) : text.slice(0, -1)
  return date + zoneText(offset)
}

function zoneText(offset: number): string {
  if (offset === 0) return 'Z'
  const minutes = Math.abs(offset)
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${hours}:${String(minutes % 60).padStart(2, '0')}`
}
