import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { Measurement } from '../measure.ts'
import { readSummary } from './read-summary.ts'
import { type Ceiling, ceilingAt, type SandboxPace } from './scenarios.ts'
import { startTenantRig, type TenantRig } from './tenant-rig.ts'
import { wholeWindows, watchTraffic } from './traffic-watch.ts'
import { writeMailSource } from './write-mail-source.ts'

/** One migration of one mailbox that runs into a ceiling. */
export interface CeilingResult {
  readonly ceiling: Ceiling
  readonly pace: SandboxPace
  readonly items: number
  /** What each of the whole windows after the first let in. */
  readonly windows: readonly number[]
  /** The same, of what they may. */
  readonly share: number
  /** Of both mailboxes, for each item. */
  readonly requestsPerItem: number
  /** Requests that were refused as too many. */
  readonly refused: number
  readonly measurement: Measurement
  readonly load: number
  /** Why it does not count; undefined when all is there. */
  readonly fault: string | undefined
}

/** How a run goes. */
export interface MeasureOptions {
  readonly pace: SandboxPace
  readonly timeoutS: number
  readonly signal: AbortSignal
}

/** Windows that there is work for: the first is not counted, and the last one not finished. */
const windowsFilled = 3.3
const mailBytes = 200_000
const lookMs = 100

/** Mail of 200 KB from a maildir into one mailbox. */
export async function measureUpload({ pace, timeoutS, signal }: MeasureOptions): Promise<CeilingResult> {
  // In an import a message has nearly the length of its MIME form: in both its files are in base64.
  const items = Math.ceil((windowsFilled * ceilingAt('uploadBytes', pace).units) / mailBytes)
  const rig = await startTenantRig({ tenants: [{ name: 'new' }], users: 1, pace, timeoutS, signal })
  try {
    const source = join(rig.folder, 'mail')
    writeMailSource(source, items, mailBytes)
    return await measureCeiling(rig, 'uploadBytes', pace, { items, source: `maildir:${source}` })
  } finally {
    await rig.stop()
  }
}

/** Small items from tenant to tenant. */
export async function measureRequests({ pace, timeoutS, signal }: MeasureOptions): Promise<CeilingResult> {
  const items = 2 * Math.ceil((windowsFilled * ceilingAt('requests', pace).units) / 2)
  const rig = await startTenantRig({ tenants: [{ name: 'old', itemsPerMailbox: items }, { name: 'new' }], users: 1, pace, timeoutS, signal })
  try {
    return await measureCeiling(rig, 'requests', pace, { items, source: `m365://old/${rig.users('old')[0]}` })
  } finally {
    await rig.stop()
  }
}

interface Move {
  readonly items: number
  readonly source: string
}

async function measureCeiling(rig: TenantRig, ceiling: Ceiling, pace: SandboxPace, { items, source }: Move): Promise<CeilingResult> {
  const [target = ''] = rig.users('new')
  const [load = 0] = loadavg()
  const { result: measurement, samples } = await watchTraffic(
    rig.state,
    ({ address }) => address === target,
    lookMs,
    () => rig.migrate([source, `m365://new/${target}`]),
  )
  const { mailboxes } = await rig.state()
  const { windowMs, units } = ceilingAt(ceiling, pace)
  const windows = wholeWindows(samples, (sample) => sample[ceiling], windowMs)
  const { migrated, fault } = readSummary(measurement)
  const arrived = await rig.countItems('new', target)
  const isShort = migrated < items || arrived < items
  return {
    ceiling,
    pace,
    items: migrated,
    windows,
    share: windows.reduce((sum, window) => sum + window, 0) / windows.length / units,
    requestsPerItem: mailboxes.reduce((sum, { requests }) => sum + requests, 0) / migrated,
    refused: mailboxes.reduce((sum, { refused }) => sum + refused, 0),
    measurement,
    load,
    fault: fault ?? (isShort ? `${migrated} items migrated and ${arrived} arrived, of ${items}` : undefined),
  }
}
