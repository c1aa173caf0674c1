import { allEnded } from '../flow/all-ended.ts'
import type { Folder } from '../model/folder.ts'
import { travelsWhole } from '../model/form.ts'
import type { Tally } from '../ports/ledger.ts'
import { passesToProve } from '../verify/passes-to-prove.ts'
import { verifyContent } from '../verify/verify-content.ts'
import { verifyCounts } from '../verify/verify-counts.ts'
import { applyKeywords } from './apply-keywords.ts'
import { applyRemovals } from './apply-removals.ts'
import { awaitCalm, wasCutShort } from './await-calm.ts'
import { carryExtras } from './carry-extras.ts'
import { type ChartedFolder, chartFolders } from './chart-folders.ts'
import { copyPending, scanThenCopy, scanWhileCopying } from './copy-stages.ts'
import type { Engine, PassOptions } from './engine.ts'
import { guardEmptiedSides, guardOtherWay, guardRemovals } from './guards.ts'
import { inPass } from './in-pass.ts'
import { foldersWith } from './pending-folders.ts'
import { ProgressMeter } from './progress-meter.ts'
import { Settler } from './settler.ts'
import { withRetry } from './with-retry.ts'

/** How long a target must have been at rest after a pass that was cut short: its connections ended a while ago. */
const quietMs = 500

/**
 * Runs the flow once over a mailbox: discover, enumerate, plan, transfer, verify. Resolves with the sums when every item
 * has its fate. Throws a `MigrationError` when a person is needed, the signal's reason when aborted, anything else as a
 * defect; in each case the ledger holds what was done, and the next pass goes on from there.
 */
export function runPass(options: PassOptions): Promise<Tally> {
  return inPass(options, JSON.stringify({ rules: options.rules, verification: options.verification }), runStages)
}

async function runStages(engine: Engine): Promise<void> {
  mapRecipients(engine)
  const { context, ledger, observe, rules } = engine
  const desk = { engine, settler: new Settler(ledger, context.clock, engine.pass), meter: new ProgressMeter(engine) }
  observe({ type: 'stage', stage: 'discover' })
  const [sourceFolders, targetFolders] = await allEnded([
    withRetry(engine, 'source', () => engine.source.discover()),
    discoverTarget(engine),
  ])
  await guardOtherWay(engine, targetFolders)
  await guardEmptiedSides(engine, sourceFolders, targetFolders)
  const chart = await chartFolders(engine, sourceFolders, targetFolders)
  observe({ type: 'stage', stage: 'enumerate' })
  const isSimple = chart.isFirst && !sharesTargets(chart.charted)
  const copied = isSimple ? await scanWhileCopying(desk, chart.charted) : await scanThenCopy(desk, chart.charted)
  const changed = rules.policy === 'add' ? false : await applyChanges(desk, chart.charted)
  const removed = rules.policy === 'mirror' ? await applyDeletions(desk) : false
  await carryExtras(engine, targetFolders)
  const hasWork = copied || changed || removed
  const toProve = engine.verification === 'content' ? await passesToProve(engine) : undefined
  if (hasWork || toProve?.hasEarlier === true) {
    observe({ type: 'stage', stage: 'verify' })
    const folders = await withRetry(engine, 'target', () => engine.target.discover())
    if (hasWork) await verifyCounts(engine, desk.settler, folders)
    if (toProve !== undefined) await verifyContent(engine, desk.settler, folders, toProve.includes)
  }
  observe({ type: 'stage', stage: 'report' })
}

/** Told where it cannot be: no message is ever altered for it. */
function mapRecipients({ observe, rules, source, target }: Engine): void {
  if (rules.recipientMap === undefined) return
  if (target.mapRecipients !== undefined) return target.mapRecipients(rules.recipientMap)
  const message = 'Addresses in items are not mapped: this target keeps items as they are, so old addresses have to stay known there as aliases.'
  const carriesExtras = source.listExtras !== undefined && target.writeExtra !== undefined && rules.leavesExtras !== true
  const more = carriesExtras ? ' Rules, sharing and permissions are given the addresses of now.' : ''
  observe({ type: 'notice', code: 'recipients.not-mapped', message: `${message}${more}` })
}

/** After a pass that was cut short only once the target has come to rest. */
async function discoverTarget(engine: Engine): Promise<readonly Folder[]> {
  if (await wasCutShort(engine)) return awaitCalm(engine, quietMs)
  return withRetry(engine, 'target', () => engine.target.discover())
}

/** Whether two source folders go into one: then what one writes must not be taken for what the other finds. */
function sharesTargets(charted: readonly ChartedFolder[]): boolean {
  return new Set(charted.map((one) => one.targetPath.join('\0'))).size < charted.length
}

/**
 * Changed items that travel whole are written anew in the place of their copies; of the others the keywords are changed, and
 * then the wrong dates of adopted copies. Tells whether there was anything to do.
 */
async function applyChanges(desk: Desk, charted: readonly ChartedFolder[]): Promise<boolean> {
  const { engine, settler } = desk
  const { target } = engine
  if (travelsWhole(target.capabilities)) {
    const rewrites = target.capabilities.replacesItems === true ? await foldersWith(engine, 'update') : []
    return rewrites.length > 0 && (await copyPending(desk, charted, 'update'))
  }
  const updates = target.updateKeywords === undefined ? [] : await foldersWith(engine, 'update')
  for (const folder of updates) await applyKeywords(engine, settler, folder)
  if (target.remove === undefined) return updates.length > 0
  const redates = await foldersWith(engine, 'redate')
  if (redates.length > 0) await copyPending(desk, charted, 'redate')
  const clears = await foldersWith(engine, 'clear')
  for (const folder of clears) await applyRemovals(engine, settler, folder, 'clear')
  await settler.flush()
  return updates.length + redates.length + clears.length > 0
}

/** Mirror: what is gone at the source goes at the target. */
async function applyDeletions({ engine, settler }: Desk): Promise<boolean> {
  if (engine.target.remove === undefined) return false
  await guardRemovals(engine)
  await engine.ledger.scheduleRemovals(engine.pass)
  const folders = await foldersWith(engine, 'remove')
  for (const folder of folders) await applyRemovals(engine, settler, folder, 'remove')
  await settler.flush()
  return folders.length > 0
}

/** What the stages of a pass work with. */
export interface Desk {
  readonly engine: Engine
  readonly settler: Settler
  readonly meter: ProgressMeter
}
