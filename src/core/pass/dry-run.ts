import { allEnded } from '../flow/all-ended.ts'
import { forEachLimited } from '../flow/for-each-limited.ts'
import type { Entry } from '../model/entry.ts'
import type { Folder } from '../model/folder.ts'
import type { FolderId, ItemId } from '../model/ids.ts'
import type { ItemRef } from '../model/item.ts'
import type { Quota } from '../model/quota.ts'
import type { FolderRecord } from '../model/records.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { CarriedKeywords } from '../plan/keywords.ts'
import { type FolderPlan, mapFolders } from '../plan/map-folders.ts'
import { planItems } from '../plan/plan-items.ts'
import { quotaShortfall, type Shortfall } from '../plan/quota-shortfall.ts'
import { CopyKeywords } from './copy-keywords.ts'
import type { PassOptions } from './engine.ts'
import { entryPages } from './entry-pages.ts'
import { withRetry } from './with-retry.ts'

const foldersAtOnce = 16
const pageItems = 500
/** Identities of unclaimed target items kept per folder, to tell what is already there; beyond it nothing is compared. */
const identitiesMax = 200_000
/** Items of one folder that are told of; their number is in the sums in any case. */
const remarksMax = 10_000

/** What of the ledger a dry run asks: nothing that writes. */
export type ReadLedger = Pick<Ledger, 'folders' | 'entries' | 'settled' | 'pendingCounts' | 'unclaimed' | 'countOrphans'>

export type DryRunOptions = Omit<PassOptions, 'ledger' | 'verification'> & { readonly ledger: ReadLedger }

/** What the folders of one dry run share. */
interface Forecasting extends DryRunOptions {
  readonly copyKeywords: CopyKeywords
  /** Stands for folders that are still to be made: what it keeps of keywords, they probably keep. */
  readonly targetInbox: FolderId | undefined
}

/** What a pass would do in one folder, in items; the sums of what is at the source add up to `items`. */
export interface FolderForecast {
  readonly path: readonly string[]
  readonly targetPath: readonly string[]
  /** Why the target path differs from the source's. */
  readonly reasons: readonly string[]
  /** The rule that leaves the folder out. */
  readonly skippedBy?: string
  /** The folder would have to be made at the target. */
  readonly isNewAtTarget: boolean
  readonly items: number
  readonly create: number
  readonly createBytes: number
  /** Of `create`, how many probably stand in the target folder already, by their headers; they would be adopted. */
  readonly probablyThere: number
  /** Of `createBytes`, how many are theirs. */
  readonly probablyThereBytes: number
  readonly update: number
  readonly skip: number
  /** Failed in an earlier pass, and would not be tried again. */
  readonly failedBefore: number
  readonly unchanged: number
  /** Known from earlier passes and no longer at the source; not part of `items`. */
  readonly gone: number
}

/** Something that a person should know of one item before a pass touches it. */
export interface ItemForecast {
  readonly path: readonly string[]
  readonly ref: ItemRef
  /**
   * `skip`: left out by the rule in `reason`. `fail`: the target will probably refuse it. `alter`: carried, but not
   * everything of it.
   */
  readonly outcome: 'skip' | 'fail' | 'alter'
  /** A rule of `skipRule`, `empty`, or `keyword-` and why a keyword is lost. */
  readonly reason: string
  /** The keyword that is lost. */
  readonly keyword?: string
}

/** What a pass over the mailbox would do. */
export interface Forecast {
  readonly folders: readonly FolderForecast[]
  /** Copies of items gone at the source that a mirroring pass would remove. */
  readonly remove: number
  /** Of the target, as it is now, when it says. */
  readonly targetQuota?: Quota
  /** By how much what would be written does not fit into it. What would be removed makes room only afterwards. */
  readonly shortfall?: Shortfall
}

/**
 * Says what a pass with these rules would do, and does nothing: both sides are only read, nothing is ensured, the ledger
 * is only asked. Opens no body; of what is to be created headers are read where the target folder holds items that no
 * earlier pass put there. `tell` hears of each item that would be skipped, fail or arrive altered. Throws as `runPass`.
 */
export async function dryRun(options: DryRunOptions, tell: (item: ItemForecast) => void): Promise<Forecast> {
  const { context, ledger, observe, rules, source, target } = options
  observe({ type: 'stage', stage: 'discover' })
  const [sourceFolders, targetFolders, targetQuota] = await allEnded([
    withRetry(options, 'source', () => source.discover()),
    withRetry(options, 'target', () => target.discover()),
    withRetry(options, 'target', async () => target.quota?.()),
  ])
  const records = await ledger.folders()
  const known = new Map(records.map((record) => [record.sourceId, record]))
  const pending = await pendingCreates(ledger)
  const plans = mapFolders(sourceFolders, targetFolders, target.capabilities.folderNaming, rules, records)
  observe({ type: 'stage', stage: 'plan' })
  const targetInbox = targetFolders.find((folder) => folder.role === 'inbox')?.id
  const forecasting: Forecasting = { ...options, copyKeywords: new CopyKeywords(options), targetInbox }
  const forecasts = new Map<FolderPlan, FolderForecast>()
  await forEachLimited(plans, { concurrencyMax: foldersAtOnce, signal: context.signal }, async (plan) => {
    const record = known.get(plan.source.id)
    const pendingItems = record === undefined ? 0 : (pending.get(record.key) ?? 0)
    forecasts.set(plan, await forecastFolder(forecasting, plan, record, pendingItems, tell))
  })
  const folders = plans.flatMap((plan) => forecasts.get(plan) ?? [])
  const goneNow = folders.reduce((sum, folder) => sum + folder.gone, 0)
  const shortfall = targetQuota && quotaShortfall(targetQuota, writtenBy(folders))
  return {
    folders,
    remove: rules.policy === 'mirror' ? (await ledger.countOrphans()) + goneNow : 0,
    ...(targetQuota && { targetQuota }),
    ...(shortfall && { shortfall }),
  }
}

function writtenBy(folders: readonly FolderForecast[]): { readonly items: number; readonly bytes: number } {
  return {
    items: folders.reduce((sum, { create, probablyThere }) => sum + create - probablyThere, 0),
    bytes: folders.reduce((sum, { createBytes, probablyThereBytes }) => sum + createBytes - probablyThereBytes, 0),
  }
}

async function forecastFolder(
  options: Forecasting,
  plan: FolderPlan,
  record: FolderRecord | undefined,
  pendingItems: number,
  tell: (item: ItemForecast) => void,
): Promise<FolderForecast> {
  const { source, reasons, skippedBy, targetPath, targetFolder } = plan
  const liveEntries = record === undefined ? 0 : pendingItems + (await countLive(options, record.key))
  const there = skippedBy === undefined ? await unclaimedIdentities(options, targetFolder) : undefined
  const remarks: ItemForecast[] = []
  const sums = !source.holdsItems
    ? noItems
    : await withRetry(options, 'source', () => {
        // Listed anew after a broken attempt, hence told anew.
        remarks.length = 0
        return scan(options, plan, record, new Map(there), (item) => {
          if (remarks.length < remarksMax) remarks.push(item)
        })
      })
  for (const remark of remarks) tell(remark)
  const { seenLive, ...counts } = sums
  return {
    path: source.path,
    targetPath,
    reasons,
    ...(skippedBy === undefined ? {} : { skippedBy }),
    isNewAtTarget: skippedBy === undefined && targetFolder === undefined,
    ...counts,
    gone: source.holdsItems ? liveEntries - seenLive : 0,
  }
}

const noItems = {
  items: 0,
  create: 0,
  createBytes: 0,
  probablyThere: 0,
  probablyThereBytes: 0,
  update: 0,
  skip: 0,
  failedBefore: 0,
  unchanged: 0,
  seenLive: 0,
}

type Sums = { -readonly [Name in keyof typeof noItems]: number }

/** Lists the whole folder; `there` loses the identities that were matched. */
async function scan(
  options: Forecasting,
  plan: FolderPlan,
  record: FolderRecord | undefined,
  there: Map<string, number>,
  remark: (item: ItemForecast) => void,
): Promise<Sums> {
  const { context, copyKeywords, ledger, rules, source, target } = options
  const into = plan.targetFolder?.holdsItems === true ? plan.targetFolder.id : options.targetInbox
  const { itemSizeBytesMax } = target.capabilities
  const sums: Sums = { ...noItems }
  for await (const page of source.enumerate(plan.source)) {
    context.signal.throwIfAborted()
    const entries = record === undefined ? noEntries : await ledger.entries(record.key, page.refs.map((ref) => ref.id))
    const facts = itemSizeBytesMax === undefined ? {} : { itemSizeBytesMax }
    const created: ItemRef[] = []
    const planned = planItems(page.refs, entries, plan, rules, facts).map(({ ref, decision }) => {
      const entry = entries.get(ref.id)
      return { ref, decision, entry, outcome: decision.type === 'keep' ? outcomeKept(entry) : decision.type }
    })
    await copyKeywords.learn(into, planned.filter(isCarried).map(({ ref }) => ref))
    for (const one of planned) {
      const { ref, decision, entry, outcome } = one
      sums.items++
      sums[outcome]++
      if (entry !== undefined && entry.fate !== 'gone') sums.seenLive++
      if (outcome === 'create') {
        sums.createBytes += ref.sizeBytes
        created.push(ref)
      }
      if (outcome === 'skip' && plan.skippedBy === undefined) {
        const reason = decision.type === 'skip' ? decision.rule : (entry?.reason ?? '')
        remark({ path: plan.source.path, ref, outcome: 'skip', reason })
      }
      if (isCarried(one)) remarkChanges(plan, ref, copyKeywords.of(ref, into), remark)
    }
    if (there.size === 0) continue
    const found = await findThere(options, created, there)
    sums.probablyThere += found.length
    sums.probablyThereBytes += found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }
  return sums
}

const noEntries: ReadonlyMap<ItemId, Entry> = new Map()

/** What an item that needs no decision comes to: the rest of an earlier pass, or nothing. */
function outcomeKept(entry: Entry | undefined): 'create' | 'skip' | 'failedBefore' | 'unchanged' {
  if (entry?.fate === undefined) return 'create'
  if (entry.fate === 'skipped') return 'skip'
  return entry.fate === 'failed' ? 'failedBefore' : 'unchanged'
}

function isCarried({ outcome }: { readonly outcome: keyof Sums }): boolean {
  return outcome === 'create' || outcome === 'update'
}

function remarkChanges(
  plan: FolderPlan,
  ref: ItemRef,
  { dropped }: CarriedKeywords,
  remark: (item: ItemForecast) => void,
): void {
  const path = plan.source.path
  // IMAP servers refuse to append nothing (RFC 9051 section 6.3.12 leaves it to them; Dovecot 2.3: "Can't save a zero byte message").
  if (ref.sizeBytes === 0) remark({ path, ref, outcome: 'fail', reason: 'empty' })
  for (const { keyword, reason } of dropped) remark({ path, ref, outcome: 'alter', reason: `keyword-${reason}`, keyword })
}

/** Those of `refs` that have an equal header among what is there, each match used once. */
async function findThere(
  options: DryRunOptions,
  refs: readonly ItemRef[],
  there: Map<string, number>,
): Promise<readonly ItemRef[]> {
  const found: ItemRef[] = []
  for (let from = 0; from < refs.length; from += pageItems) {
    for await (const { ref, description } of options.source.describe(refs.slice(from, from + pageItems))) {
      const left = there.get(description.identity) ?? 0
      if (left === 0) continue
      there.set(description.identity, left - 1)
      found.push(ref)
    }
  }
  return found
}

/** Identities, and how often, of what stands in a target folder without an entry claiming it. */
async function unclaimedIdentities(options: DryRunOptions, folder: Folder | undefined): Promise<ReadonlyMap<string, number>> {
  if (folder === undefined || !folder.holdsItems || folder.status?.items === 0) return new Map()
  const { context, ledger, target } = options
  return withRetry(options, 'target', async () => {
    const identities = new Map<string, number>()
    for await (const page of target.enumerate(folder)) {
      context.signal.throwIfAborted()
      const unclaimed = new Set(await ledger.unclaimed(folder.id, page.refs.map((ref) => ref.id)))
      const refs = page.refs.filter((ref) => unclaimed.has(ref.id))
      if (refs.length === 0) continue
      for await (const { description } of target.describe(refs)) {
        identities.set(description.identity, (identities.get(description.identity) ?? 0) + 1)
      }
      if (identities.size > identitiesMax) return new Map()
    }
    return identities
  })
}

/** Entries of a folder that stand for something at the source, as last seen, and have a fate. */
async function countLive({ context, ledger }: DryRunOptions, folder: number): Promise<number> {
  let live = 0
  for await (const page of entryPages(context, (after) => ledger.settled(undefined, folder, after, pageItems))) {
    live += page.filter((entry) => entry.fate !== 'gone').length
  }
  return live
}

async function pendingCreates(ledger: ReadLedger): Promise<ReadonlyMap<number, number>> {
  const counts = await ledger.pendingCounts()
  return new Map(counts.filter(({ task }) => task === 'create').map(({ folder, items }) => [folder, items]))
}
