import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FolderId } from '../core/model/ids.ts'
import type { PassRecord } from '../core/model/records.ts'
import type { Verification } from '../core/model/rules.ts'
import type { Context } from '../core/ports/context.ts'
import type { Tally } from '../core/ports/ledger.ts'
import type { MailboxLedger } from '../store/mailbox-ledger.ts'
import type { Home } from './home.ts'
import { mailboxSlug } from './mailbox-slug.ts'
import type { RunEvent } from './run-event.ts'

/** Where a mailbox's latest certificate and report are. */
export interface Records {
  readonly certificateFile?: string
  readonly reportFile?: string
  /** Only when there is work for a person. */
  readonly handworkFile?: string
}

/** What certificate and report say beside the ledger. */
export interface RecordFacts {
  readonly context: Context
  readonly verification: Verification
  /** How many items the source said its folders hold when the pass began. */
  readonly announced: ReadonlyMap<FolderId, number>
  /** Why folders have another path at the target, by their path at the source as JSON; only of those that were new. */
  readonly reasons: ReadonlyMap<string, readonly string[]>
  /** True: the pass found out something that its sums do not tell. */
  readonly isNews: boolean
}

/** Records that were written, and the pass they speak of. */
interface Certified {
  readonly records: Records
  readonly pass: number
}

/** The latest certificate and report of a mailbox; empty when there are none. */
export async function latestRecords(home: Home, ledger: MailboxLedger): Promise<Records> {
  const latest = await latestCertified(home, ledger, await ledger.passes())
  return latest?.records ?? {}
}

/** Writes certificate and report of a mailbox after a pass, unless the latest ones still say how it stands. */
export async function updateRecords(
  home: Home,
  ledger: MailboxLedger,
  given: RecordFacts,
  observe: (event: RunEvent) => void,
): Promise<Records> {
  const passes = await ledger.passes()
  const latest = await latestCertified(home, ledger, passes)
  if (latest !== undefined && !given.isNews && !hasChangedSince(latest.pass, passes)) return latest.records
  const pass = passes.at(-1)
  if (pass === undefined) return {}
  // Loaded only here: most passes change nothing.
  const { ensureSigningKey } = await import('./signing-key.ts')
  const { writeCertificate } = await import('./write-certificate.ts')
  const { startReport } = await import('./write-report.ts')
  const { certificateFile, reportFile, handworkFile } = filesOf(home, `${mailboxSlug(ledger.name)}-${pass.number}`)
  const key = await ensureSigningKey(home.signingKeyFile)
  const facts = { ...given, pass, issuedAtMs: given.context.clock.now(), key, certificateFile, handworkFile }
  // One reading of the ledger serves both.
  const report = await startReport(ledger, facts)
  await writeCertificate(certificateFile, ledger, facts, report.add)
  await report.write({ html: reportFile, markdown: reportFile.replace(/html$/, 'md') })
  observe({ type: 'fileWritten', content: 'report', file: reportFile })
  observe({ type: 'fileWritten', content: 'certificate', file: certificateFile })
  if (!report.hasHandwork) return { certificateFile, reportFile }
  observe({ type: 'fileWritten', content: 'handwork', file: handworkFile })
  return { certificateFile, reportFile, handworkFile }
}

async function latestCertified(home: Home, ledger: MailboxLedger, passes: readonly PassRecord[]): Promise<Certified | undefined> {
  const slug = mailboxSlug(ledger.name)
  const passMax = passes.at(-1)?.number ?? 0
  const names = await namesIn(home.certificatesFolder)
  const reports = new Set(names.length === 0 ? [] : await namesIn(home.reportsFolder))
  const certified = names.flatMap((name): readonly Certified[] => {
    // Written after the certificate: without it the process was ended in between.
    if (!name.startsWith(`${slug}-`) || !reports.has(name.replace(/jsonl$/, 'html'))) return []
    const number = /^-(\d+)\.jsonl$/.exec(name.slice(slug.length))?.[1]
    if (number === undefined || Number(number) > passMax) return []
    const { handworkFile, ...files } = filesOf(home, `${slug}-${number}`)
    const records = reports.has(basename(handworkFile)) ? { ...files, handworkFile } : files
    return [{ records, pass: Number(number) }]
  })
  return certified.toSorted((a, b) => a.pass - b.pass).at(-1)
}

function filesOf(home: Home, name: string): Required<Records> {
  return {
    certificateFile: join(home.certificatesFolder, `${name}.jsonl`),
    reportFile: join(home.reportsFolder, `${name}.html`),
    handworkFile: join(home.reportsFolder, `${name}-handwork.md`),
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** Whether any pass after `pass` did something, or ended without saying what it did. */
function hasChangedSince(pass: number, passes: readonly PassRecord[]): boolean {
  const certified = tallyOf(passes.find(({ number }) => number === pass))
  if (certified === undefined) return true
  return passes
    .filter(({ number }) => number > pass)
    .map(tallyOf)
    .some((tally) => {
      if (tally === undefined) return true
      const { migrated, alreadyThere, updated } = tally.pass
      const changed = migrated + alreadyThere + updated + (tally.extras?.changed ?? 0)
      const isOtherwise = JSON.stringify(tally.extras?.fates) !== JSON.stringify(certified.extras?.fates)
      return changed > 0 || isOtherwise || JSON.stringify(tally.fates) !== JSON.stringify(certified.fates)
    })
}

/** What the engine wrote at the end of the pass; undefined when it was killed before. */
function tallyOf(pass: PassRecord | undefined): Tally | undefined {
  return pass?.counts === undefined ? undefined : (JSON.parse(pass.counts) as Tally)
}
