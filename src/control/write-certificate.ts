import type { FolderId } from '../core/model/ids.ts'
import type { Entry } from '../core/model/entry.ts'
import type { FolderRecord, PassRecord } from '../core/model/records.ts'
import type { Verification } from '../core/model/rules.ts'
import { certificateLines } from '../core/report/certificate/write-certificate.ts'
import type { CertificateRow } from '../core/report/certificate/format.ts'
import type { SigningKey } from '../core/report/certificate/key.ts'
import type { MailboxLedger } from '../store/mailbox-ledger.ts'
import { version } from './version.ts'
import { writeWholeFile } from './write-whole-file.ts'

/** What a certificate says beside the ledger. */
export interface CertificateFacts {
  readonly pass: PassRecord
  readonly issuedAtMs: number
  readonly verification: Verification
  readonly key: SigningKey
  /** How many items the source said its folders hold when the pass began. */
  readonly announced: ReadonlyMap<FolderId, number>
}

/**
 * Writes the certificate of a mailbox as its ledger stands, and shows each entry to `see` on the way. Throws `config` when
 * the file cannot be written.
 */
export async function writeCertificate(
  file: string,
  ledger: MailboxLedger,
  facts: CertificateFacts,
  see: (entry: Entry) => void,
): Promise<void> {
  const { pass, issuedAtMs, verification, key } = facts
  const records = await ledger.folders()
  const places = new Map(records.flatMap(({ targetId, targetPath }) => (targetId && targetPath ? [[targetId, targetPath] as const] : [])))
  const lines = certificateLines({
    header: {
      product: `mailvan ${version()}`,
      source: ledger.name.sourceUrl,
      target: ledger.name.targetUrl,
      pass: pass.number,
      startedAtMs: pass.startedAtMs,
      endedAtMs: pass.endedAtMs ?? issuedAtMs,
      issuedAtMs,
      verification,
      publicKey: key.publicKey,
    },
    folders: records.map((record) => ({ ...toFolder(record, facts.announced), key: record.key })),
    rowsOf: async function* (folder) {
      for await (const entry of ledger.listById(folder.key)) {
        see(entry)
        yield toRow(entry, places)
      }
    },
    sign: key.sign,
  })
  await writeWholeFile(file, lines)
}

function toFolder(record: FolderRecord, announced: CertificateFacts['announced']): {
  path: readonly string[]
  folderId: string
  targetPath: readonly string[] | undefined
  skippedBy: string | undefined
  announcedItems: number | undefined
} {
  const { sourceId, sourcePath, targetPath, skippedBy } = record
  return {
    path: sourcePath,
    folderId: sourceId,
    targetPath: skippedBy === undefined ? targetPath : undefined,
    skippedBy,
    announcedItems: announced.get(sourceId),
  }
}

function toRow(entry: Entry, places: ReadonlyMap<FolderId, readonly string[]>): CertificateRow {
  const { ref, fate, reason, targetFolderId, targetId, digest, contentBytes, proof, altered } = entry
  return {
    id: ref.id,
    receivedAt: ref.receivedAt,
    sizeBytes: ref.sizeBytes,
    fate: fate ?? 'pending',
    reason,
    targetFolder: targetFolderId === undefined ? undefined : places.get(targetFolderId),
    targetId,
    sha256: digest,
    contentBytes,
    proof,
    altered,
  }
}
