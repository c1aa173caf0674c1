import { MigrationError } from '../errors.ts'
import type { ExtraKind } from '../model/extra.ts'
import type { Folder } from '../model/folder.ts'
import type { FolderRecord } from '../model/records.ts'
import { mapAddress } from '../plan/map-address.ts'
import { planExtra } from '../plan/plan-extra.ts'
import type { AskedExtra, ExtraStanding, FindPlace, ListedExtra, Reader, Successors, Target } from '../ports/connector.ts'
import { jsonDigest } from '../verify/json-digest.ts'
import type { Engine } from './engine.ts'
import { ExtraRecords } from './extra-records.ts'
import { withRetry } from './with-retry.ts'

const nothingMapped = { domains: {}, addresses: {} }

/** What carrying extras works with. */
export type ExtrasEngine = Pick<Engine, 'context' | 'governor' | 'ledger' | 'observe' | 'pass' | 'rules'> & {
  readonly source: Pick<Reader, 'listExtras'>
  readonly target: Pick<Target, 'findExtras' | 'writeExtra'>
}

/**
 * Carries what the mailbox has beside its items, where both sides know of such things: once the folders are there, since
 * rules name them. What was carried is compared with what both sides have now (`planExtra`), so that a pass without news
 * writes nothing. Whatever fails is recorded and tried again by the next pass; it stops nothing. Throws the signal's reason.
 */
export async function carryExtras(engine: ExtrasEngine, targetFolders: readonly Folder[]): Promise<void> {
  const { source, target, ledger, rules } = engine
  if (rules.leavesExtras === true) return
  if (source.listExtras === undefined || target.findExtras === undefined || target.writeExtra === undefined) return
  const records = new ExtraRecords(engine, await ledger.extras())
  const listed = await asFarAsItGoes(engine, () => withRetry(engine, 'source', async () => source.listExtras?.() ?? []))
  if (listed instanceof MigrationError) return records.saveUnread('any', listed)
  const folders = new Map((await ledger.folders()).map((folder) => [folder.sourceId, folder]))
  const carrying = new Carrying(engine, records, {
    placeOf: (id) => placeOf(folders.get(id), targetFolders),
    addressNow: (address) => mapAddress(rules.recipientMap ?? nothingMapped, address),
  })
  await carrying.run(listed)
  await records.endAbsent(listed)
}

/** Where a folder went; one that was left out and that every mailbox has is there all the same. */
function placeOf(record: FolderRecord | undefined, targetFolders: readonly Folder[]): ReturnType<FindPlace> {
  if (record?.targetId !== undefined) return { id: record.targetId, path: record.targetPath ?? [] }
  return record?.role === undefined ? undefined : targetFolders.find(({ role }) => role === record.role)
}

class Carrying {
  readonly #engine: ExtrasEngine
  readonly #records: ExtraRecords
  readonly #successors: Successors
  /** Of which there are copies that were not known before. */
  readonly #renewed = new Set<ExtraKind>()
  #asked: readonly AskedExtra[] = []

  constructor(engine: ExtrasEngine, records: ExtraRecords, successors: Successors) {
    this.#engine = engine
    this.#records = records
    this.#successors = successors
  }

  async run(listed: readonly ListedExtra[]): Promise<void> {
    this.#asked = listed.flatMap((one) => (one.type === 'extra' ? [one.extra] : []))
    const found = await asFarAsItGoes(this.#engine, () => withRetry(this.#engine, 'target', () => this.#find()))
    /** What stands in the way of a whole kind. */
    const unread = new Map<ExtraKind, MigrationError>()
    for (const one of listed) if (one.type === 'unread') unread.set(one.kind, one.error)
    const carry = async (extra: AskedExtra, standing: ExtraStanding | MigrationError) => {
      const error = await this.#carry(extra, standing)
      if (error !== undefined) unread.set(extra.kind, error)
    }
    const arrangements = new Map<AskedExtra, ExtraStanding>()
    for (const one of listed) {
      if (one.type === 'handwork') await this.#records.saveHandwork(one.extra, one.handwork)
      if (one.type !== 'extra' || unread.has(one.extra.kind)) continue
      const standing = found instanceof MigrationError ? found : found[this.#asked.indexOf(one.extra)]!
      if ('arranges' in standing) arrangements.set(one.extra, standing)
      if (!arrangements.has(one.extra) || this.#records.find(one.extra) !== undefined) await carry(one.extra, standing)
    }
    for (const [extra, first] of arrangements) {
      const isNews = this.#renewed.has(extra.kind)
      if (unread.has(extra.kind) || (!isNews && this.#records.find(extra) !== undefined)) continue
      await carry(extra, isNews ? await this.#standingNow(extra) : first)
    }
    for (const [kind, error] of unread) await this.#records.saveUnread(kind, error)
  }

  async #standingNow(extra: AskedExtra): Promise<ExtraStanding | MigrationError> {
    let standing: ExtraStanding | undefined
    const error = await asFarAsItGoes(this.#engine, () => withRetry(this.#engine, 'target', async () => void (standing = await this.#look(extra))))
    return error ?? standing!
  }

  /** Gives the error that stands in the way of the whole kind. */
  async #carry(extra: AskedExtra, first: ExtraStanding | MigrationError): Promise<MigrationError | undefined> {
    if (first instanceof MigrationError) return first
    if (first.type === 'unread') return first.error
    let known: ExtraStanding | undefined = first
    const error = await asFarAsItGoes(this.#engine, () =>
      withRetry(this.#engine, 'target', async () => {
        // Looked at anew after a write whose answer was lost: it may have been carried out.
        const standing = known ?? (await this.#look(extra))
        known = undefined
        await this.#settle(extra, standing)
      }),
    )
    if (error === undefined) return undefined
    if (error.kind !== 'auth' && error.kind !== 'config') return this.#records.saveFailed(extra, error)
    await this.#records.forgetIntent(extra)
    return error
  }

  async #settle(extra: AskedExtra, standing: ExtraStanding): Promise<void> {
    if (standing.type === 'unread') throw standing.error
    if (standing.type === 'handwork') return this.#records.saveHandwork(extra, standing.handwork)
    if (standing.type === 'done') return this.#records.saveDone(extra)
    const { found, handwork } = standing
    const wanted = jsonDigest(standing.wanted)
    const there = found && { digest: jsonDigest(found.value), isGiven: found.isGiven === true }
    const decision = planExtra(this.#records.find(extra), wanted, there, this.#engine.rules.policy, standing.arranges)
    if (decision.type === 'keep') return this.#records.saveKept(extra, decision.reason, decision.copy)
    if (decision.type === 'stand') return this.#records.saveStanding(extra, decision.copy, standing)
    this.#renewed.add(extra.kind)
    if (decision.type === 'adopt' && found !== undefined) return this.#records.saveCopied(extra, decision.fate, wanted, found, handwork)
    await this.#records.intend(extra, wanted, there?.digest, found?.id)
    const copy = await this.#engine.target.writeExtra!(extra, standing)
    return this.#records.saveCopied(extra, 'carried', wanted, copy, handwork)
  }

  /** How one stands by now. */
  async #look(extra: AskedExtra): Promise<ExtraStanding> {
    const those = this.#asked.filter(({ kind }) => kind === extra.kind)
    return (await this.#find(those))[those.indexOf(extra)]!
  }

  async #find(those = this.#asked): Promise<readonly ExtraStanding[]> {
    const { target } = this.#engine
    const asked = those.map((extra) => {
      const targetId = this.#records.find(extra)?.targetId
      return targetId === undefined ? extra : { ...extra, targetId }
    })
    return asked.length === 0 ? [] : target.findExtras!(asked, this.#successors)
  }
}

/** What `work` gives, or the error that ended it and stops nothing else. */
async function asFarAsItGoes<T>({ context }: Pick<Engine, 'context'>, work: () => Promise<T>): Promise<T | MigrationError> {
  try {
    return await work()
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof MigrationError) return error
    throw error
  }
}
