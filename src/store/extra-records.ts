import { extraFates, type ExtraFate, type ExtraKind, type ExtraRecord, type ExtraTally, type Handwork } from '../core/model/extra.ts'
import type { Database } from './database.ts'

interface ExtraRow {
  readonly kind: ExtraKind
  readonly source_id: string
  readonly name: string
  readonly fate: ExtraFate | null
  readonly reason: string | null
  readonly hint: string | null
  readonly handwork: string | null
  readonly target_id: string | null
  readonly carried: string | null
  readonly kept: string | null
  readonly intended: string | null
  readonly pass: number
  readonly is_present: number
}

const columns = 'kind, source_id, name, fate, reason, hint, handwork, target_id, carried, kept, intended, pass, is_present'

/** `Ledger.extras`, in order of kind and source id; inside `read`. */
export function listExtras(database: Database, mailbox: number): readonly ExtraRecord[] {
  return database
    .all<ExtraRow>(`SELECT ${columns} FROM extras WHERE mailbox = ? ORDER BY kind, source_id`, mailbox)
    .map(toExtraRecord)
}

/** `Ledger.saveExtras`; inside `write`. */
export function saveExtra(database: Database, mailbox: number, record: ExtraRecord): void {
  database.run(
    `INSERT INTO extras (mailbox, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (mailbox, kind, source_id) DO UPDATE SET name = excluded.name, fate = excluded.fate,
       reason = excluded.reason, hint = excluded.hint, handwork = excluded.handwork, target_id = excluded.target_id,
       carried = excluded.carried, kept = excluded.kept, intended = excluded.intended, pass = excluded.pass,
       is_present = excluded.is_present`,
    mailbox,
    record.kind,
    record.sourceId,
    record.name,
    record.fate ?? null,
    record.reason ?? null,
    record.hint ?? null,
    record.handwork === undefined ? null : JSON.stringify(record.handwork),
    record.targetId ?? null,
    record.carried ?? null,
    record.kept ?? null,
    record.intended ?? null,
    record.pass,
    record.isPresent ? 1 : 0,
  )
}

/** `Tally.extras`; inside `read`. */
export function tallyExtras(database: Database, mailbox: number, pass: number): ExtraTally | undefined {
  const rows = database.all<{ fate: ExtraFate; extras: number; changed: number }>(
    `SELECT fate, count(*) AS extras, sum(CASE WHEN pass = ? THEN 1 ELSE 0 END) AS changed FROM extras
     WHERE mailbox = ? AND is_present = 1 AND fate IS NOT NULL GROUP BY fate`,
    pass,
    mailbox,
  )
  if (rows.length === 0) return undefined
  const countOf = (fate: ExtraFate): number => rows.find((row) => row.fate === fate)?.extras ?? 0
  return {
    fates: Object.fromEntries(extraFates.map((fate) => [fate, countOf(fate)])) as Record<ExtraFate, number>,
    changed: rows.reduce((sum, { changed }) => sum + changed, 0),
  }
}

function toExtraRecord(row: ExtraRow): ExtraRecord {
  return {
    kind: row.kind,
    sourceId: row.source_id,
    name: row.name,
    ...(row.fate !== null && { fate: row.fate }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.hint !== null && { hint: row.hint }),
    ...(row.handwork !== null && { handwork: JSON.parse(row.handwork) as Handwork }),
    ...(row.target_id !== null && { targetId: row.target_id }),
    ...(row.carried !== null && { carried: row.carried }),
    ...(row.kept !== null && { kept: row.kept }),
    ...(row.intended !== null && { intended: row.intended }),
    pass: row.pass,
    isPresent: row.is_present === 1,
  }
}
