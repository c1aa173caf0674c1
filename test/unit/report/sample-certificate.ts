import type { CertificateFolder, CertificateRow } from '../../../src/core/report/certificate/format.ts'
import { toSigningKey } from '../../../src/core/report/certificate/key.ts'
import { certificateLines, type CertificateInput } from '../../../src/core/report/certificate/write-certificate.ts'

/** A key for tests only; its certificates are the same in every run. */
export const testKey = toSigningKey(
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIBERERERERERERERERERERERERERERERERERERERERER\n-----END PRIVATE KEY-----\n',
)

/** A folder with its rows in memory. */
export interface SampleFolder extends CertificateFolder {
  readonly rows: readonly CertificateRow[]
}

/** A migrated item, with some of it changed. */
export function rowWith(fields: Partial<CertificateRow> & { readonly id: string }): CertificateRow {
  return {
    receivedAt: { epochMs: 1_600_000_000_000, offsetMinutes: 120 },
    sizeBytes: 1_234,
    fate: 'migrated',
    targetFolder: ['Archive', 'Old'],
    targetId: `9.${fields.id}`,
    sha256: 'ab'.repeat(32),
    contentBytes: 1_234,
    proof: 'answered',
    ...fields,
  }
}

/** An item without a copy. */
export function rowWithout(
  id: string,
  fate: 'skipped' | 'failed' | 'gone' | 'pending',
  reason?: string,
): CertificateRow {
  return {
    id,
    receivedAt: { epochMs: 0, offsetMinutes: -210 },
    sizeBytes: 10,
    fate,
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Every fate, an empty folder, a folder made again under the same path, and names that need care. */
export const sampleFolders: readonly SampleFolder[] = [
  {
    path: ['INBOX'],
    folderId: '1',
    targetPath: ['INBOX'],
    announcedItems: 2,
    rows: [rowWith({ id: '1.1' }), rowWith({ id: '1.2', altered: 'nul' })],
  },
  {
    path: ['INBOX'],
    folderId: '2',
    targetPath: ['INBOX'],
    rows: [rowWithout('7.1', 'gone'), rowWithout('7.10', 'pending')],
  },
  {
    path: ['Gr\u00fc\u00dfe "x"\\', '\u{1F600}'],
    folderId: 'f\u{10000}',
    targetPath: ['Gr\u00fc\u00dfe _x__', '\u{1F600}'],
    announcedItems: 4,
    rows: [
      rowWith({ id: '1.1', fate: 'alreadyThere', proof: 'found' }),
      rowWithout('1.2', 'failed', 'imap.append.refused'),
      rowWithout('1.3', 'skipped', 'too-large'),
    ],
  },
  { path: ['Lists'], folderId: '4', skippedBy: 'folder-excluded:Lists', announcedItems: 0, rows: [] },
]

/** The input of a certificate over `folders`. */
export function certificateInput(folders: readonly SampleFolder[] = sampleFolders): CertificateInput<SampleFolder> {
  return {
    header: {
      product: 'mailvan 0.1.0',
      source: 'imaps://user@source.example:993',
      target: 'maildir:/srv/mail',
      pass: 3,
      startedAtMs: 1_700_000_000_000,
      endedAtMs: 1_700_000_060_001,
      issuedAtMs: 1_700_000_060_100,
      verification: 'identity',
      publicKey: testKey.publicKey,
    },
    folders,
    rowsOf: ({ rows }) => rows,
    sign: (bytes) => testKey.sign(bytes),
  }
}

/** The bytes of a certificate. */
export async function certificateBytes(input: CertificateInput<SampleFolder> = certificateInput()): Promise<Buffer> {
  let text = ''
  for await (const piece of certificateLines(input)) text += piece
  return Buffer.from(text)
}
