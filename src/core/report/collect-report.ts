import type { Entry } from '../model/entry.ts'
import type { ExtraRecord } from '../model/extra.ts'
import type { FolderRecord, PassRecord } from '../model/records.ts'
import type { Verification } from '../model/rules.ts'
import type { Tally } from '../ports/ledger.ts'
import { placeIn } from '../plan/item-place.ts'
import { comparePaths, isInbox } from '../plan/compare-paths.ts'
import type { CertifiedFate } from './certificate/format.ts'
import { summarize } from './counts.ts'
import { type Form, itemNounOf } from '../model/form.ts'
import { reportedExtras } from './reported-extras.ts'
import type { ItemList, ReportFolder, ReportInput, ReportItem } from './report-input.ts'

/** What a report is collected from, besides the entries. */
export interface ReportFacts {
  readonly product: string
  readonly source: string
  readonly target: string
  readonly issuedAtMs: number
  /** In which the items travel; mail when absent. */
  readonly form?: Form | undefined
  readonly verification: Verification
  readonly tally: Tally
  readonly passes: readonly PassRecord[]
  readonly folders: readonly FolderRecord[]
  /** By the ledger's folder number (`FolderPlan.reasons`), as far as they are known. */
  readonly folderReasons?: ReadonlyMap<number, readonly string[]>
  readonly extras?: readonly ExtraRecord[]
  readonly handworkFile?: string
  readonly certificate?: { readonly file: string; readonly keyId: string }
}

/** Each list names at most so many items; the certificate and the item list name all. */
const listedItemsMax = 500
/** Rules and codes are few; a defect must not make them many. */
const groupsMax = 200
const otherGroup = 'other'

/** Takes the ledger's entries one by one, in any order, and gives the report on them. */
export interface ReportFold {
  add(entry: Entry): void
  /** Throws an assertion when the tally does not balance. */
  report(): ReportInput
}

/** Folds entries into a report as they come; memory grows with the folders, not with the items. */
export function foldReport(facts: ReportFacts): ReportFold {
  const collector = new ReportCollector(facts.folders)
  return {
    add: (entry) => collector.add(entry),
    report: () => ({
      product: facts.product,
      source: facts.source,
      target: facts.target,
      issuedAtMs: facts.issuedAtMs,
      noun: itemNounOf(facts.form),
      verification: facts.verification,
      summary: summarize(facts.tally),
      passes: facts.passes.map(({ number, startedAtMs, endedAtMs, result }) => ({
        number,
        startedAtMs,
        endedAtMs,
        result,
      })),
      ...collector.collected(facts.folderReasons),
      extras: reportedExtras(facts.extras ?? []),
      ...(facts.handworkFile === undefined ? {} : { handworkFile: facts.handworkFile }),
      ...(facts.certificate === undefined ? {} : { certificate: facts.certificate }),
    }),
  }
}

type Collected = Pick<
  ReportInput,
  'fateBytes' | 'folders' | 'skippedByRule' | 'failedByCode' | 'failed' | 'altered' | 'conflicts'
>

interface FolderSums {
  readonly record: FolderRecord
  readonly fates: Record<CertifiedFate, number>
  sizeBytes: number
}

class ReportCollector {
  readonly #folders: ReadonlyMap<number, FolderSums>
  readonly #fateBytes = zeros()
  readonly #skipped = new Map<string, { items: number; sizeBytes: number }>()
  readonly #failures = new Map<string, { items: number; hint: string }>()
  readonly #failed = new BoundedList()
  readonly #altered = new BoundedList()
  readonly #conflicts = new BoundedList()

  constructor(folders: readonly FolderRecord[]) {
    this.#folders = new Map(folders.map((record) => [record.key, { record, fates: zeros(), sizeBytes: 0 }]))
  }

  add(entry: Entry): void {
    const fate = entry.fate ?? 'pending'
    const { sizeBytes } = entry.ref
    const folder = this.#folders.get(entry.folder)
    if (folder !== undefined) {
      folder.fates[fate]++
      folder.sizeBytes += sizeBytes
    }
    this.#fateBytes[fate] += sizeBytes
    if (fate === 'skipped') {
      const rule = groupOf(this.#skipped, entry.reason ?? otherGroup, () => ({ items: 0, sizeBytes: 0 }))
      rule.items++
      rule.sizeBytes += sizeBytes
    }
    if (fate === 'failed') {
      const code = entry.reason ?? otherGroup
      groupOf(this.#failures, code, () => ({ items: 0, hint: entry.hint ?? '' })).items++
      this.#failed.add(() => this.#item(entry, code))
    }
    if (entry.altered !== undefined) this.#altered.add(() => this.#item(entry, entry.altered!))
    if (entry.conflict !== undefined) this.#conflicts.add(() => this.#item(entry, entry.conflict!))
  }

  collected(reasons: ReadonlyMap<number, readonly string[]> | undefined): Collected {
    const byItems = (left: { items: number }, right: { items: number }) => right.items - left.items
    return {
      fateBytes: this.#fateBytes,
      folders: [...this.#folders.values()]
        .map((sums) => toReportFolder(sums, reasons?.get(sums.record.key)))
        .toSorted(inboxFirst),
      skippedByRule: [...this.#skipped].map(([rule, sums]) => ({ rule, ...sums })).toSorted(byItems),
      failedByCode: [...this.#failures].map(([code, sums]) => ({ code, ...sums })).toSorted(byItems),
      failed: this.#failed.list(),
      altered: this.#altered.list(),
      conflicts: this.#conflicts.list(),
    }
  }

  #item({ ref, folder, targetFolderId, description }: Entry, reason: string): ReportItem {
    const records = [...this.#folders.values()].map(({ record }) => record)
    return {
      ...placeIn(records, folder, targetFolderId),
      sourceId: ref.id,
      receivedAtMs: ref.receivedAt.epochMs,
      sizeBytes: ref.sizeBytes,
      from: description?.from ?? '',
      subject: description?.subject ?? '',
      reason,
    }
  }
}

function toReportFolder(
  { record, fates, sizeBytes }: FolderSums,
  reasons: readonly string[] | undefined,
): ReportFolder {
  const items = Object.values(fates).reduce((sum, one) => sum + one, 0)
  const { sourcePath: path, targetPath, skippedBy } = record
  return { path, targetPath, skippedBy, reasons, items, sizeBytes, fates }
}

function inboxFirst(left: ReportFolder, right: ReportFolder): number {
  const isElsewhere = ({ path }: ReportFolder) => Number(!isInbox(path.slice(0, 1)))
  return isElsewhere(left) - isElsewhere(right) || comparePaths(left.path, right.path)
}

function groupOf<Sums>(groups: Map<string, Sums>, name: string, start: () => Sums): Sums {
  const key = groups.has(name) || groups.size < groupsMax ? name : otherGroup
  const known = groups.get(key)
  if (known !== undefined) return known
  const sums = start()
  groups.set(key, sums)
  return sums
}

/** Keeps the first items and counts the rest. */
class BoundedList {
  readonly #items: ReportItem[] = []
  #total = 0

  add(make: () => ReportItem): void {
    this.#total++
    if (this.#items.length < listedItemsMax) this.#items.push(make())
  }

  list(): ItemList {
    return { items: this.#items, total: this.#total }
  }
}

function zeros(): Record<CertifiedFate, number> {
  return { migrated: 0, alreadyThere: 0, skipped: 0, failed: 0, gone: 0, pending: 0 }
}
