import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { Measurement } from '../measure.ts'
import type { MeasureOptions } from './measure-ceiling.ts'
import { readSummary } from './read-summary.ts'
import { ceilingAt } from './scenarios.ts'
import { startTenantRig, type TenantRig } from './tenant-rig.ts'
import { wholeWindows, watchTraffic } from './traffic-watch.ts'

/** So many mailboxes at once. */
export interface ScalingResult {
  readonly mailboxes: number
  readonly items: number
  /** Requests that the target's mailboxes let in, all together, in whole windows. */
  readonly requestsPerS: number
  /** Of what so many mailboxes may be asked. */
  readonly share: number
  readonly refused: number
  readonly measurement: Measurement
  readonly load: number
  readonly fault: string | undefined
}

/** How many mailboxes go at once, one number after the other; each mailbox takes part once. */
export const mailboxCounts: readonly number[] = [1, 4, 16]

/** The first window is not counted, and the last one not finished. */
const windowsFilled = 2.3
const lookMs = 50

/** The same for each mailbox, for 1, 4 and 16 of them at once. */
export async function measureScaling(options: MeasureOptions): Promise<readonly ScalingResult[]> {
  const itemsPerMailbox = 2 * Math.ceil((windowsFilled * ceilingAt('requests', options.pace).units) / 2)
  const users = mailboxCounts.reduce((sum, count) => sum + count, 0)
  const rig = await startTenantRig({ tenants: [{ name: 'old', itemsPerMailbox }, { name: 'new' }], users, ...options })
  try {
    const results: ScalingResult[] = []
    let first = 0
    for (const count of mailboxCounts) {
      results.push(await measureCount(rig, { first, count, itemsPerMailbox }, options))
      first += count
    }
    return results
  } finally {
    await rig.stop()
  }
}

interface Group {
  readonly first: number
  readonly count: number
  readonly itemsPerMailbox: number
}

async function measureCount(rig: TenantRig, { first, count, itemsPerMailbox }: Group, { pace }: MeasureOptions): Promise<ScalingResult> {
  const sources = rig.users('old').slice(first, first + count)
  const targets = rig.users('new').slice(first, first + count)
  const list = join(rig.folder, `mailboxes-${count}.csv`)
  await writeFile(list, ['source,target', ...sources.map((user, index) => `m365://old/${user},m365://new/${targets[index]}`)].join('\n'))
  const [load = 0] = loadavg()
  const { result: measurement, samples } = await watchTraffic(
    rig.state,
    ({ address }) => address !== undefined && targets.includes(address),
    lookMs,
    () => rig.migrate(['--mailboxes', list, '--at-once', String(count)]),
  )
  const { mailboxes } = await rig.state()
  const taking = mailboxes.filter(({ address }) => address !== undefined && (targets.includes(address) || sources.includes(address)))
  const { windowMs, units } = ceilingAt('requests', pace)
  const windows = wholeWindows(samples, ({ requests }) => requests, windowMs)
  const perWindow = windows.reduce((sum, window) => sum + window, 0) / windows.length
  const { migrated, fault } = readSummary(measurement)
  const items = count * itemsPerMailbox
  return {
    mailboxes: count,
    items: migrated,
    requestsPerS: perWindow / (windowMs / 1_000),
    share: perWindow / (units * count),
    refused: taking.reduce((sum, { refused }) => sum + refused, 0),
    measurement,
    load,
    fault: fault ?? (migrated < items ? `${migrated} items migrated, of ${items}` : undefined),
  }
}
