import type { Entry } from '../core/model/entry.ts'
import { foldReport } from '../core/report/collect-report.ts'
import { toHandworkList } from '../core/report/handwork-list.ts'
import { toHtmlReport } from '../core/report/html-report.ts'
import { toReportDocument } from '../core/report/statement-text.ts'
import { toMarkdownReport } from '../core/report/markdown-report.ts'
import type { MailboxLedger } from '../store/mailbox-ledger.ts'
import { formBetween } from './item-noun.ts'
import { toReadable } from './listed-item.ts'
import type { CertificateFacts } from './write-certificate.ts'
import { version } from './version.ts'
import { writeWholeFile } from './write-whole-file.ts'

/** What a report says beside the ledger. */
export interface ReportFacts extends Pick<CertificateFacts, 'pass' | 'issuedAtMs' | 'verification' | 'key'> {
  readonly certificateFile: string
  /** Where the list of work for a person goes, when there is any. */
  readonly handworkFile: string
  /** Why folders have another path at the target, by their path at the source, as far as known. */
  readonly reasons: ReadonlyMap<string, readonly string[]>
}

/** A report in the making: the ledger's entries go in one by one. */
export interface ReportWriter {
  add(entry: Entry): void
  /** Whether there is work for a person. */
  readonly hasHandwork: boolean
  /** Writes it as HTML and as Markdown, and the list of work for a person. Throws `config` when a file cannot be written. */
  write(files: { readonly html: string; readonly markdown: string }): Promise<void>
}

/** Begins the report of a mailbox as its ledger stands. */
export async function startReport(ledger: MailboxLedger, facts: ReportFacts): Promise<ReportWriter> {
  const { pass, issuedAtMs, verification, key, certificateFile, handworkFile, reasons } = facts
  const folders = await ledger.folders()
  const extras = await ledger.extras()
  const handwork = toHandworkList({ source: ledger.name.sourceUrl, target: ledger.name.targetUrl, extras })
  const fold = foldReport({
    product: `mailvan ${version()}`,
    source: ledger.name.sourceUrl,
    target: ledger.name.targetUrl,
    issuedAtMs,
    form: formBetween(ledger.name.sourceUrl, ledger.name.targetUrl),
    verification,
    tally: await ledger.tally(pass.number),
    passes: await ledger.passes(),
    folders,
    folderReasons: new Map(
      folders.flatMap(({ key: folder, sourcePath }) => {
        const known = reasons.get(JSON.stringify(sourcePath))
        return known === undefined ? [] : [[folder, known] as const]
      }),
    ),
    extras,
    ...(handwork === undefined ? {} : { handworkFile }),
    certificate: { file: certificateFile, keyId: key.keyId },
  })
  return {
    hasHandwork: handwork !== undefined,
    add: (entry) => fold.add(toReadable(entry)),
    async write({ html, markdown }) {
      const document = toReportDocument(fold.report())
      await writeWholeFile(html, [toHtmlReport(document)])
      await writeWholeFile(markdown, [toMarkdownReport(document)])
      if (handwork !== undefined) await writeWholeFile(handworkFile, [handwork])
    },
  }
}
