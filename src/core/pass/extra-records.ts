import type { MigrationError } from '../errors.ts'
import type { Extra, ExtraKind, ExtraRecord, Handwork } from '../model/extra.ts'
import type { ExtraCopy, KeptReason } from '../plan/plan-extra.ts'
import type { FoundExtra, ListedExtra } from '../ports/connector.ts'
import { jsonDigest } from '../verify/json-digest.ts'
import type { Engine } from './engine.ts'

type Named = Pick<Extra, 'kind' | 'id' | 'name'>

/** Stands for a whole kind. */
const wholeKind = '*'
const nameCharsMax = 300

/** How the extras of a mailbox came out: in the ledger, and told to whoever watches. What is as it was is neither. */
export class ExtraRecords {
  readonly #engine: Pick<Engine, 'ledger' | 'observe' | 'pass'>
  readonly #records: Map<string, ExtraRecord>
  readonly #seen = new Set<string>()

  constructor(engine: Pick<Engine, 'ledger' | 'observe' | 'pass'>, records: readonly ExtraRecord[]) {
    this.#engine = engine
    this.#records = new Map(records.map((record) => [keyOf(record.kind, record.sourceId), record]))
  }

  find({ kind, id }: Named): ExtraRecord | undefined {
    return this.#records.get(keyOf(kind, id))
  }

  /** Durable before the target is touched: after a kill it is known that what is found then may be this. */
  intend(extra: Named, intended: string, before: string | undefined, targetId: string | undefined): Promise<void> {
    const { kept: _, ...rest } = this.#base(extra)
    return this.#save({ ...rest, ...(before !== undefined && { kept: before }), ...(targetId !== undefined && { targetId }), intended })
  }

  saveCopied(extra: Named, fate: 'carried' | 'alreadyThere', wanted: string, copy: FoundExtra, handwork: Handwork | undefined): Promise<void> {
    const made = { targetId: copy.id, carried: wanted, kept: jsonDigest(copy.value) }
    return this.#come(extra, { ...made, fate: handwork === undefined ? fate : 'handwork', ...(handwork && { handwork }) }, true)
  }

  /** The copy is as it was left, or as its user changed it since. */
  saveStanding(extra: Named, copy: ExtraCopy, { found, handwork }: { readonly found?: FoundExtra; readonly handwork?: Handwork }): Promise<void> {
    const fate = this.find(extra)?.fate === 'alreadyThere' ? 'alreadyThere' : 'carried'
    const named = found === undefined ? copy : { ...copy, targetId: found.id }
    return this.#come(extra, { ...named, fate: handwork === undefined ? fate : 'handwork', ...(handwork && { handwork }) })
  }

  saveKept(extra: Named, reason: KeptReason, copy: ExtraCopy | undefined): Promise<void> {
    return this.#come(extra, { fate: 'kept', reason, ...copy })
  }

  saveHandwork(extra: Named, handwork: Handwork): Promise<void> {
    return this.#come(extra, { fate: 'handwork', handwork })
  }

  saveDone(extra: Named): Promise<void> {
    return this.#come(extra, { fate: 'alreadyThere' })
  }

  /** Whether the write was carried out is not known when the error is a passing one: then the intent stands. */
  async saveFailed(extra: Named, error: MigrationError): Promise<undefined> {
    const before = this.find(extra)
    const isOpen = error.kind === 'transient' || error.kind === 'throttled'
    const intent = isOpen && before?.intended !== undefined ? { intended: before.intended } : {}
    await this.#come(extra, { ...intent, fate: 'failed', reason: error.code, hint: `${error.message} ${error.hint}` })
  }

  /** The target said that it did not do it. */
  async forgetIntent(extra: Named): Promise<void> {
    if (this.find(extra)?.intended === undefined) return
    const { intended: _, ...rest } = this.#base(extra)
    await this.#save(rest)
  }

  /** A kind that cannot be looked at: for a person when the app may not, otherwise a failure. */
  async saveUnread(kind: ExtraKind, error: MigrationError): Promise<void> {
    const extra = { kind, id: wholeKind, name: '' }
    const isRefused = error.kind === 'auth' || error.kind === 'config'
    if (isRefused) await this.saveHandwork(extra, { sentence: `${error.message} ${error.hint}`, commands: [] })
    else await this.saveFailed(extra, error)
  }

  /** What is no longer listed is no longer at the source, unless its kind could not be read; its copy stays. */
  async endAbsent(listed: readonly ListedExtra[]): Promise<void> {
    const unread = new Set(listed.flatMap((one) => (one.type === 'unread' ? [one.kind] : [])))
    const present = new Set(listed.flatMap((one) => (one.type === 'unread' ? [] : [keyOf(one.extra.kind, one.extra.id)])))
    const isAbsent = ({ kind, sourceId }: ExtraRecord) => {
      const key = keyOf(kind, sourceId)
      return !present.has(key) && !this.#seen.has(key) && !unread.has(kind)
    }
    const absent = [...this.#records.values()].filter((record) => record.isPresent && isAbsent(record))
    for (const record of absent) await this.#save({ ...record, isPresent: false })
  }

  /** Comes out so; what is known of the copy stays unless `outcome` says otherwise. */
  async #come(extra: Named, outcome: Partial<ExtraRecord>, isNews = false): Promise<void> {
    this.#seen.add(keyOf(extra.kind, extra.id))
    const before = this.find(extra)
    const { fate: _fate, reason: _reason, hint: _hint, handwork: _handwork, intended: _intended, ...rest } = this.#base(extra)
    const record: ExtraRecord = { ...rest, ...outcome }
    if (!isNews && before !== undefined && isSame(before, record)) return
    await this.#save({ ...record, pass: this.#engine.pass })
    const { fate, reason, handwork } = record
    if (fate === undefined) return
    const { kind, name } = extra
    this.#engine.observe({
      type: 'extra',
      kind,
      name,
      fate,
      ...(reason !== undefined && { reason }),
      ...(handwork !== undefined && { sentence: handwork.sentence }),
    })
  }

  #base(extra: Named): ExtraRecord {
    const { kind, id, name } = extra
    // As the ledger gives it back: otherwise it would be another name in every pass.
    const kept = name.slice(0, nameCharsMax).replaceAll('\0', '\uFFFD').toWellFormed()
    return { pass: this.#engine.pass, ...this.find(extra), kind, sourceId: id, name: kept, isPresent: true }
  }

  async #save(record: ExtraRecord): Promise<void> {
    await this.#engine.ledger.saveExtras([record])
    this.#records.set(keyOf(record.kind, record.sourceId), record)
  }
}

function isSame(before: ExtraRecord, after: ExtraRecord): boolean {
  const textOf = (record: ExtraRecord) => JSON.stringify(Object.entries({ ...record, pass: 0 }).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return textOf(before) === textOf(after)
}

function keyOf(kind: ExtraKind, id: string): string {
  return JSON.stringify([kind, id])
}
